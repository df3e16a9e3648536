"""The guest's own page over HTTP: confirm, follow, change, reply, withdraw, and links that open nothing."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from plenary.core.actions import Actor
from plenary.core.links import make_link
from plenary.core.models import Message
from registration import actions
from registration.emails import guest_token
from registration.models import Registration
from registration.rules import State
from tests.factories.events import SessionFactory
from tests.factories.registration import CategoryFactory, DraftFactory, QuestionFactory, RegistrationFactory
from tests.registration.files import upload
from tests.registration.guest import PERSON, address, begin, finish, my

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")


# -- confirming ---------------------------------------------------------------------------------------------------------
def test_opening_the_link_confirms_nothing_and_pressing_the_button_does(client):
    finish(client, begin(client, CategoryFactory()))
    registration = Registration.objects.get()
    link = "/en/register/confirm/" + re.search(r"/register/confirm/(\S+)/", Message.objects.get().text)[1] + "/"
    assert client.get(link).status_code == 200
    registration.refresh_from_db()
    assert registration.state == State.UNCONFIRMED
    assert client.post(link)["Location"] == my(registration)
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED
    assert client.get(link)["Location"] == my(registration)  # opened again a week later
    assert client.post(link)["Location"] == my(registration)


def test_the_mail_to_an_unproved_address_carries_no_word_that_was_typed(client):
    finish(
        client, begin(client, CategoryFactory()), PERSON | {"name": "Buy at evil.example now", "organisation": "Spam"}
    )
    message = Message.objects.get()
    for part in (message.subject, message.text, message.html):
        assert "evil" not in part
        assert "Spam" not in part


def test_a_lapsed_registration_says_so_and_offers_another(client):
    registration = RegistrationFactory(state=State.EXPIRED, confirmed_at=None)
    link = f"/en/register/confirm/{make_link('confirm', registration.pk, 1, lifetime=60)}/"
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 410
        assert "lapsed" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/en/my/{}/", "/en/my/{}/change/", "/en/my/{}/withdraw/", "/en/my/{}/calendar.ics", "/en/register/confirm/{}/"],
)
def test_links_that_open_nothing_help_and_leak_nothing(client, path):
    registration = RegistrationFactory()
    for token in ("nonsense", guest_token(registration)[::-1], make_link("badge", registration.pk), "ü-%F0%9F"):
        response = client.get(path.format(token))
        assert response.status_code == 404
        html = response.content.decode()
        assert "This link does not work" in html
        assert registration.name not in html
    expired = client.get(
        path.format(make_link("confirm" if "confirm" in path else "guest", registration.pk, 1, lifetime=-5))
    )
    assert expired.status_code == 410
    assert "has expired" in expired.content.decode()


# -- the own page -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", list(State))
def test_every_state_is_told_in_plain_words_with_a_next_step(client, state):
    registration = RegistrationFactory(state=state, information_request="Your press card, please.")
    html = unescape(client.get(my(registration)).content.decode())
    from registration.wording import standing_of

    assert str(standing_of(registration).headline) in html
    assert str(standing_of(registration).next_step) in html
    assert ("Change my registration" in html) is (
        state in {"nominated", "unconfirmed", "submitted", "information_requested", "waitlisted", "offered"}
    )
    assert ("/badge/" in html) is (state == State.APPROVED)
    assert ("Your press card, please." in html) is (state == State.INFORMATION_REQUESTED)


def test_private_pages_are_neither_stored_nor_indexed_nor_told_to_others(client):
    registration = RegistrationFactory(category=CategoryFactory(needs_review=True))
    draft = DraftFactory(category=registration.category)
    for path in (
        my(registration),
        f"{address(draft)}{draft.pk}/you/",
        "/en/my/nonsense/",
        f"{address(draft)}lost-link/",
    ):
        response = client.get(path)
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "same-origin"


def test_the_statements_of_the_own_page_do_not_grow_with_history(client, statements_of):
    registration = RegistrationFactory()
    QuestionFactory(event=registration.event, key="a")
    actions.ask_for_more([registration.pk], by=OFFICER, reason="One")
    one = statements_of(lambda: client.get(my(registration)))
    for text in ("Two", "Three"):
        actions.reply_to_request(registration_id=registration.pk, text=text)
        actions.ask_for_more([registration.pk], by=OFFICER, reason=text)
    QuestionFactory.create_batch(2, event=registration.event)
    assert statements_of(lambda: client.get(my(registration))) == one


def test_the_guest_never_reads_an_officers_name(client):
    registration = RegistrationFactory()
    actions.reject([registration.pk], by=OFFICER, reason="No letter")
    html = client.get(my(registration)).content.decode()
    assert "No letter" in html
    assert "Officer Lin" not in html


def test_a_guest_changes_answers_and_sees_them(client):
    registration = RegistrationFactory(answers=json.dumps({"diet": "none"}))
    QuestionFactory(event=registration.event, key="diet")
    html = client.get(my(registration, "change/")).content.decode()
    assert 'value="none"' in html
    assert 'name="email"' not in html
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    sent = {"name": "Amina Osman", "nationality": "KE", "q-diet": "vegan", "version": version}
    assert client.post(my(registration, "change/"), sent).status_code == 302
    assert "vegan" in client.get(my(registration)).content.decode()
    again = client.post(my(registration, "change/"), sent | {"q-diet": "lost update"})
    assert again.status_code == 409
    assert "has changed since" in again.content.decode()


def test_a_decided_registration_is_not_changed_from_an_open_tab(client):
    registration = RegistrationFactory(state=State.APPROVED)
    assert client.get(my(registration, "change/"))["Location"] == my(registration)
    response = client.post(my(registration, "change/"), {"name": "Somebody Else", "nationality": "KE"})
    assert response.status_code == 409
    assert Registration.objects.get().name == registration.name


def test_a_guest_replies_with_a_file(client):
    registration = RegistrationFactory()
    actions.ask_for_more([registration.pk], by=OFFICER, reason="Your press card")
    empty = client.post(my(registration, "reply/"), {"text": " "}).content.decode()
    assert "Write your answer." in empty
    client.post(my(registration, "reply/"), {"text": "Here", "file": upload("card.png")})
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED
    assert "card.png" in client.get(my(registration)).content.decode()


def test_withdrawing_asks_first(client):
    registration = RegistrationFactory()
    assert "Do you want to withdraw?" in client.get(my(registration, "withdraw/")).content.decode()
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED
    for _double_click in range(2):
        assert client.post(my(registration, "withdraw/"))["Location"] == my(registration)
    registration.refresh_from_db()
    assert registration.state == State.WITHDRAWN


def test_a_lost_link_is_answered_the_same_for_every_address(client):
    registration = RegistrationFactory(email="known@example.org")
    path = f"{address(registration)}lost-link/"
    pages = [client.post(path, {"email": email}).content for email in ("KNOWN@example.org", "nobody@example.org")]
    assert pages[0] == pages[1]
    assert Message.objects.get().recipient == "known@example.org"
    assert "Write an address like" in client.post(path, {"email": "nobody"}).content.decode()


def test_the_calendar_file_has_its_zone_and_an_entry_a_day(client):
    registration = RegistrationFactory(state=State.APPROVED)
    event = registration.event
    calendar = Calendar.from_ical(client.get(my(registration, "calendar.ics")).content)
    assert [entry.get("dtstart").dt.isoformat() for entry in calendar.walk("VEVENT")] == [
        f"2030-05-{day}T09:00:00+02:00" for day in (14, 15, 16)
    ]
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == [event.time_zone]
    starts_at = timezone.make_aware(timezone.datetime(2030, 5, 15, 10, 30), event.zone)
    SessionFactory(event=event, starts_at=starts_at, duration=timedelta(hours=2))
    calendar = Calendar.from_ical(client.get(my(registration, "calendar.ics")).content)
    [entry] = calendar.walk("VEVENT")
    assert (entry.get("dtstart").dt, entry.get("dtend").dt) == (starts_at, starts_at + timedelta(hours=2))
    assert guest_token(registration) not in calendar.to_ical().decode()  # calendars are shared


def test_there_is_no_calendar_before_approval(client):
    assert client.get(my(RegistrationFactory(), "calendar.ics")).status_code == 409


def test_an_approved_journalist_finds_the_press_room(client):
    registration = RegistrationFactory(category=CategoryFactory(kind="press"), state=State.APPROVED)
    token = make_link("press", registration.pk, registration.link_version)
    assert (
        reverse("publicity:access", args=[registration.event.slug, token])
        in client.get(my(registration)).content.decode()
    )
