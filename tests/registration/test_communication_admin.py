"""The office's screens: texts with a look at the mail, mailings reviewed and stopped, reminders, problems and notes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plenary.core import outbox
from plenary.core.actions import SYSTEM
from plenary.core.deliveries import record_delivery
from plenary.core.models import AccessLog, FailingAddress, Message
from plenary.events.models import EventStaff
from plenary.operations.planning.roles import PERMISSIONS
from registration.actions import mailings as verbs
from registration.actions.issues import raise_issue
from registration.actions.templates import save_template
from registration.models import ContactNote, Issue, Mailing, MessageTemplate, Reminder
from registration.rules.issues import IssueState
from registration.rules.mailings import MailingState
from tests.factories.communication import IssueFactory, MailingFactory, ReminderFactory, template
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
OFFICE = "Conference office"
DESKS = {OFFICE, "Vetting: protocol desk"}
PRESS = "Vetting: press desk"


@pytest.fixture
def office(client):
    client.force_login(staff(OFFICE))
    return client


@pytest.fixture
def guest():
    return RegistrationFactory(language="ar", name="ليلى", code="ABCDEFGH")


def addresses(guest) -> dict[str, tuple[str, set[str]]]:
    """Every screen with the roles that may open it."""
    event = guest.event
    text, mailing, reminder = (
        save_template(template(event), by=SYSTEM),
        MailingFactory(event=event),
        ReminderFactory(event=event),
    )
    issue = raise_issue(registration_id=guest.pk, subject="S", text="T")
    note = ContactNote.objects.create(event=event, contact="Consulate", text="x", happened_at=timezone.now())
    helps = DESKS | {PRESS}
    return {
        "texts": (reverse("texts:index"), {OFFICE}),
        "text": (reverse("texts:text", args=[text.pk]), {OFFICE}),
        "new text": (reverse("texts:add"), {OFFICE}),
        "mailings": (reverse("mailings:index"), {OFFICE}),
        "mailing": (reverse("mailings:mailing", args=[mailing.pk]), {OFFICE}),
        "progress": (reverse("mailings:progress", args=[mailing.pk]), {OFFICE}),
        "new mailing": (reverse("mailings:add"), {OFFICE}),
        "edit mailing": (reverse("mailings:edit", args=[mailing.pk]), {OFFICE}),
        "reminders": (reverse("reminders:index"), {OFFICE}),
        "reminder": (reverse("reminders:reminder", args=[reminder.pk]), {OFFICE}),
        "today": (reverse("reminders:today", args=[reminder.pk]), {OFFICE}),
        "new reminder": (reverse("reminders:add"), {OFFICE}),
        "issues": (reverse("issues:index"), helps),
        "issue": (reverse("issues:issue", args=[issue.pk]), DESKS),
        "raise": (reverse("issues:raise", args=[guest.pk]), DESKS),
        "notes": (reverse("notes:index"), helps),
        "note": (reverse("notes:note", args=[note.pk]), helps),
        "new note": (reverse("notes:add"), helps),
        "note of": (reverse("notes:add_of", args=[guest.pk]), DESKS),
    }


def is_gone(client, url) -> bool:
    """What is not there for somebody: the site looks for a page in a language too, and finds none."""
    return client.get(url, follow=True).status_code == 404


@pytest.mark.slow
def test_every_screen_opens_for_the_roles_that_need_it_and_for_no_other(client, guest):
    pages = addresses(guest)
    for role in PERMISSIONS:
        client.force_login(staff(role))
        opened = {name for name, (url, _roles) in pages.items() if client.get(url).status_code == 200}
        assert opened == {name for name, (_url, roles) in pages.items() if role in roles}, role


def test_staff_of_one_event_reach_nothing_of_another(client, guest):
    pages = addresses(guest)
    user = staff(OFFICE)
    EventStaff.objects.create(user=user, event=EventFactory())
    client.force_login(user)
    of_records = {
        "text",
        "mailing",
        "progress",
        "edit mailing",
        "reminder",
        "today",
        "issue",
        "raise",
        "note",
        "note of",
    }
    for name in of_records:
        assert is_gone(client, pages[name][0]), name
    for name in {"texts", "mailings", "reminders", "issues", "notes"}:
        assert guest.event.slug.encode() not in client.get(pages[name][0]).content, name


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("name", ["texts:index", "mailings:index", "reminders:index", "issues:index", "notes:index"])
def test_lists_take_as_many_statements_for_three_lines_as_for_one(office, statements_of, name, number, request):
    for _n in range(number):
        guest = RegistrationFactory()
        save_template(template(guest.event), by=SYSTEM)
        MailingFactory(event=guest.event)
        ReminderFactory(event=guest.event)
        IssueFactory(registration=guest)
        ContactNote.objects.create(event=guest.event, registration=guest, text="x", happened_at=timezone.now())
    office.get(reverse(name))
    count = statements_of(lambda: office.get(reverse(name)))
    known = request.config.cache.get(f"plenary/{name}", None) if number == 3 else None
    request.config.cache.set(f"plenary/{name}", count)
    assert known is None or count == known
    assert count < 40


# -- texts ---------------------------------------------------------------------------------------------------------------
def test_a_text_is_begun_from_the_built_in_one_looked_at_and_kept(office, guest):
    begun = office.get(reverse("texts:add"), {"kind": "registration.approved", "language": "en"})
    body = begun.context["form"].initial["body"]
    assert "Dear {name}," in body
    assert "{link}" in body
    typed = {
        "event": guest.event.pk,
        "kind": "registration.approved",
        "channel": "mail",
        "language": "ar",
        "subject": "أهلاً {name}",
        "body": "السيدة {name}،\n\nرمزك {code}.\n\n{link}",
        "button": "صفحتي",
        "guest": "abcdefgh",
    }
    looked = office.post(reverse("texts:add"), {**typed, "look": "1"})
    assert not MessageTemplate.objects.exists()
    mail = looked.context["mail"]
    assert mail.subject == "أهلاً ليلى"
    assert 'dir="rtl"' in mail.html
    assert "ABCDEFGH" in mail.text
    assert b'srcdoc="&lt;!DOCTYPE html&gt;' in looked.content  # in a frame of its own, never in the office's page
    assert AccessLog.objects.filter(subject_id=str(guest.pk), part="preview of a mail").exists()
    link = next(word for word in mail.text.split() if "/my/" in word)
    assert office.get("/ar/my/" + link.split("/my/")[1]).status_code == 404  # the link is the guest's alone
    kept = office.post(reverse("texts:add"), {**typed, "save": "1"})
    assert kept.status_code == 302
    text = MessageTemplate.objects.get()
    assert text.language == "ar"
    office.post(reverse("texts:text", args=[text.pk]), {"remove": "1"})
    assert not MessageTemplate.objects.exists()


def test_a_wrong_placeholder_is_told_at_the_field_with_what_was_typed_still_there(office, guest):
    typed = {"event": "", "kind": "registration.received", "channel": "mail", "language": "en", "subject": "S",
             "body": "Dear {nmae}", "button": ""}  # fmt: skip
    shown = office.post(reverse("texts:add"), typed)
    assert b"Did you mean {name}?" in shown.content
    assert b"Dear {nmae}" in shown.content


def test_a_text_for_all_events_is_written_by_those_who_work_on_all_of_them(client, guest):
    everywhere = save_template(template(), by=SYSTEM)
    user = staff(OFFICE)
    EventStaff.objects.create(user=user, event=guest.event)
    client.force_login(user)
    assert is_gone(client, reverse("texts:text", args=[everywhere.pk]))
    typed = {"event": "", "kind": "registration.received", "channel": "mail", "language": "fr", "subject": "S",
             "body": "B", "button": ""}  # fmt: skip
    assert client.post(reverse("texts:add"), typed).status_code == 200
    assert MessageTemplate.objects.count() == 1


@pytest.mark.parametrize("kind", ["registration.confirm", "issue.answered", "registration.rejected"])
def test_every_text_can_be_begun_from_the_built_in_one_in_another_language(office, kind):
    begun = office.get(reverse("texts:add"), {"kind": kind, "language": "fr"})
    assert begun.context["form"].initial["body"]


# -- mailings ------------------------------------------------------------------------------------------------------------
def typed(**facts):
    return {
        "name": "News", "channel": "mail", "subject_en": "News of {event}", "body_en": "Dear {name},\n\nHello.\n\n{link}",
        **facts,
    }  # fmt: skip


def test_a_mailing_is_written_reviewed_sent_and_watched(office, guest):
    RegistrationFactory(category=guest.category, state="unconfirmed", name="Never Confirmed")
    written = office.post(f"{reverse('mailings:add')}?event={guest.event.pk}", typed())
    mailing = Mailing.objects.get()
    assert written["Location"] == reverse("mailings:mailing", args=[mailing.pk])
    page = office.get(written["Location"])
    assert page.context["review"]["total"] == 1
    assert b"address never confirmed: 1" in page.content
    assert b"Never Confirmed" in page.content
    assert AccessLog.objects.filter(part="review of a mailing").count() == 2
    assert not Message.objects.exists()
    office.post(written["Location"], {"start": "1"})
    verbs.run_mailing(mailing.pk)
    progress = office.get(reverse("mailings:progress", args=[mailing.pk])).json()
    assert (progress["state"], progress["sent"], progress["expected"]) == ("done", 1, 1)
    assert office.get(written["Location"]).status_code == 200


def test_the_stop_button_stops_and_going_on_goes_on(office, guest):
    RegistrationFactory(category=guest.category)
    mailing = MailingFactory(event=guest.event)
    page = reverse("mailings:mailing", args=[mailing.pk])
    office.post(page, {"start": "1"})
    verbs.write_piece(mailing.pk)
    office.post(page, {"stop": "1"})
    assert outbox.deliver_due() == 0
    assert office.get(page).context["progress"]["held"] == 2
    office.post(page, {"start": "1"})
    verbs.run_mailing(mailing.pk)
    assert Message.objects.filter(state="sent").count() == 2


def test_a_mailing_is_scheduled_in_the_events_own_time_and_not_in_the_past(office, guest):
    mailing = MailingFactory(event=guest.event)
    page = reverse("mailings:mailing", args=[mailing.pk])
    office.post(page, {"schedule": "1", "at": "2001-01-01T09:00"})
    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT
    assert b"Enter" in office.post(page, {"schedule": "1", "at": "tomorrow"}).content
    office.post(page, {"schedule": "1", "at": "2030-01-10T09:00"})
    mailing.refresh_from_db()
    assert mailing.send_at.isoformat() == "2030-01-10T08:00:00+00:00"
    assert is_gone(office, reverse("mailings:edit", args=[mailing.pk]))
    office.post(page, {"take_back": "1"})
    assert office.get(reverse("mailings:edit", args=[mailing.pk])).status_code == 200


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"body_en": "Dear {nmae}"}, "Did you mean {name}?"),
        ({"body_en": "", "body_fr": "Bonjour"}, "Give the English text"),
        ({"subject_en": ""}, "Write a subject"),
        ({"name": ""}, "This field is required"),
        ({"categories": ["999999"]}, "Select a valid choice"),
        ({"channel": "sms", "body_en": "я" * 500}, "longer than 6 parts"),
    ],
)
def test_what_is_wrong_with_a_mailing_is_told_with_what_was_typed_still_there(office, guest, facts, says):
    shown = office.post(f"{reverse('mailings:add')}?event={guest.event.pk}", typed(**facts))
    assert shown.status_code == 200
    assert says in shown.content.decode()
    assert not Mailing.objects.exists()


# -- reminders -----------------------------------------------------------------------------------------------------------
def test_a_reminder_is_kept_and_shows_who_would_get_it_today(office, guest):
    today = timezone.localdate(timezone=guest.event.zone)
    type(guest).objects.update(created_at=timezone.now() - timedelta(days=3))
    sent = office.post(
        f"{reverse('reminders:add')}?event={guest.event.pk}", typed(anchor="signed_up", days="3", active="on")
    )
    reminder = Reminder.objects.get()
    assert reminder.active
    page = office.get(sent["Location"])
    assert page.context["count"] == 1
    assert guest.name in page.content.decode()
    assert today
    assert not Message.objects.exists()
    office.post(reverse("reminders:reminder", args=[reminder.pk]), {"remove": "1"})
    assert not Reminder.objects.exists()


# -- problems and notes --------------------------------------------------------------------------------------------------
def test_an_officer_takes_a_problem_on_answers_and_solves_it(office, guest):
    user = staff(OFFICE)
    issue = raise_issue(registration_id=guest.pk, subject="No room", text="Help")
    page = reverse("issues:issue", args=[issue.pk])
    assert AccessLog.objects.count() == 0
    assert b"Help" in office.get(page).content
    assert AccessLog.objects.filter(subject_id=str(guest.pk)).count() == 1
    due = {"a-due_at": "2030-01-10T09:00", "a-urgency": "urgent", "a-version": "0"}
    office.post(page, {"assign": "1", "a-owner": user.pk, **due})
    issue.refresh_from_db()
    assert (issue.owner, issue.state) == (user, IssueState.IN_WORK)
    stale = office.post(page, {"answer": "1", "w-text": "Old", "w-to_guest": "yes", "w-to": "", "w-version": "0"})
    assert stale.status_code == 409
    assert b"Somebody else" in stale.content
    assert b"Old" in stale.content
    office.post(page, {"answer": "1", "w-text": "Room 17", "w-to_guest": "yes", "w-to": "solved", "w-version": "1"})
    issue.refresh_from_db()
    assert issue.state == IssueState.SOLVED
    assert "Room 17" in Message.objects.get(kind="issue.solved").text


def test_an_empty_answer_is_told_at_the_field(office, guest):
    issue = raise_issue(registration_id=guest.pk, subject="S", text="T")
    page = reverse("issues:issue", args=[issue.pk])
    shown = office.post(page, {"answer": "1", "w-text": "", "w-to_guest": "yes", "w-to": "", "w-version": "0"})
    assert b"Write something, or choose another state" in shown.content


def test_the_list_shows_what_is_open_first_what_is_due_first_and_filters(office, guest):
    late = IssueFactory(registration=guest, subject="Late one", due_at=timezone.now() - timedelta(days=1))
    IssueFactory(registration=guest, subject="Fine one", due_at=timezone.now() + timedelta(days=1))
    IssueFactory(registration=guest, subject="Solved one", state=IssueState.SOLVED)
    shown = office.get(reverse("issues:index")).content.decode()
    assert shown.index("Late one") < shown.index("Fine one")
    assert "Solved one" not in shown
    overdue = office.get(reverse("issues:index"), {"whose": "late"}).content.decode()
    assert "Fine one" not in overdue
    assert "Solved one" in office.get(reverse("issues:index"), {"state": "solved"}).content.decode()
    home = office.get("/cms/").content.decode()
    assert "Problems of guests" in home
    assert str(late.number) in shown


def test_a_call_is_noted_from_the_dossier_and_stands_there(office, guest):
    form = {"note-channel": "call", "note-happened_at": "2026-01-10T09:00", "note-text": "Arrives at noon"}
    office.post(reverse("notes:add_of", args=[guest.pk]), form)
    assert ContactNote.objects.get().registration == guest
    assert b"Arrives at noon" in office.get(reverse("vetting:dossier", args=[guest.pk])).content
    later = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    shown = office.post(reverse("notes:add_of", args=[guest.pk]), {**form, "note-happened_at": later})
    assert b"still to come" in shown.content
    with_event = {**form, "note-event": guest.event.pk, "note-contact": "Consulate of Kenya"}
    office.post(reverse("notes:add"), with_event)
    assert b"Consulate of Kenya" in office.get(reverse("notes:index")).content


def test_a_bounce_shows_in_the_list_in_the_dossier_and_as_a_number_at_home(office, guest):
    issue = raise_issue(registration_id=guest.pk, subject="S", text="T")
    outbox.deliver_due()
    message = Message.objects.get()
    record_delivery(message, delivery=Message.Delivery.BOUNCED, at=timezone.now())
    assert b"bounced" in office.get("/cms/messages/?delivery=bounced").content
    assert b"Mail to this address comes back" in office.get(reverse("vetting:dossier", args=[guest.pk])).content
    assert "came back" in office.get("/cms/").content.decode()
    page = f"/cms/messages/{message.pk}/"
    assert b"Mail to this address comes back" in office.get(page).content
    office.post(page, {"clear": "1"})
    assert not FailingAddress.objects.exists()
    assert Issue.objects.get() == issue


def test_nobody_without_the_right_sends_or_handles_by_a_forged_post(client, guest):
    mailing = MailingFactory(event=guest.event)
    issue = raise_issue(registration_id=guest.pk, subject="S", text="T")
    for role in PERMISSIONS:
        if role in DESKS:
            continue
        client.force_login(staff(role))
        assert client.post(reverse("mailings:mailing", args=[mailing.pk]), {"start": "1"}).status_code != 200
        client.post(reverse("issues:issue", args=[issue.pk]), {"answer": "1", "w-text": "x"})
    mailing.refresh_from_db()
    issue.refresh_from_db()
    assert (mailing.state, issue.version) == (MailingState.DRAFT, 0)


def test_categories_of_another_event_are_not_offered(office, guest):
    other = CategoryFactory()
    page = office.get(f"{reverse('mailings:add')}?event={guest.event.pk}")
    assert str(other).encode() not in page.content
