"""`manage.py rotate_field_keys`: everything that is encrypted, written anew with the first of FIELD_ENCRYPTION_KEYS."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from plenary.core import crypto
from plenary.core.key_rotation import (
    UNREADABLE,
    count_keys,
    current_key,
    encrypted_fields,
    index_key,
    rotate_field,
)
from registration.actions.rotation import count_file_keys, rotate_files, stored_kinds, sweep_files


class Command(BaseCommand):
    help = (
        "Re-encrypts fields and files with the first key, in batches, while the site runs; run it again after a break."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; say which old keys can be dropped")
        parser.add_argument("--batch", type=int, default=500, help="records at a time (default %(default)s)")
        parser.add_argument("--pause", type=float, default=0.0, help="seconds to wait after each batch that wrote")

    def handle(self, *, check: bool, batch: int, pause: float, **options: Any) -> None:
        if not check:
            self._rotate(max(batch, 1), max(pause, 0.0))
        self._report()

    def _rotate(self, batch: int, pause: float) -> None:
        for model, field in encrypted_fields():
            name = f"{model._meta.label_lower}.{field.name}"

            def tell(seen: int, name: str = name) -> None:
                self.stdout.write(f"{name}: {seen:,} looked at")

            self._tell(name, rotate_field(model, field, batch=batch, pause=pause, tell=tell))
        for kind in stored_kinds():
            done = rotate_files(kind)
            done["left from a broken run, deleted"] = sweep_files(kind)
            self._tell(f"files of {kind._meta.label_lower}", done)

    def _tell(self, name: str, done: Counter[str]) -> None:
        told = ", ".join(
            f"{count:,} {'unreadable' if what == UNREADABLE else what}" for what, count in done.items() if count
        )
        if told:
            self.stdout.write(f"{name}: {told}")

    def _report(self) -> None:
        texts: Counter[str] = Counter()
        files: Counter[str] = Counter()
        for model, field in encrypted_fields():
            found = count_keys(model, field)
            self._strange(f"{model._meta.label_lower}.{field.name}", found)
            texts += found
        for kind in stored_kinds():
            found = count_file_keys(kind)
            self._strange(f"files of {kind._meta.label_lower}", found)
            files += found
        for key_id in dict.fromkeys([*crypto.keyring(), *sorted(texts.keys() | files.keys())]):
            if key_id != UNREADABLE:
                counts = f"{texts[key_id]:,} texts, {files[key_id]:,} files"
                self.stdout.write(f"key {key_id}: {counts}: {self._advice(key_id, texts[key_id] + files[key_id])}")
        if unreadable := texts[UNREADABLE] + files[UNREADABLE]:
            self.stderr.write(self.style.ERROR(f"{unreadable:,} cannot be read with any key"))

    def _strange(self, name: str, found: Counter[str]) -> None:
        strangers = {key: count for key, count in found.items() if key not in crypto.keyring()}
        for key, count in strangers.items():
            self.stderr.write(
                self.style.ERROR(f"{name}: {count:,} under key {key}, which is not in FIELD_ENCRYPTION_KEYS")
            )

    @staticmethod
    def _advice(key_id: str, left: int) -> str:
        if key_id not in crypto.keyring():
            return "missing; put it back into FIELD_ENCRYPTION_KEYS"
        if key_id == current_key():
            return "writes"
        if key_id == index_key():
            return "makes the indexes, and must stay" if not left else "still needed; makes the indexes, and must stay"
        return "still needed" if left else "can be dropped"
