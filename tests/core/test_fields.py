"""Encrypted text in the database, and labels in several languages."""

import uuid
from typing import Any

import pytest
from django.core import checks
from django.db import connection, models
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from plenary.core import crypto
from plenary.core.fields import Ciphertext, EncryptedTextField, Label, LabelField
from plenary.core.models import Message
from plenary.events.models import Venue

SECRET = "佐藤 ß 🙂 a@b.example"


def message(**values: Any) -> Message:
    return Message(
        **{"kind": "test", "recipient": SECRET, "language": "en", "subject": "s", "text": "t"}
        | {"next_attempt_at": timezone.now()}
        | values
    )


def stored(pk: uuid.UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM core_message WHERE id = %s", [_raw(pk)])
        return str(cursor.fetchone()[0])


def _raw(pk: uuid.UUID) -> Any:
    return pk if connection.features.has_native_uuid_field else pk.hex


pytestmark = pytest.mark.django_db


def test_the_database_holds_no_clear_text_and_the_record_reads_it_back() -> None:
    saved = message()
    saved.save()
    assert "example" not in stored(saved.pk)
    assert Message.objects.get(pk=saved.pk).recipient == SECRET


def test_saving_a_record_that_was_never_read_keeps_its_text_sealed_and_readable() -> None:
    saved = message()
    saved.save()
    before = stored(saved.pk)
    again = Message.objects.get(pk=saved.pk)
    again.subject = "other"
    again.save()
    assert stored(saved.pk) == before
    assert Message.objects.get(pk=saved.pk).recipient == SECRET


def test_a_list_that_shows_no_identity_decrypts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    message().save()
    monkeypatch.setattr(crypto, "decrypt", lambda *_args: pytest.fail("decrypted without need"))
    assert [m.subject for m in Message.objects.all()] == ["s"]


def test_update_would_write_in_clear_and_is_refused() -> None:
    message().save()
    with pytest.raises(ValueError, match="in clear"):
        Message.objects.update(recipient="a@b.example")


def test_bulk_update_would_write_in_clear_and_is_refused() -> None:
    saved = message()
    saved.save()
    saved.recipient = "other@b.example"
    with pytest.raises(ValueError, match="in clear"):
        Message.objects.bulk_update([saved], ["recipient"])


def test_many_at_once_are_sealed_each_for_its_own_place() -> None:
    made = Message.objects.bulk_create([message(), message()])
    assert stored(made[0].pk) != stored(made[1].pk)
    assert {m.recipient for m in Message.objects.all()} == {SECRET}


def test_values_give_sealed_text_and_never_clear_text() -> None:
    message().save()
    (found,) = Message.objects.values_list("recipient", flat=True)
    assert isinstance(found, Ciphertext)
    assert "example" not in found


def test_a_text_copied_to_another_record_does_not_open() -> None:
    one, two = message(), message()
    one.save()
    two.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_message SET recipient = %s WHERE id = %s", [stored(one.pk), _raw(two.pk)])
    with pytest.raises(crypto.Undecipherable):
        _ = Message.objects.get(pk=two.pk).recipient


def test_deferred_and_refreshed_fields_open() -> None:
    saved = message()
    saved.save()
    assert Message.objects.defer("recipient").get(pk=saved.pk).recipient == SECRET
    assert Message.objects.only("subject").get(pk=saved.pk).recipient == SECRET
    other = Message.objects.get(pk=saved.pk)
    other.recipient = "new@b.example"
    other.save(update_fields=["recipient"])
    saved.refresh_from_db()
    assert saved.recipient == "new@b.example"


def test_empty_text_stays_empty() -> None:
    saved = message(html="")
    saved.save()
    assert Message.objects.get(pk=saved.pk).html == ""


@pytest.mark.parametrize("lookup", ["", "__contains", "__in", "__iexact", "__startswith"])
def test_looking_up_by_sealed_text_says_how_to_do_it_right(lookup: str) -> None:
    with pytest.raises(TypeError, match="blind index"):
        Message.objects.filter(**{f"recipient{lookup}": ["a@b.example"]})


def test_an_encrypted_field_asks_for_a_key_that_is_known_before_saving() -> None:
    class Counted(models.Model):
        secret = EncryptedTextField()

        class Meta:
            app_label = "core"
            managed = False

    try:
        assert [found.id for found in Counted._meta.get_field("secret").check()] == ["plenary.E001"]
        assert not [found for found in Message._meta.get_field("text").check() if found.level >= checks.ERROR]
    finally:
        del Counted._meta.apps.all_models["core"]["counted"]


# -- labels ------------------------------------------------------------------------------------------------------------
def test_a_label_speaks_the_readers_language_else_english_else_what_there_is() -> None:
    label = Label({"en": "Delegate", "fr": "Délégué"})
    with translation.override("fr"):
        assert str(label) == "Délégué"
    with translation.override("ar"):
        assert str(label) == "Delegate"
    assert Label({"ru": "Делегат"}).get_for("ar") == "Делегат"
    assert str(Label({})) == ""


@pytest.mark.parametrize(
    ("label", "wished", "language"),
    [
        ({"en": "x", "fr": "y"}, "fr", "fr"),
        ({"en": "x", "fr": ""}, "fr", "en"),
        ({"ru": "x"}, "fr", "ru"),
        ({}, "fr", ""),
    ],
)
def test_a_fallback_says_which_language_it_is_in(label: dict[str, str], wished: str, language: str) -> None:
    assert Label(label).language_for(wished) == language


@given(st.dictionaries(st.sampled_from(["en", "zh-hans", "fr", "es", "ru", "ar"]), st.text(max_size=20)))
def test_text_and_language_of_a_label_always_belong_together(texts: dict[str, str]) -> None:
    label = Label(texts)
    for wished in ("en", "zh-hans", "fr", "ar"):
        assert label.get_for(wished) == texts.get(label.language_for(wished), "")


def test_a_plain_text_becomes_the_english_label_when_saved() -> None:
    field = LabelField()
    field.set_attributes_from_name("name")

    class Row:
        name = "Delegate"

    assert field.pre_save(Row(), add=True) == {"en": "Delegate"}


def test_a_label_that_was_just_assigned_reads_like_one_from_the_database() -> None:
    venue = Venue(name={"en": "Harbour hall", "fr": "Salle du port"})
    with translation.override("fr"):
        assert str(venue.name) == "Salle du port"
    venue.name = {"en": "Lake hall"}
    assert str(venue) == "Lake hall"
