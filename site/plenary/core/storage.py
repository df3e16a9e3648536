"""Storages of our own: a bucket behind our own addresses, and static files named by their digest."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from storages.backends.s3 import S3Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class BucketStorage(S3Storage):
    """A bucket that visitors never talk to: its files come from our own address, so the Content Security Policy stays
    strict and the bucket may stay private."""

    def url(self, name: str, *_args: Any, **_kwargs: Any) -> str:
        return f"{settings.MEDIA_URL}{quote(name)}"


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Static files under names that hold their digest, JavaScript modules included: a browser never mixes two versions."""

    support_js_module_import_aggregation = True
