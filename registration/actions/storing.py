"""Private files into storage and out of it, together with their records or not at all."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from django.core.files.base import ContentFile
from django.db import transaction

from registration.models import StoredFile, private_storage
from registration.uploads import Checked, seal

Kind = TypeVar("Kind", bound=StoredFile)


def store(record: Kind, checked: Checked) -> Kind:
    """Fill in a record for a checked file, encrypt the file for it, and save both. The caller holds the transaction."""
    record.name, record.media_type = checked.name, checked.media_type
    record.size, record.digest = len(checked.content), checked.digest
    record.malware_check = checked.malware_check
    record.file.save("", ContentFile(seal(record, checked.content)), save=False)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except BaseException:
        record.file.delete(save=False)
        raise
    return record


def discard(record: StoredFile) -> None:
    """Delete a file; from storage only after the commit, so that a rollback loses nothing."""
    path = str(record.file.name)
    record.delete()
    transaction.on_commit(partial(private_storage().delete, path))
