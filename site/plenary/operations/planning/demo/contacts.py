"""Contact with the forum's guests: a text of the office's own, a mailing that waits, a reminder, problems and a call."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.events.models import Event
from registration.actions.issues import change_issue, note_contact, raise_issue, write_on_issue
from registration.actions.mailings import save_mailing
from registration.actions.reminders import save_reminder
from registration.actions.templates import save_template
from registration.models import ContactNote, Issue, Mailing, MessageTemplate, Registration, Reminder
from registration.rules import State
from registration.rules.issues import IssueState, Urgency
from registration.rules.mailings import Anchor, Audience

NEWS = {
    "en": "Dear {name},\n\nthe shuttle from the airport leaves from gate 4, every half hour from 8:00.\n\n{link}",
    "fr": "{name},\n\nla navette de l’aéroport part de la porte 4, toutes les demi-heures dès 8 h.\n\n{link}",
    "ar": "{name}،\n\nتنطلق حافلة المطار من البوابة 4 كل نصف ساعة ابتداءً من الساعة 8:00.\n\n{link}",
    "zh-hans": "{name}：\n\n机场班车从4号门出发，8:00起每半小时一班。\n\n{link}",
}
SUBJECTS = {"en": "Your way from the airport", "fr": "De l’aéroport au forum", "ar": "من المطار", "zh-hans": "机场班车"}


def make_contacts(event: Event, staff: dict[str, Actor]) -> None:
    """Everything by the verbs that people use."""
    office = staff["office"]
    _texts(event, office)
    found = Registration.objects.filter(event=event, state=State.APPROVED)
    approved = sorted(found, key=lambda one: one.latin_name or one.name)[:4]  # codes and keys are drawn by lot
    if len(approved) < 4:
        return
    _problems(approved, staff)
    note_contact(
        ContactNote(
            event=event,
            registration=approved[3],
            channel=ContactNote.Channel.CALL,
            happened_at=timezone.now() - timedelta(hours=5),
            text="Arrives a day earlier than planned; asks for a room on a low floor.",
        ),
        by=office,
    )
    note_contact(
        ContactNote(
            event=event,
            contact="Grand Hotel, reservations",
            channel=ContactNote.Channel.MEETING,
            happened_at=timezone.now() - timedelta(days=1),
            text="The block of 80 rooms is held until six weeks before the forum.",
        ),
        by=office,
    )


def _texts(event: Event, by: Actor) -> None:
    save_template(
        MessageTemplate(
            event=event,
            kind="registration.lost_link",
            language="en",
            subject="Your page for {event}",
            body="Dear {name},\n\nhere is your page once more. We look forward to seeing you in {place}.\n\n{link}",
            button="Open my page",
        ),
        by=by,
    )
    approved = Audience(states=(State.APPROVED.value,)).as_stored()
    save_mailing(Mailing(event=event, name="Airport shuttle", subject=SUBJECTS, body=NEWS, audience=approved), by=by)
    save_reminder(
        Reminder(
            event=event,
            name="Details missing",
            subject={"en": "Something is missing for {event}"},
            body={
                "en": "Dear {name},\n\nsome of your details are missing. Please complete them on your page.\n\n{link}"
            },
            anchor=Anchor.EVENT_START,
            days=-28,
            audience=Audience(conditions=("answers-missing",)).as_stored(),
        ),
        by=by,
    )


def _problems(guests: list[Registration], staff: dict[str, Actor]) -> None:
    raise_issue(
        registration_id=guests[0].pk,
        subject="Visa appointment",
        text="The consulate has no appointment before the forum. Can you help?",
        urgency=Urgency.URGENT,
    )
    asked = raise_issue(
        registration_id=guests[1].pk, subject="Hotel", text="The hotel cannot find my booking under my name."
    )
    owner = User.objects.get(username="protocol")
    change_issue(issue_id=asked.pk, by=staff["office"], owner=owner, due_at=asked.due_at, urgency=Urgency.NORMAL)
    write_on_issue(
        issue_id=asked.pk, by=staff["protocol"], text="Under which spelling did you book?", to=IssueState.WAITING
    )
    solved = raise_issue(
        registration_id=guests[2].pk,
        subject="Wheelchair access",
        text="Told by telephone: needs a place near the entrance of the main hall.",
        by=staff["office"],
    )
    write_on_issue(
        issue_id=solved.pk,
        by=staff["office"],
        text="A place in the first row is kept for you, with a ramp from door 2.",
        to=IssueState.SOLVED,
    )
    late = timezone.now() - timedelta(hours=3)
    Issue.objects.filter(registration=guests[0]).update(created_at=late - timedelta(hours=4), due_at=late)
