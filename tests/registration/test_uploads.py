"""Uploads: told apart by content, made harmless, encrypted, and bound to their own record."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from plenary.core import crypto
from plenary.core.actions import Actor
from registration import actions, uploads
from registration.models import Upload
from registration.rules import State
from registration.uploads import UploadRefused, inspect
from tests.factories.registration import RegistrationFactory
from tests.registration.files import bomb, pdf, picture, zip_archive


def sent(content: bytes, name: str = "passport.jpg", media_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=media_type)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("WEBP"), "image/jpeg"),
        (pdf(), "application/pdf"),
    ],
)
def test_the_content_decides_what_a_file_is(content, media_type):
    assert inspect(sent(content, "anything.exe", "text/html")).media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a\x01\x00\x01\x00",
        zip_archive(),
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        picture("JPEG")[:200],
        b"\xff\xd8\xff<?php system($_GET[0]); ?>",
        pdf(before=b"\n\n"),
        pdf(after=b"<script>alert(1)</script>"),
        pdf(after=zip_archive()),
        pdf(body=zip_archive()),
        pdf()[:-20],
        pdf(body=b"<html><script>alert(1)</script>"),
        pdf(body=b"1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >> endobj\n"),
        pdf(body=b"1 0 obj << /S /Java#53cript >> endobj\n"),
        pdf(body=b"1 0 obj << /Type /EmbeddedFile >> endobj\n"),
        pdf(body=b"1 0 obj << /S /Launch /F (cmd.exe) >> endobj\n"),
        b"%PDF-1.7\nstartxref\n99999\n%%EOF\n",
        bomb(),
        bomb(7_000, 7_000),
    ],
)
def test_what_is_no_plain_picture_or_pdf_is_refused_with_words(content):
    with pytest.raises(UploadRefused) as refusal:
        inspect(sent(content))
    assert len(str(refusal.value)) > 20


def test_an_empty_and_an_oversized_file_are_refused(monkeypatch):
    with pytest.raises(UploadRefused, match="empty"):
        inspect(sent(b""))
    monkeypatch.setattr(uploads, "MAX_BYTES", 100)
    with pytest.raises(UploadRefused, match="too large"):
        inspect(sent(picture()))


def test_a_picture_with_something_hidden_behind_it_is_drawn_without_it():
    checked = inspect(sent(picture("PNG") + zip_archive()))
    assert b"PK" not in checked.content
    assert Image.open(io.BytesIO(checked.content)).size == (60, 40)


def test_a_large_picture_is_made_smaller():
    assert max(Image.open(io.BytesIO(inspect(sent(picture("JPEG", (5_000, 1_000)))).content)).size) == 4_000


def test_names_of_files_are_cleaned():
    assert inspect(sent(picture(), "gpj\u202e.exe\n.png")).name == "gpj.exe .png"


@pytest.mark.django_db
def test_one_registration_holds_a_limited_number_of_files_sent_with_replies(monkeypatch):
    monkeypatch.setattr("registration.actions.guests.REPLY_FILES", 2)
    registration = RegistrationFactory()
    for number in range(3):
        actions.ask_for_more([registration.pk], by=Actor("Officer Lin"), reason="More, please.")
        reply = {"registration_id": registration.pk, "text": "Here.", "checked": inspect(sent(picture()))}
        if number < 2:
            actions.reply_to_request(**reply)
    with pytest.raises(actions.Refused, match="as many files"):
        actions.reply_to_request(**reply)
    assert Upload.objects.filter(registration=registration).count() == 2
    assert actions.reply_to_request(registration_id=registration.pk, text="Without.").state == State.SUBMITTED


def test_a_file_opens_only_in_its_own_place():
    one, other = Upload(), Upload()
    sealed = uploads.seal(one, b"passport")
    assert b"passport" not in sealed
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(sealed, uploads.place_of(other))
