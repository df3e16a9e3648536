"""Signed links: whom they open for, when they end, and that one cannot be bent into another."""

import time
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core import links
from plenary.core.links import BadLink, ExpiredLink, make_link, read_link

SUBJECT = uuid.UUID("0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d")


@given(st.uuids(), st.integers(0, 65_535), st.one_of(st.none(), st.integers(10, 10_000_000)))
def test_a_link_says_what_it_was_made_for(subject: uuid.UUID, version: int, lifetime: int | None) -> None:
    found = read_link("guest", make_link("guest", subject, version, lifetime))
    assert (found.subject, found.version) == (subject, version)
    assert (found.expires_at == links.NEVER) == (lifetime is None)


def test_a_link_for_one_purpose_opens_no_other() -> None:
    with pytest.raises(BadLink):
        read_link("confirm", make_link("guest", SUBJECT))


def test_a_link_of_another_installation_does_not_open(settings: Any) -> None:
    token = make_link("guest", SUBJECT)
    settings.SECRET_KEY = "another one"
    with pytest.raises(BadLink):
        read_link("guest", token)


def test_a_link_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    token = make_link("confirm", SUBJECT, lifetime=60)
    now = time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + 59)
    assert read_link("confirm", token).subject == SUBJECT
    monkeypatch.setattr(links.time, "time", lambda: now + 62)
    with pytest.raises(ExpiredLink):
        read_link("confirm", token)


@given(st.data())
def test_no_other_spelling_of_a_link_opens(data: st.DataObject) -> None:
    token = make_link("guest", SUBJECT)
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != token[position]))
    with pytest.raises(BadLink):
        read_link("guest", token[:position] + other + token[position + 1 :])


@given(st.text(max_size=80))
def test_rubbish_is_a_bad_link_and_nothing_worse(text: str) -> None:
    with pytest.raises(BadLink):
        read_link("guest", text)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t + "=", lambda t: " " + t, lambda t: t + "\n"]
)
def test_a_link_cut_or_lengthened_on_its_way_is_told_apart(change: Any) -> None:
    with pytest.raises(BadLink):
        read_link("guest", change(make_link("guest", SUBJECT)))
