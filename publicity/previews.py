"""Small pictures of photographs offered to the press, made on the way out, so that none lies at a public address."""

from __future__ import annotations

import io
import warnings

from django.core.cache import cache
from PIL import Image, ImageOps, UnidentifiedImageError
from wagtail.documents.models import Document

EXTENSIONS = frozenset({"jpg", "jpeg", "png", "webp"})
FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST = (720, 540)
KEPT_FOR = 24 * 3600


def has_preview(document: Document) -> bool:
    """Whether a document is called a picture; a file that only says so has no preview in the end."""
    return document.file_extension.lower() in EXTENSIONS


def preview_of(document: Document) -> bytes | None:
    """A WebP of at most 720 × 540, without the photograph's metadata; None where the file is no readable picture."""
    key = f"press-preview-{document.pk}-{document.file_hash}"
    made: bytes | None = cache.get(key)
    if made is None:
        made = _make(document) or b""
        cache.set(key, made, KEPT_FOR)
    return made or None


def _make(document: Document) -> bytes | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with document.file.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
                picture.draft("RGB", LARGEST)  # JPEG decodes at a fraction of the size
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail(LARGEST)
                written = io.BytesIO()
                upright.convert("RGB").save(written, "WEBP", quality=80)
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            return None
    return written.getvalue()
