"""Gives private files the first key, one at a time and under the lock of their record, while the site runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction

from plenary.core import crypto
from plenary.core.key_rotation import HEAD, UNREADABLE, current_key, key_of
from registration.models import StoredFile, private_storage
from registration.models.files import stored_path
from registration.uploads import place_of, seal

_OWN_NAME = re.compile(r"[0-9a-f]{32}")


def stored_kinds() -> Iterator[type[StoredFile]]:
    """Every kind of private file."""
    return (model for model in apps.get_models() if issubclass(model, StoredFile))


def count_file_keys(kind: type[StoredFile]) -> Counter[str]:
    """How many files of a kind each key wrote; a file that is not there counts as UNREADABLE."""
    found: Counter[str] = Counter()
    for path in kind._base_manager.order_by().values_list("file", flat=True).iterator(chunk_size=1_000):
        found[_key_of_file(path)] += 1
    return found


def _key_of_file(path: str) -> str:
    try:
        with private_storage().open(path, "rb") as sealed:
            return key_of(sealed.read(HEAD))
    except FileNotFoundError:
        return UNREADABLE


def rotate_files(kind: type[StoredFile]) -> Counter[str]:
    """Write the files of a kind anew under the first key. Answers how many were "rewritten", are "gone" since the list was
    read, and are UNREADABLE."""
    done: Counter[str] = Counter()
    for pk in kind._base_manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1_000):
        if outcome := reseal(kind, pk):
            done[outcome] += 1
    return done


@transaction.atomic
def reseal(kind: type[StoredFile], pk: UUID) -> str:
    """One file under the first key; "" where it is already. The old one goes after the commit: readers who opened it
    finish, readers who come too late look again (uploads.open_upload)."""
    stored = kind._base_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if stored is None:
        return "gone"
    storage, old = private_storage(), str(stored.file.name)
    try:
        with storage.open(old, "rb") as file:
            sealed = file.read()
        if key_of(sealed[:HEAD]) == current_key():
            return ""
        plain = crypto.decrypt(sealed, place_of(stored))
    except (FileNotFoundError, crypto.Undecipherable):
        return UNREADABLE
    new = storage.save(stored_path(stored, ""), ContentFile(seal(stored, plain)))
    kind._base_manager.filter(pk=pk).update(file=new)
    transaction.on_commit(partial(storage.delete, old))
    return "rewritten"


def sweep_files(kind: type[StoredFile]) -> int:
    """Delete what a broken run left behind: files that carry a record's name and are not that record's file.

    A file whose record is not there yet belongs to an upload on its way and stays.
    """
    storage, folder, swept = private_storage(), f"{kind._meta.model_name}s", 0
    try:
        shelves, _files = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    for shelf in shelves:
        for name in storage.listdir(f"{folder}/{shelf}")[1]:
            if own := _OWN_NAME.match(name):
                swept += _sweep_one(kind, UUID(own[0]), f"{folder}/{shelf}/{name}")
    return swept


@transaction.atomic
def _sweep_one(kind: type[StoredFile], pk: UUID, path: str) -> bool:
    stored = kind._base_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if stored is None or stored.file.name == path:
        return False
    private_storage().delete(path)
    return True
