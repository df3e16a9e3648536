"""A new key while the site runs: texts and files of many models move to it, nothing is lost, and the old key says goodbye."""

import base64
import io

import pytest
from django.core.management import call_command
from django.db import connection

from plenary.core import crypto
from plenary.core.actions import queue_message
from plenary.core.key_rotation import UNREADABLE, count_keys, encrypted_fields, key_of, rotate_field
from plenary.core.models import Message
from registration import actions
from registration.actions.rotation import count_file_keys, reseal, rotate_files, stored_kinds, sweep_files
from registration.models import DocumentScan, Portrait, Registration, TravelDocument, Upload, private_storage
from registration.uploads import inspect, inspect_portrait, inspect_scan, open_upload, seal
from tests.factories.registration import RegistrationFactory
from tests.registration.files import picture, upload
from tests.registration.papers import NUMBER, document, face

pytestmark = pytest.mark.django_db


def key(name: str) -> str:
    return f"{name}:" + base64.b64encode((name * 32).encode()[:32]).decode()


@pytest.fixture
def guest(settings):
    """Somebody with texts and files of several models, all under key 1."""
    settings.FIELD_ENCRYPTION_KEYS = [key("1")]
    guest = RegistrationFactory(email="amina@example.org", answers='{"diet": "halal"}')
    actions.save_travel_document(
        registration_id=guest.pk, facts=document(), scan=inspect_scan(upload("page.jpg", picture("JPEG")))
    )
    actions.save_portrait(registration_id=guest.pk, portrait=inspect_portrait(upload("me.jpg", face())))
    actions.drafts.attach_upload(owner=guest, question=None, checked=inspect(upload("letter.png")))
    queue_message(
        kind="test", recipient="amina@example.org", language="en", subject="Hello", text="Secret text", about=guest
    )
    return guest


def left_under(key_id: str) -> int:
    texts = sum(count_keys(model, field)[key_id] for model, field in encrypted_fields())
    return texts + sum(count_file_keys(kind)[key_id] for kind in stored_kinds())


def run(*arguments: str) -> str:
    told = io.StringIO()
    call_command("rotate_field_keys", *arguments, stdout=told, stderr=told)
    return told.getvalue()


def all_reads(guest) -> None:
    again = Registration.objects.get(pk=guest.pk)
    assert (again.email, again.answer_data) == ("amina@example.org", {"diet": "halal"})
    assert TravelDocument.objects.get().facts() == document()
    assert Message.objects.get(kind="test").text == "Secret text"
    assert open_upload(Portrait.objects.get()).startswith(b"\xff\xd8\xff")
    assert open_upload(DocumentScan.objects.get()).startswith(b"\xff\xd8\xff")
    assert open_upload(Upload.objects.get()).startswith(b"\x89PNG")
    assert Upload.objects.get().name == "letter.png"


def test_everything_moves_to_the_first_key_and_still_reads(guest, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("3"), key("2"), key("1")]
    assert left_under("1") > 15
    told = run()
    assert left_under("1") == 0
    all_reads(guest)
    assert "key 3:" in told
    assert "writes" in told
    assert "key 2: 0 texts, 0 files: can be dropped" in told
    assert "key 1: 0 texts, 0 files: makes the indexes, and must stay" in told
    assert TravelDocument.objects.same_as(TravelDocument.objects.get()).count() == 0
    index = TravelDocument.objects.get().number_index
    actions.save_travel_document(registration_id=guest.pk, facts=document(given_names="Amina W"))
    assert TravelDocument.objects.get().number_index == index, "found again after the rotation"


def test_a_check_changes_nothing_and_says_what_is_needed(guest, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    before = left_under("1")
    told = run("--check")
    assert left_under("1") == before
    assert f"key 1: {before - 3:,} texts, 3 files: still needed" in told


def test_running_again_rewrites_nothing(guest, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    run()
    path = Portrait.objects.get().file.name
    assert "rewritten" not in run()
    assert Portrait.objects.get().file.name == path


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(guest, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    model, field = next(iter(encrypted_fields()))
    rotate_field(model, field, batch=1)
    Portrait.objects.get()
    reseal(Portrait, Portrait.objects.get().pk)
    assert left_under("1") > 0
    run("--batch", "1")
    assert left_under("1") == 0
    all_reads(guest)


def test_what_somebody_saves_meanwhile_is_not_undone(guest, settings, monkeypatch):
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    field = TravelDocument._meta.get_field("number")
    encrypt = crypto.encrypt

    def somebody_saves(plain: bytes, place: str) -> bytes:
        monkeypatch.setattr(crypto, "encrypt", encrypt)
        saved = TravelDocument.objects.get()
        saved.number = "NEW123456"
        saved.save(update_fields=["number"])
        return encrypt(plain, place)

    monkeypatch.setattr(crypto, "encrypt", somebody_saves)
    assert rotate_field(TravelDocument, field)["overtaken"] == 1
    assert TravelDocument.objects.get().number == "NEW123456"


def test_a_record_read_before_the_rotation_still_opens_its_file_after_it(
    guest, settings, django_capture_on_commit_callbacks
):
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    stale = Portrait.objects.get()
    old = stale.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert rotate_files(Portrait)["rewritten"] == 1
    assert not private_storage().exists(old)
    assert open_upload(stale).startswith(b"\xff\xd8\xff")


def test_a_text_of_an_unknown_key_is_reported_and_left_alone(guest, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("2")]
    told = run()
    assert "under key 1, which is not in FIELD_ENCRYPTION_KEYS" in told
    assert "missing; put it back" in told
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    run()
    all_reads(guest)


def test_damaged_texts_stop_nobody(guest, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("2"), key("1")]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registration_traveldocument SET sex = 'not base64 at all'")
    told = run()
    assert "1 unreadable" in told
    assert TravelDocument.objects.get().number == NUMBER


def test_what_a_broken_run_left_is_swept_and_an_upload_on_its_way_is_not(guest):
    portrait, other = Portrait.objects.get(), Portrait()
    left = private_storage().save(portrait.file.name, io.BytesIO(b"left"))
    coming = private_storage().save(f"portraits/{other.pk.hex[:2]}/{other.pk.hex}", io.BytesIO(seal(other, b"new")))
    assert sweep_files(Portrait) == 1
    assert not private_storage().exists(left)
    assert private_storage().exists(coming)
    assert open_upload(portrait)
    private_storage().delete(coming)


def test_key_ids_are_read_from_texts_and_files():
    assert key_of(b"12:\x00\x01") == "12"
    assert key_of(base64.b64encode(b"2026-11:" + b"x" * 40).decode()) == "2026-11"
    assert key_of(b"no separator") == UNREADABLE
    assert key_of("äöü") == UNREADABLE
