"""Decisions on many: the mails are shown first, the bad are named, the good go on."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from plenary.core.actions import Actor
from plenary.core.models import Message
from registration import actions
from registration.models import Category, Desk, Registration
from registration.rules import State
from tests.factories.payments import FeeFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


def address(action: str, registrations: list[Registration], **extra: str) -> str:
    query = urlencode([("id", str(r.pk)) for r in registrations] + [*extra.items(), ("next", "/cms/vetting/")])
    return f"{reverse('wagtail_bulk_action', args=['registration', 'registration', action])}?{query}"


def seen(registrations: list[Registration]) -> list[str]:
    return [f"{r.pk}:{r.version}" for r in registrations]


def states(registrations: list[Registration]) -> list[str]:
    return [Registration.objects.get(pk=r.pk).state for r in registrations]


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(staff("Vetting: protocol desk"))
    return client


@pytest.fixture
def guests() -> list[Registration]:
    category = CategoryFactory()
    return [
        RegistrationFactory(category=category, name=name, language=language)
        for name, language in [("فاطمة", "ar"), ("王小明", "zh-hans"), ("Amina", "en")]
    ]


def test_a_preview_shows_each_language_its_mail_and_sends_nothing(officer: Client, guests: list[Registration]) -> None:
    response = officer.get(address("approve", guests))
    assert [preview.language.code for preview in response.context["previews"]] == ["ar", "zh-hans", "en"]
    content = response.content.decode()
    assert all(guest.name in content for guest in guests)
    assert 'dir="rtl"' in content
    assert states(guests) == [State.SUBMITTED] * 3
    assert not Message.objects.exists()


def test_many_are_approved_and_each_is_told_in_their_language(officer: Client, guests: list[Registration]) -> None:
    response = officer.post(address("approve", guests), {"confirmed": "on", "seen": seen(guests)})
    assert response.headers["Location"] == "/cms/vetting/"
    assert states(guests) == [State.APPROVED] * 3
    assert set(Message.objects.values_list("language", flat=True)) == {"ar", "zh-hans", "en"}


def test_asking_many_needs_the_question_then_shows_the_mails_then_sends(
    officer: Client, guests: list[Registration]
) -> None:
    where = address("ask", guests)
    assert "reason" in officer.post(where, {"confirmed": "on", "seen": seen(guests)}).context["form"].errors
    preview = officer.post(where, {"reason": "Your passport, please."})
    assert "Your passport, please." in preview.context["previews"][0].mail.text
    assert states(guests) == [State.SUBMITTED] * 3
    officer.post(where, {"reason": "Your passport, please.", "confirmed": "on", "seen": seen(guests)})
    assert states(guests) == [State.INFORMATION_REQUESTED] * 3


def test_many_are_asked_to_fill_in_the_same_fields_and_the_mail_shown_opens_just_these(
    officer: Client, guests: list[Registration]
) -> None:
    QuestionFactory(event=guests[0].event, key="flight", label={"en": "Flight"})
    where, asked = address("ask", guests), ["organisation", "answer:flight"]
    assert "Flight" in officer.get(where).content.decode()
    preview = officer.post(where, {"reason": "Please check.", "fields_asked": asked})
    assert "/requested/" in preview.context["previews"][0].mail.text
    assert states(guests) == [State.SUBMITTED] * 3
    sent = {"reason": "Please check.", "fields_asked": asked, "confirmed": "on", "seen": seen(guests)}
    officer.post(where, sent)
    assert {tuple(r.asked_fields) for r in Registration.objects.all()} == {tuple(asked)}
    assert all("/requested/" in message.text for message in Message.objects.all())


def test_what_not_all_of_them_were_asked_or_the_desk_does_not_read_cannot_be_asked_of_many(
    officer: Client, guests: list[Registration]
) -> None:
    event = guests[0].event
    other = RegistrationFactory(category=CategoryFactory(event=event))
    QuestionFactory(event=event, key="theirs", categories=[other.category])
    QuestionFactory(event=event, key="secret").desks.set([Desk.objects.get(slug="security")])
    both = [*guests, other]
    for field in ("answer:theirs", "answer:secret", "email"):
        sent = {"reason": "Please.", "fields_asked": [field], "confirmed": "on", "seen": seen(both)}
        response = officer.post(address("ask", both), sent)
        assert "fields_asked" in response.context["form"].errors
        assert not response.context["ready"]
    assert states(both) == [State.SUBMITTED] * 4


def test_after_approving_who_owes_a_payment_the_officer_reads_that_it_is_awaited(
    officer: Client, guests: list[Registration]
) -> None:
    FeeFactory(event=guests[0].event)
    dossier = reverse("vetting:dossier", args=[guests[2].pk])
    response = officer.post(dossier, {"to": "approved", "version": guests[2].version, "then_stay": "1"})
    assert ["approved, payment due" in str(message) for message in get_messages(response.wsgi_request)] == [True]
    response = officer.post(address("approve", guests[:2]), {"confirmed": "on", "seen": seen(guests[:2])})
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("2 of them owe a payment" in line for line in told)


def test_one_that_cannot_go_is_named_and_holds_up_nobody(officer: Client, guests: list[Registration]) -> None:
    withdrawn = RegistrationFactory(category=guests[0].category, name="Gone Guest", state=State.WITHDRAWN)
    response = officer.post(address("approve", [*guests, withdrawn]), {"confirmed": "on", "seen": seen(guests)})
    assert states(guests) == [State.APPROVED] * 3
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("Gone Guest" in line for line in told)


def test_one_that_changed_since_the_preview_is_left_and_named(officer: Client, guests: list[Registration]) -> None:
    before = seen(guests)
    Registration.objects.filter(pk=guests[2].pk).update(version=7)
    response = officer.post(address("approve", guests), {"confirmed": "on", "seen": before})
    assert states(guests) == [State.APPROVED, State.APPROVED, State.SUBMITTED]
    assert any("Amina" in str(message) for message in get_messages(response.wsgi_request))


def test_who_was_decided_by_a_colleague_since_the_preview_is_named_with_who_and_when_and_the_reason_stays(
    officer: Client, guests: list[Registration]
) -> None:
    before, colleague = seen(guests[:1]), staff("Vetting: protocol desk")
    actions.approve([guests[0].pk], by=Actor.staff(colleague))
    data = {"confirmed": "on", "seen": before, "reason": "The list is closed."}
    response = officer.post(address("reject", guests[:1]), data)
    [told] = [str(message) for message in get_messages(response.wsgi_request)]
    assert f"Approved ({colleague.get_full_name()}, " in told
    assert "The list is closed." in response.content.decode()
    assert states(guests[:1]) == [State.APPROVED]
    # One who can still be decided is shown again, with the words in their form.
    before = seen(guests[1:2])
    actions.ask_for_more([guests[1].pk], by=Actor.staff(colleague), reason="Which ministry?")
    response = officer.post(address("reject", guests[1:2]), data | {"seen": before})
    assert "The list is closed.</textarea>" in response.content.decode()
    assert response.context["possible"] == [guests[1]]


def test_a_desk_decides_on_no_other_desks_guests(officer: Client, guests: list[Registration]) -> None:
    journalist = RegistrationFactory(category=CategoryFactory(kind=Category.Kind.PRESS), name="Jo Press")
    response = officer.get(address("approve", [journalist]))
    assert "Jo Press" not in response.content.decode()
    officer.post(address("approve", [journalist]), {"confirmed": "on", "seen": seen([journalist])})
    assert states([journalist]) == [State.SUBMITTED]


def test_the_security_desk_approves_nobody(guests: list[Registration]) -> None:
    client = Client()
    client.force_login(staff("Vetting: security desk"))
    response = client.post(address("approve", guests), {"confirmed": "on", "seen": seen(guests)})
    assert response.status_code in {302, 403}
    assert states(guests) == [State.SUBMITTED] * 3


def test_all_means_all_that_match_the_filters(officer: Client, guests: list[Registration]) -> None:
    response = officer.get(address("approve", [], id="all", language="ar"))
    assert [registration.name for registration in response.context["possible"]] == ["فاطمة"]
    response = officer.get(address("approve", [], id="all", q="nobody"))
    assert response.context["possible"] == []


@pytest.mark.parametrize("bad", ["", "x", "1 OR 1=1", "00000000-0000-0000-0000-000000000000"])
def test_a_wrong_key_is_nobodys_registration(officer: Client, bad: str) -> None:
    response = officer.get(address("approve", [], id=bad))
    assert response.status_code == 200
    assert response.context["possible"] == []


def test_a_preview_takes_as_many_statements_for_three_guests_as_for_one(
    officer: Client, guests: list[Registration], statements_of: Any
) -> None:
    """Each language costs what its one mail shown costs; a guest more of a language costs nothing."""
    others = RegistrationFactory.create_batch(2, category=guests[0].category, language=guests[0].language)
    officer.get(address("approve", guests))
    one = statements_of(lambda: officer.get(address("approve", guests[:1])))
    assert statements_of(lambda: officer.get(address("approve", [guests[0], *others]))) == one
