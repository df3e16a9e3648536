"""Mails to guests: in their language and direction, readable as plain text, and safe whatever was typed."""

from html.parser import HTMLParser

import pytest
from django.utils import translation

from plenary.core.actions import Actor
from plenary.core.dates import date_range
from plenary.core.languages import LANGUAGES
from plenary.core.models import Message
from registration import actions, emails
from registration.rules import State
from tests.factories.registration import RegistrationFactory

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
NASTY = "<img src=x onerror=alert(1)> {{ 7|add:7 }} {% debug %}"


class Outline(HTMLParser):
    """The tags and attributes of a mail, and whether every one of them is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def decided(state, **facts):
    registration = RegistrationFactory(**facts)
    report = actions.decide([registration.pk], to=state, by=OFFICER, reason="Please read <this> & answer.")
    assert not report.refused
    return Message.objects.of(registration).get()


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.INFORMATION_REQUESTED, State.CANCELLED])
def test_a_decision_reads_well_in_every_language_and_direction(language, state):
    with translation.override("fr"):  # the officer's language is nobody's business
        message = decided(state, language=language)
    direction = "rtl" if language == "ar" else "ltr"
    outline = Outline(message.html)
    assert outline.open == []
    html = dict(outline.tags)["html"]
    assert (html["dir"], html["lang"].lower()) == (direction, language)
    event = message.event
    for part in (message.text, message.html):
        assert date_range(event.starts_on, event.ends_on, language) in part
        assert f"/{language}/my/" in part
    assert "Please read <this> & answer." in message.text
    assert "Please read &lt;this&gt; &amp; answer." in message.html
    assert "&lt;" not in message.text
    assert "\n\n\n" not in message.text
    assert not any(tag in {"script", "img", "link", "form"} for tag, _attributes in outline.tags)


def test_what_guests_typed_is_text_in_every_part():
    message = decided(State.APPROVED, name=NASTY, salutation="{{ x }}")
    assert "<img" not in message.html
    assert "{{ 7|add:7 }}" in message.html
    assert NASTY in message.text


def test_a_name_cannot_add_headers_to_a_mail():
    registration = RegistrationFactory(name="Amina\r\nBcc: everybody@example.org")
    mail = emails.decision_mail(registration, State.APPROVED, "")
    assert "\n" not in mail.subject


def test_an_approval_carries_the_badge_and_the_links():
    message = decided(State.APPROVED)
    assert message.attachments[0]["kind"] == "badge"
    for path in ("/my/", "/badge/", "calendar.ics"):
        assert path in message.text
        assert path in message.html


def test_a_preview_shows_the_mail_without_a_working_link(client):
    registration = RegistrationFactory(language="es")
    mail = emails.decision_mail(registration, State.REJECTED, "No letter")
    assert "No letter" in mail.text
    assert not Message.objects.exists()
    link = next(line for line in mail.text.splitlines() if "/my/" in line)
    assert client.get("/es/my/" + link.split("/my/")[1]).status_code == 404
    registration.refresh_from_db()
    assert (registration.state, registration.link_version) == (State.SUBMITTED, 1)


def test_nobody_is_told_of_a_step_before_the_address_is_proved():
    registration = RegistrationFactory(state=State.UNCONFIRMED)
    actions.withdraw(registration_id=registration.pk)
    assert not Message.objects.exists()
