"""Encryption of identifying text: keys, places, rotation, and the index for look-ups."""

import base64
import os
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from plenary.core import crypto


def key(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode(os.urandom(32)).decode()}"


PLACE = "registration.registration.email.1"


@given(st.binary(max_size=2_000), st.text(min_size=1, max_size=80))
def test_what_is_sealed_for_a_place_opens_there(plain: bytes, place: str) -> None:
    assert crypto.decrypt(crypto.encrypt(plain, place), place) == plain


def test_a_text_moved_to_another_record_does_not_open() -> None:
    sealed = crypto.encrypt(b"X1234567", PLACE)
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(sealed, "registration.registration.email.2")


@given(st.data())
def test_a_single_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(crypto.encrypt(b"X1234567", PLACE))
    position = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[position // 8] ^= 1 << (position % 8)
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(bytes(sealed), PLACE)


@given(st.binary(max_size=60))
def test_anything_that_is_no_ciphertext_is_refused_and_nothing_worse(rubbish: bytes) -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(rubbish, PLACE)


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert crypto.encrypt(b"same", PLACE) != crypto.encrypt(b"same", PLACE)


def test_a_new_key_writes_and_the_old_one_still_reads(settings: Any) -> None:
    old, new = key("2025"), key("2026")
    settings.FIELD_ENCRYPTION_KEYS = [old]
    sealed = crypto.encrypt(b"before", PLACE)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert crypto.decrypt(sealed, PLACE) == b"before"
    assert crypto.encrypt(b"after", PLACE).startswith(b"2026:")
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(sealed, PLACE)


def test_look_ups_survive_a_new_key(settings: Any) -> None:
    old, new = key("2025"), key("2026")
    settings.FIELD_ENCRYPTION_KEYS = [old]
    before = crypto.blind_index("a@b.example", "email")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert crypto.blind_index("a@b.example", "email") == before


def test_an_index_tells_neither_the_text_nor_what_it_equals_elsewhere(settings: Any) -> None:
    email, phone = crypto.blind_index("12345", "email"), crypto.blind_index("12345", "phone")
    assert email != phone
    assert "12345" not in email
    settings.FIELD_ENCRYPTION_KEYS = [key("other")]
    assert crypto.blind_index("12345", "email") != email


@pytest.mark.parametrize(
    "keys", [[], ["1:short"], ["1:" + base64.b64encode(b"x" * 16).decode()], [":" + key("")[1:]], ["no colon"]]
)
def test_wrong_keys_stop_the_product_instead_of_writing_something_weak(settings: Any, keys: list[str]) -> None:
    settings.FIELD_ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        crypto.encrypt(b"x", PLACE)
