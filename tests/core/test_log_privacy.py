"""Logs hold no key to anybody's page."""

import logging

import pytest

from plenary.core.log_privacy import MaskTokens, mask

TOKEN = "AAECAwQFBgcICQoLDA0ODwAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    "path",
    [
        f"/fr/my/{TOKEN}/",
        f"/badge/{TOKEN}/",
        f"/en/register/confirm/{TOKEN}/",
        f"/ar/invitation/{TOKEN}/",
        f"/en/forum/press/access/{TOKEN}/",
        f"/api/v1/registrations/{TOKEN}/",
        f"http://conference.example/en/my/{TOKEN}/calendar.ics?x=1",
    ],
)
def test_a_guests_link_is_cut_in_the_log(path: str) -> None:
    written = mask(f"Not Found: {path}")
    assert TOKEN not in written
    assert TOKEN[:4] in written


def test_other_addresses_stay_readable() -> None:
    assert mask("Not Found: /en/forum/agenda/") == "Not Found: /en/forum/agenda/"


def test_the_filter_rewrites_message_and_arguments() -> None:
    record = logging.LogRecord("django.request", 30, "f", 1, "Not Found: %s (%s)", (f"/en/my/{TOKEN}/", 404), None)
    assert MaskTokens().filter(record)
    assert TOKEN not in record.getMessage()
    assert record.getMessage().endswith("(404)")


def test_every_handler_of_the_product_has_the_filter(settings: object) -> None:
    assert all("mask_tokens" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
