"""Files that people send or staff attach: checked, encrypted in private storage, served only by views that check and log."""

import uuid

from django.core.files.storage import Storage, storages
from django.db import models

from plenary.core.fields import EncryptedTextField


def stored_path(stored: "StoredFile", _filename: str) -> str:
    """Where a file lies: by kind and key, never by the name its sender gave it."""
    return f"{stored._meta.model_name}s/{stored.pk.hex[:2]}/{stored.pk.hex}"


def private_storage() -> Storage:
    return storages["private"]


class StoredFile(models.Model):
    """What every kind of private file has; `registration.uploads` checks, seals and opens it."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(storage=private_storage, upload_to=stored_path)
    name = EncryptedTextField()  # as the sender's device called it
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()  # bytes, before encryption
    digest = models.CharField(max_length=64)
    # What the scanner for malware said: "" none was set up, "missed" it did not answer, "clean", "found": the file is closed.
    malware_check = models.CharField(max_length=8, blank=True, default="", editable=False, db_index=True)
    scan_tried_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # last shown to it again (actions.scanning)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def is_closed(self) -> bool:
        """Whether malware was found in it after it was taken: nothing opens it any more."""
        return self.malware_check == "found"
