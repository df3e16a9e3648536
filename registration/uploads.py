"""Files that guests send: told apart by content, scanned for malware where a scanner is set up, made harmless, encrypted.

A file's name and its declared type are the sender's claims and decide nothing. What is stored where is in actions and models.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from plenary.core import crypto
from plenary.core.names import clean_text
from registration.malware import Verdict, scan
from registration.models import StoredFile
from registration.pdf_page import Undrawable, first_page
from registration.rules.portraits import HEIGHT, LEAST_WIDTH, WIDTH, Box, chosen_box, height_of, placed_box

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a phone's largest photo; decoded it takes 160 MB, and no more than one is open at a time
MAX_EDGE = 4_000
NAME_LENGTH = 120
REPLY_FILES = 10  # that one registration may send along with its replies
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"  # a hint to the browser's file dialogue, nothing more


NO_BOX = Box(0, 0, 0, 0)


class UploadRefused(Exception):
    """The file cannot be taken; the text tells the sender why and what to send instead."""


@dataclass(frozen=True)
class Checked:
    """A file as it will be stored: harmless, and named for people."""

    name: str
    media_type: str
    content: bytes
    malware_check: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class SizeLimitHandler(FileUploadHandler):
    """Stops taking in a file at the limit, so that an oversized one costs neither memory nor the rest of the form."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.too_large: set[str] = set()
        self._received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self._received > MAX_BYTES:
            self.too_large.add(str(self.field_name))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def too_large_message() -> str:
    return _("This file is too large. Send one of at most %(size)s.") % {"size": filesizeformat(MAX_BYTES)}


@dataclass(frozen=True)
class CheckedPortrait(Checked):
    """A face at its final size, and the part of the picture it was cut from."""

    crop: Box = NO_BOX


def inspect(sent: UploadedFile) -> Checked:
    """Take a file in, or raise UploadRefused. Pictures are drawn anew, so nothing hidden in them survives."""
    name, content, verdict = _taken(sent)
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return Checked(name, "application/pdf", content, verdict)
    if is_picture(content):
        return _redrawn(name, content, verdict)
    raise UploadRefused(_("This is not a picture or a PDF. Send a JPEG, PNG or WebP picture, or a PDF."))


def inspect_scan(sent: UploadedFile) -> Checked:
    """Take in the picture of a document's page: kept as pixels alone, a PDF's first page is drawn. Raises UploadRefused."""
    name, content, verdict = _taken(sent)
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        try:
            content = first_page(content)
        except Undrawable as error:
            raise UploadRefused(
                _("This PDF cannot be read. Take a picture of the page with your phone and send that.")
            ) from error
        name = f"{name.removesuffix('.pdf')}.jpg"
    if is_picture(content):
        return _redrawn(name, content, verdict, always_jpeg=True)
    raise UploadRefused(_("This is not a picture or a PDF. Send a JPEG, PNG or WebP picture, or a PDF."))


def inspect_portrait(
    sent: UploadedFile, *, choice: tuple[float, float, float] | None = None, place: str = "middle"
) -> CheckedPortrait:
    """Take a portrait in: cut to the chosen part (left, top and width as shares), else to `place`. Raises UploadRefused."""
    name, content, verdict = _taken(sent)
    if not is_picture(content):
        raise UploadRefused(_("This is not a picture. Send a JPEG, PNG or WebP picture."))
    with _opened(content) as picture:
        if choice is None:
            box = placed_box(picture.width, picture.height, place)
        else:
            left, top, share = choice
            box = chosen_box(picture.width, picture.height, left=left, top=top, share=share)
        if box.width < LEAST_WIDTH or box.height < height_of(LEAST_WIDTH) - 1:
            raise UploadRefused(
                _("The face would be blurred. Send a larger picture, or choose a larger part of this one.")
            )
        face = _bare(picture, "RGB").resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS, box=box.as_edges())
        drawn = io.BytesIO()
        face.save(drawn, "JPEG", quality=88, exif=b"")
    return CheckedPortrait(name, "image/jpeg", drawn.getvalue(), verdict, box)


def _taken(sent: UploadedFile) -> tuple[str, bytes, str]:
    """Name, content and what the scanner said; raises UploadRefused for what is empty, too large or infected."""
    if (sent.size or 0) > MAX_BYTES:
        raise UploadRefused(too_large_message())
    content = sent.read()
    if not content:
        raise UploadRefused(_("This file is empty. Choose it again."))
    verdict = scan(content)
    if verdict == Verdict.FOUND:
        raise UploadRefused(
            _("This file contains malware and was not taken. Check your device, and send another file.")
        )
    if verdict == Verdict.MISSED and settings.CLAMD_UNAVAILABLE != "accept":
        raise UploadRefused(
            _("Files cannot be checked at the moment. Nothing is lost: send this one again in some minutes.")
        )
    return clean_text(sent.name or "")[-NAME_LENGTH:], content, verdict.value


def is_picture(content: bytes) -> bool:
    """Whether a file begins like a JPEG, PNG or WebP picture."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    )


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """A picture decoded and upright. Its claimed size is looked at first; whatever is wrong with it is an UploadRefused."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise UploadRefused(_("This picture has too many pixels. Send one of at most 40 megapixels."))
            kind = picture.format
            upright = ImageOps.exif_transpose(picture)
            upright.format = kind
            yield upright
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadRefused(_("This picture has too many pixels. Send one of at most 40 megapixels.")) from error
    except (OSError, ValueError, SyntaxError, OverflowError, EOFError) as error:
        # Pillow's decoders raise each of these on damaged files.
        text = _("This picture cannot be read. Save it again as JPEG or PNG, or take a new one.")
        raise UploadRefused(text) from error


def _redrawn(name: str, content: bytes, verdict: str, *, always_jpeg: bool = False) -> Checked:
    """A picture of its own: what the old one carried besides pixels (text, profiles, GPS) stays behind."""
    with _opened(content) as upright:
        kind = "PNG" if upright.format == "PNG" and not always_jpeg else "JPEG"
        upright.thumbnail((MAX_EDGE, MAX_EDGE))
        drawn = io.BytesIO()
        if kind == "PNG":
            _bare(upright, "RGBA" if _has_transparency(upright) else "RGB").save(drawn, "PNG", exif=b"")
        else:
            _bare(upright, "RGB").save(drawn, "JPEG", quality=90, exif=b"")
    return Checked(name, f"image/{kind.lower()}", drawn.getvalue(), verdict)


def _bare(picture: Image.Image, mode: str) -> Image.Image:
    """Pixels alone: Pillow would write comments and colour profiles of the old file into the new one."""
    pixels = picture.convert(mode)
    pixels.info = {}
    return pixels


def _has_transparency(picture: Image.Image) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


_PDF_HEADER = re.compile(rb"%PDF-[12]\.\d[\r\n \t]")
_PDF_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])")
_FOREIGN = (b"<html", b"<script", b"<!doctype", b"<?php", b"#!/", b"<svg")


def _check_pdf(content: bytes) -> None:
    """Refuse what is not only a PDF: something before or behind it, a second format inside, or active content."""
    end = _PDF_END.search(content[-2048:])
    if not _PDF_HEADER.match(content) or end is None or int(end.group(1)) >= len(content):
        raise UploadRefused(_("This PDF is damaged or incomplete. Save it again as PDF and send that."))
    head = content[:1024].lower()
    # An archive is read from its end: a directory record there makes the same bytes a ZIP, a JAR or an Office file.
    if any(mark in head for mark in _FOREIGN) or b"PK\x05\x06" in content[-66_000:]:
        raise UploadRefused(_("This file is a PDF and something else at once. Print it to a new PDF and send that."))
    names = _NAME_ESCAPE.sub(lambda match: bytes([int(match.group(1), 16)]), content)
    if _ACTIVE.search(names):
        raise UploadRefused(_("This PDF contains programs, forms or attachments. Print it to a new PDF and send that."))


def place_of(stored: StoredFile) -> str:
    """What a file is encrypted for: its model and its own record."""
    return f"{stored._meta.label_lower}.content.{stored.pk}"


def seal(stored: StoredFile, content: bytes) -> bytes:
    """Encrypt a file for its own record: copied to another's place it does not open."""
    return crypto.encrypt(content, place_of(stored))


class Closed(PermissionDenied):
    """Malware was found in this file after it was taken. It is kept as evidence and opened for nobody."""


def open_upload(stored: StoredFile) -> bytes:
    """The file in clear. Whoever calls has checked the right to see it and logs the look. Raises Closed."""
    if stored.is_closed:
        raise Closed(_("Malware was found in this file. It is closed: ask for another one."))
    try:
        sealed = stored.file.open("rb")
    except FileNotFoundError:
        # A new key was given to it since its record was read (rotate_field_keys): it lies elsewhere now.
        stored.refresh_from_db(fields=["file"])
        sealed = stored.file.open("rb")
    with sealed:
        return crypto.decrypt(sealed.read(), place_of(stored))
