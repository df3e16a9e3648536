"""The office's own texts, mailings, reminders and problems for tests."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from registration.models import Issue, Mailing, MessageTemplate, Reminder
from tests.factories.events import EventFactory
from tests.factories.registration import RegistrationFactory


class MailingFactory(DjangoModelFactory):
    class Meta:
        model = Mailing

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Mailing {n}")
    subject = {"en": "News of {event}"}
    body = {"en": "Dear {name},\n\nhere is your page.\n\n{link}"}


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Reminder {n}")
    subject = {"en": "Soon: {event}"}
    body = {"en": "Dear {name},\n\nyour details are missing.\n\n{link}"}
    active = True


class IssueFactory(DjangoModelFactory):
    class Meta:
        model = Issue

    registration = factory.SubFactory(RegistrationFactory)
    event = factory.SelfAttribute("registration.event")
    number = factory.Sequence(lambda n: n + 1)
    subject = "No confirmation from the hotel"
    due_at = factory.LazyFunction(timezone.now)


def template(event=None, **facts) -> MessageTemplate:
    """An unsaved text for the verb to save."""
    return MessageTemplate(
        **{
            "event": event,
            "kind": "registration.received",
            "language": "en",
            "subject": "Thank you: {event}",
            "body": "Dear {name},\n\nwe have your form.\n\n{link}",
            **facts,
        }
    )
