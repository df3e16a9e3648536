"""What the office and a guest say to each other: own words that arrive in Arabic, a mailing stopped, a problem solved."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Page, expect

from plenary.core import outbox
from plenary.core.models import Message
from plenary.events.models import Event
from registration.actions import mailings
from registration.emails import guest_token
from registration.models import Category, Mailing, Registration
from registration.rules import State
from tests.factories.communication import MailingFactory
from tests.factories.registration import RegistrationFactory
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]


def guest(name: str, email: str, **facts: Any) -> Registration:
    category = Category.objects.get(event=Event.objects.get(slug="forum"), slug="observer")
    return RegistrationFactory(category=category, name=name, email=email, **facts)


@pytest.fixture
def no_worker() -> Iterator[None]:
    """Nothing is done in the background: the test is the worker, and decides when it is killed."""
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
        yield


def test_own_words_are_looked_at_kept_and_arrive_in_arabic(
    laptop: Page, axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    leila = guest("ليلى النص", "leila-text@journey.example", language="ar", state=State.UNCONFIRMED, code="TEXTARAB")
    page = laptop
    sign_in(page, "office", "/cms/message-texts/new/")
    page.get_by_label("Message", exact=True).first.select_option("registration.received")
    page.get_by_label("Language", exact=True).first.select_option("ar")
    page.get_by_role("button", name="Fill in the built-in text").click()
    form = page.locator("form[method=post]").filter(has=page.get_by_role("button", name="Look at it"))
    form.get_by_label("Event").select_option(label=str(leila.event))
    form.get_by_label("Text", exact=True).fill("أهلاً {nmae}،\n\nوصلنا طلبك.\n\n{link}")
    form.get_by_label("Subject").fill("وصلنا طلبك: {event}")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".plenary-errors")).to_contain_text("Did you mean {name}?")
    axe(page)
    picture(page, "office-text-error-laptop")
    form.get_by_label("Text", exact=True).fill("أهلاً {name}،\n\nوصلنا طلبك {code}.\n\n{link}")
    form.get_by_label("Look at it as this guest gets it").fill("textarab")
    form.get_by_role("button", name="Look at it").click()
    expect(page.frame_locator("iframe").get_by_text("أهلاً ليلى النص،")).to_be_visible()
    axe(page)
    picture(page, "office-text-laptop")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept. Mails that are written from now on use this text.")).to_be_visible()

    page.goto(f"/ar/register/confirm/{_confirmation(leila)}/")
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url("**/ar/my/**")
    letter = mailbox.last("leila-text@journey.example", kind="registration.received")
    assert "أهلاً ليلى النص،" in letter.text
    assert "TEXTARAB" in letter.text
    assert 'dir="rtl"' in letter.html


def _confirmation(registration: Registration) -> str:
    from plenary.core.links import make_link

    return make_link("confirm", registration.pk, registration.link_version, lifetime=3_600)


@pytest.mark.usefixtures("no_worker")
def test_a_mailing_stopped_half_way_sends_no_more_and_goes_on_without_doubles(
    laptop: Page, axe: Judge, picture: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 2)
    for number in range(5):
        guest(f"Mailing Guest {number}", f"mailing-{number}@journey.example", language="ru", state=State.REJECTED)
    event = Event.objects.get(slug="forum")
    mailing = MailingFactory(event=event, name="Journey news", audience={"states": ["rejected"], "languages": ["ru"]})
    page = laptop
    sign_in(page, "office", f"/cms/mailings/{mailing.pk}/")
    expect(page.get_by_role("heading", name="guests get it")).to_be_visible()
    axe(page)
    picture(page, "office-mailing-review-laptop")
    page.get_by_role("button", name="Send to").click()
    expect(page.get_by_text("being sent").first).to_be_visible()
    mailings.write_piece(mailing.pk)
    outbox.deliver_due()
    mailings.write_piece(mailing.pk)
    expect(page.locator("[data-of=sent]")).to_have_text("2")
    axe(page)
    picture(page, "office-mailing-progress-laptop")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("are held back")).to_be_visible()
    before = Message.objects.filter(batch=mailing.pk, state="sent").count()
    mailings.run_mailing(mailing.pk)
    outbox.deliver_due()
    assert Message.objects.filter(batch=mailing.pk, state="sent").count() == before == 2
    page.get_by_role("button", name="Go on sending").click()
    mailings.run_mailing(mailing.pk)
    page.reload()
    expect(page.get_by_text("Nothing is left to do.")).to_be_visible()
    sent = list(Message.objects.filter(batch=mailing.pk, state="sent").values_list("subject_id", flat=True))
    assert len(sent) == len(set(sent)) >= 5
    assert Mailing.objects.get(pk=mailing.pk).written == len(sent)


def test_a_problem_is_raised_on_a_phone_answered_and_solved(
    visitor: Callable[..., Page], axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    ana = guest("Ana Problem", "ana-problem@journey.example", language="es", state=State.APPROVED)
    phone = visitor("phone", "es")
    phone.goto(f"/en/my/{guest_token(ana)}/")
    axe(phone)
    picture(phone, "guest-own-page-phone")
    phone.get_by_role("link", name="Help with a problem").click()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Write what has happened").first).to_be_visible()
    axe(phone)
    picture(phone, "guest-problem-error-phone")
    phone.get_by_label("What is it about?").fill("Sin habitación")
    phone.get_by_label("What has happened?").fill("El hotel no me encuentra.")
    phone.get_by_label("It is urgent").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", name="Sin habitación")).to_be_visible()
    axe(phone)

    office = visitor("laptop")
    sign_in(office, "protocol", "/cms/problems/")
    picture(office, "office-problems-laptop")
    axe(office)
    office.get_by_role("link", name="Sin habitación").click()
    office.get_by_label("Owner").select_option(label="Aurélie Martin")
    office.get_by_role("button", name="Keep", exact=True).click()
    office.get_by_label("Text (optional)").fill("¿Con qué nombre reservó?")
    office.get_by_label("The problem is then").select_option("waiting")
    office.get_by_role("button", name="Keep and send").click()
    expect(office.get_by_text("Written to the guest.")).to_be_visible()
    axe(office)
    picture(office, "office-problem-laptop")
    asked = mailbox.last("ana-problem@journey.example", kind="issue.answered")
    assert asked.language == "es"
    assert "¿Con qué nombre reservó?" in asked.text

    phone.goto(asked.link("/problems/"))
    phone.goto(phone.url.replace("/es/", "/en/"))
    phone.get_by_label("Your message").fill("Ana María Problem")
    picture(phone, "guest-problem-phone")
    phone.get_by_role("button", name="Send").click()
    office.reload()
    expect(office.get_by_text("Ana María Problem")).to_be_visible()
    office.get_by_label("Text (optional)").fill("Habitación 17.")
    office.get_by_label("The problem is then").select_option("solved")
    office.get_by_role("button", name="Keep and send").click()
    mailbox.last("ana-problem@journey.example", kind="issue.solved")
    phone.reload()
    expect(phone.get_by_text("This is solved.")).to_be_visible()
    phone.goto(phone.url.replace("/en/", "/ar/"))
    axe(phone)
    picture(phone, "guest-problem-ar-phone")
