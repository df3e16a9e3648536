"""Reads STORAGE_URL: folders on this machine, or a bucket of S3 type."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PREFIXES = ("default", "private")


def storages_from(url: str) -> dict[str, Any]:
    """The storages `default` (public pictures) and `private` (uploads of guests) for a STORAGE_URL.

    `file:///srv/plenary` or `s3://bucket/folder?endpoint=https://…&region=…`; keys come from the usual AWS_ variables.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return {
            "default": _folder(f"{parts.path}/media", settings_url="/media/"),
            "private": _folder(f"{parts.path}/private", settings_url=None),
        }
    if parts.scheme == "s3" and parts.netloc:
        return {name: _bucket(parts.netloc, f"{parts.path.strip('/')}/{name}", parts.query) for name in _PREFIXES}
    raise ImproperlyConfigured("STORAGE_URL is file:///folder or s3://bucket/folder?endpoint=…&region=…")


def _folder(path: str, settings_url: str | None) -> dict[str, Any]:
    options = {"location": path, "base_url": settings_url}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def _bucket(name: str, location: str, query: str) -> dict[str, Any]:
    wished = {key: values[-1] for key, values in parse_qs(query).items()}
    if unknown := wished.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(f"STORAGE_URL does not know {', '.join(sorted(unknown))}")
    options: dict[str, Any] = {
        "bucket_name": name,
        "location": location.strip("/"),
        "file_overwrite": False,
        "default_acl": None,
        "endpoint_url": wished.get("endpoint"),
        "region_name": wished.get("region"),
    }
    return {"BACKEND": "plenary.core.storage.BucketStorage", "OPTIONS": options}
