"""The mailbox of a development machine: open, readable, harmless, and not there in production."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.actions import queue_message
from plenary.core.message_parts import html_part
from plenary.core.models import Message

pytestmark = pytest.mark.django_db


def attachment(identity: str, language: str) -> tuple[str, bytes, str]:
    return "badge.pdf", b"%PDF-1.7 " + identity.encode(), "application/pdf"


@pytest.fixture
def message() -> Message:
    written = queue_message(
        kind="registration.approved",
        recipient="fatima@example.org",
        language="ar",
        subject="<b>تم القبول</b>",
        text="صفحتك: http://testserver/ar/my/abc/",
        html='<!doctype html><html><head><meta charset="utf-8"></head><body><a href="/ar/my/abc/">صفحتك</a></body></html>',
        attachments=[{"kind": "badge", "id": "7"}],
    )
    assert written is not None
    return written


def test_a_newcomer_finds_every_message_without_signing_in(client: Client, message: Message) -> None:
    content = client.get(reverse("core:mailbox")).content.decode()
    assert "fatima@example.org" in content
    assert "&lt;b&gt;تم القبول&lt;/b&gt;" in content
    assert 'dir="rtl"' in content


def test_a_message_opens_with_its_links(client: Client, message: Message) -> None:
    response = client.get(reverse("core:mailbox-message", args=[message.pk]))
    assert 'href="http://testserver/ar/my/abc/"' in response.content.decode()
    assert "frame-src 'self'" in response.headers["Content-Security-Policy"]


def test_the_html_part_stands_in_a_frame_that_can_run_nothing(client: Client, message: Message) -> None:
    response = client.get(reverse("core:mailbox-html", args=[message.pk]))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in response.content.decode()


def test_a_message_of_text_alone_is_shown_with_its_markup_escaped() -> None:
    message = Message(language="en", subject="<i>", text="<script>alert(1)</script>", html="")
    assert b"&lt;script&gt;" in html_part(message, links="_blank").content


def test_attachments_can_be_downloaded(client: Client, message: Message, settings: Any) -> None:
    settings.PLENARY_ATTACHMENTS = {"badge": "tests.core.test_mailbox.attachment"}
    response = client.get(reverse("core:mailbox-attachment", args=[message.pk, 0]))
    assert response.content == b"%PDF-1.7 7"
    assert "badge.pdf" in response.headers["Content-Disposition"]
    assert client.get(reverse("core:mailbox-attachment", args=[message.pk, 1]), follow=True).status_code == 404


def test_production_has_no_mailbox(client: Client, message: Message, settings: Any) -> None:
    settings.PLENARY_DEVELOPMENT_PAGES = False
    for name, args in [("mailbox", []), ("mailbox-message", [message.pk]), ("mailbox-html", [message.pk])]:
        assert client.get(reverse(f"core:{name}", args=args), follow=True).status_code == 404


def test_the_list_takes_as_many_statements_for_three_messages_as_for_one(
    client: Client, message: Message, statements_of: Any
) -> None:
    one = statements_of(lambda: client.get(reverse("core:mailbox")))
    for number in range(2):
        queue_message(kind="x", recipient=f"{number}@example.org", language="en", subject="s", text="t")
    assert statements_of(lambda: client.get(reverse("core:mailbox"))) == one
