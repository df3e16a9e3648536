"""`manage.py messages`: brings the catalogues up to date with the code, compiles them, hands texts to translators and back."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from django.core.management.base import BaseCommand, CommandError

from plenary.core import catalogues


class Command(BaseCommand):
    help = (
        "Without options: find every text in code and templates, renew the catalogues and compile them. "
        "Translators work in JSON files: --export-missing fr missing.json, fill in `translation`, --import fr missing.json."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        task = parser.add_mutually_exclusive_group()
        task.add_argument("--compile", action="store_true", help="only compile catalogues that changed")
        task.add_argument("--stats", action="store_true", help="list what is missing or wrong, change nothing")
        task.add_argument("--export-missing", nargs=2, metavar=("LANG", "FILE"), help="texts to translate, as JSON")
        task.add_argument("--export-all", nargs=2, metavar=("LANG", "FILE"), help="all texts, as JSON, for review")
        task.add_argument("--import", nargs=2, metavar=("LANG", "FILE"), dest="bring", help="take JSON back in")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            catalogues.compile_stale()
        elif options["stats"]:
            self._stats()
        elif options["export_missing"]:
            self._export(*options["export_missing"], everything=False)
        elif options["export_all"]:
            self._export(*options["export_all"], everything=True)
        elif options["bring"]:
            self._import(*options["bring"])
        else:
            self._renew()

    def _renew(self) -> None:
        texts = catalogues.source_texts()
        for language in catalogues.translated_languages():
            changed = catalogues.save(language, catalogues.renew(language, texts))
            missing = sum(flaw.what == "missing" for flaw in catalogues.flaws(language, texts))
            self.stdout.write(f"{language}: {'renewed' if changed else 'unchanged'}, {missing} texts to translate")
        catalogues.compile_stale()

    def _stats(self) -> None:
        texts = catalogues.source_texts()
        total = sum(1 for message in texts if message.id)
        for language in catalogues.translated_languages():
            flaws = catalogues.flaws(language, texts)
            self.stdout.write(f"{language}: {len(flaws)} flaws in {total} texts")
            for flaw in flaws:
                self.stdout.write(f"  {flaw.what}: {flaw.text!r}")

    def _export(self, language: str, file: str, *, everything: bool) -> None:
        texts = catalogues.source_texts()
        catalog = catalogues.renew(_known(language), texts)
        rows = [_row(message) for message in catalog if message.id]
        if not everything:
            rows = [row for row in rows if not _filled(row["translation"])]
        document = {
            "language": language,
            "plural_forms": catalogues.form_examples(language),
            "texts": sorted(rows, key=lambda row: (row["files"], row["text"])),
        }
        Path(file).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(rows)} texts written to {file}")

    def _import(self, language: str, file: str) -> None:
        catalog = catalogues.renew(_known(language), catalogues.source_texts())
        taken, refused = _take(language, catalog, _read(file))
        catalogues.save(language, catalog)
        catalogues.compile_stale()
        for reason in refused:
            self.stderr.write(reason)
        self.stdout.write(f"{taken} translations taken, {len(refused)} refused")


def _known(language: str) -> str:
    if language not in catalogues.translated_languages():
        raise CommandError(f"LANG is one of {', '.join(catalogues.translated_languages())}")
    return language


def _read(file: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from error
    rows = document.get("texts") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise CommandError(f'{file}: expected {{"texts": […]}}')
    return rows


def _filled(translation: str | list[str]) -> bool:
    return bool(translation) and all(translation)


def _row(message: Any) -> dict[str, Any]:
    text, plural, context = catalogues.identity(message)
    row: dict[str, Any] = {"text": text}
    if plural is not None:
        row["plural"] = plural
    if context:
        row["context"] = context
    if message.auto_comments:
        row["comment"] = " ".join(message.auto_comments)
    row["files"] = sorted({name for name, _line in message.locations})
    row["translation"] = list(message.string) if plural is not None else message.string
    return row


def _take(language: str, catalog: Catalog, rows: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Put translations into the catalogue; one that would break the page it stands on is refused and named."""
    entries = {catalogues.identity(message): message for message in catalog if message.id}
    taken, refused = 0, []
    for row in rows:
        translation = row.get("translation")
        if not translation or not all(translation):
            continue
        message = entries.get((row["text"], row.get("plural"), row.get("context")))
        if message is None:
            refused.append(f"no longer in the product: {row['text']!r}")
            continue
        before, message.string = message.string, tuple(translation) if isinstance(translation, list) else translation
        if flaws := catalogues.mismatches(language, message):
            message.string = before
            refused.append(f"{'; '.join(flaws)}: {row['text']!r}")
            continue
        taken += 1
    return taken, refused
