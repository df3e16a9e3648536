"""Language-neutral facts of an event: when, where, who, how many."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "plenary.events"
    label = "events"
    verbose_name = "Events"
