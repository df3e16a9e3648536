"""Event, Venue, Room, Track, Person, Session: facts, one row each, no language. What is told about them is in portal pages."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plenary.core.fields import LabelField
from plenary.events.querysets import EventQuerySet, SessionQuerySet
from plenary.events.rules import ApprovalState, may_publish, may_register

slug_rule = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Use small Latin letters, digits and hyphens."))
colour_rule = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Use six hexadecimal digits, like #1a5fb4."))


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone of the IANA list."), params={"name": name})


class Venue(models.Model):
    """A place with an address, where one or many events meet."""

    name = LabelField(_("name"))
    address = LabelField(_("address"), blank=True)
    city = LabelField(_("city"), blank=True)
    country = CountryField(_("country"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")

    def __str__(self) -> str:
        return str(self.name)


class Event(models.Model):
    """One meeting. Its slug is its address, its number its identity on badges (three bytes)."""

    slug = models.SlugField(_("address"), max_length=60, unique=True, validators=[slug_rule])
    number = models.PositiveIntegerField(_("number on badges"), unique=True, editable=False)
    name = LabelField(_("name"))
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[validate_time_zone])
    day_change = models.DurationField(
        _("day begins at"),
        default=timedelta(0),
        help_text=_("A session after midnight belongs to the evening before."),
        validators=[MinValueValidator(timedelta(0)), MaxValueValidator(timedelta(hours=12))],
    )
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    approval = models.CharField(
        _("approval"),
        max_length=20,
        choices=ApprovalState.choices,
        default=ApprovalState.DRAFT,
        editable=False,
    )
    published = models.BooleanField(_("published"), default=False)
    accent = models.CharField(_("accent colour"), max_length=7, default="#1f4e79", validators=[colour_rule])
    contact_email = models.EmailField(_("contact address"), blank=True)
    source_language = models.CharField(
        _("language of the programme"),
        max_length=12,
        choices=settings.LANGUAGES,
        default="en",
        help_text=_("Titles and abstracts are written in it first and translated from it."),
    )
    # Raised by every change of rooms, tracks and persons, which have no date of their own (Last-Modified of exports).
    programme_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # What a programme file said beyond our facts: version, days, addresses.
    interchange = models.JSONField(default=dict, blank=True, editable=False)
    # Which edition of the office's own texts mails of this event are set with, 0 where there are none: every mail has its
    # event at hand, so those who wrote none pay no statement for asking (registration/emails/overrides.py).
    mail_edition = models.PositiveIntegerField(default=0, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_on", "slug"]
        permissions = [("publish_event", "Can publish events")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="event_ends_after_start"
            ),
            models.CheckConstraint(condition=models.Q(number__lt=2**24), name="event_number_fits_badge"),
        ]

    def __str__(self) -> str:
        return str(self.name) or self.slug

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_public(self) -> bool:
        return self.published and may_publish(self.approval)

    @property
    def takes_registrations(self) -> bool:
        return self.published and may_register(self.approval)

    def local(self, moment: datetime) -> datetime:
        """A moment in the event's own time."""
        return timezone.localtime(moment, self.zone)


class EventStaff(models.Model):
    """Restricts an account to the events it is listed for. An account that is listed nowhere works on every event, so that
    an institution with one team keeps no lists."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="staff", verbose_name=_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="event_staff", verbose_name=_("account")
    )

    class Meta:
        verbose_name = _("member of an event's staff")
        verbose_name_plural = _("staff of events")
        ordering = ["event", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="event_staff_once")]


class Room(models.Model):
    """A room of an event's venue, in the order programmes list them."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rooms")
    # Not unique: real programme files give one identity to two rooms.
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("short name"), max_length=80, validators=[slug_rule])
    name = LabelField(_("name"))
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    step_free = models.BooleanField(_("step-free access"), default=False)
    interchange = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="room_slug_once_per_event")]

    def __str__(self) -> str:
        return str(self.name)


class Track(models.Model):
    """A thread of the programme, with its colour."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tracks")
    slug = models.SlugField(_("short name"), max_length=80, validators=[slug_rule])
    name = LabelField(_("name"))
    colour = models.CharField(_("colour"), max_length=7, blank=True, validators=[colour_rule])
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    interchange = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="track_slug_once_per_event")]

    def __str__(self) -> str:
        return str(self.name)


class Person(models.Model):
    """Somebody who contributes to an event's programme in public: speaker, chair, moderator. Guests are registrations."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="persons")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), max_length=120, validators=[slug_rule])
    name = models.CharField(_("name in original script"), max_length=300)
    latin_name = models.CharField(_("name in Latin letters"), max_length=300, blank=True)
    affiliation = LabelField(_("function and organisation"), blank=True)
    country = CountryField(_("country"), blank=True)
    interchange = models.JSONField(default=dict, blank=True, editable=False)  # ids and codes of the file it came from

    class Meta:
        verbose_name = _("person on the programme")
        verbose_name_plural = _("persons on the programme")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="person_slug_once_per_event"),
            models.UniqueConstraint(fields=["event", "guid"], name="person_guid_once_per_event"),
        ]

    def __str__(self) -> str:
        return self.name


class Session(ClusterableModel):
    """One item of the programme: when, how long, where, who. Its title and abstract are a SessionPage per language."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        CANCELLED = "cancelled", _("cancelled")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), max_length=160, validators=[slug_rule])
    working_title = models.CharField(
        _("working title"),
        max_length=500,
        help_text=_("For staff lists; visitors read the title of the session's page."),
    )
    starts_at = models.DateTimeField(_("begins"))
    duration = models.DurationField(_("duration"))
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    track = models.ForeignKey(Track, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    persons = models.ManyToManyField(Person, through="SessionPerson", related_name="sessions")
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    spoken_language = models.CharField(_("spoken language"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CONFIRMED)
    recorded = models.BooleanField(_("may be recorded"), default=True)
    # Raised when time, place or state changes, so that calendars take the newer entry (RFC 5545, SEQUENCE).
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    interchange = models.JSONField(default=dict, blank=True, editable=False)  # links, attachments, ids of the file

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "guid"], name="session_guid_once_per_event"),
            models.UniqueConstraint(fields=["event", "slug"], name="session_slug_once_per_event"),
            models.CheckConstraint(condition=models.Q(duration__gt=timedelta(0)), name="session_lasts"),
        ]
        indexes = [models.Index(fields=["event", "starts_at"], name="session_programme")]

    def __str__(self) -> str:
        return self.working_title

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.duration


class SessionPerson(models.Model):
    """One person's part in one session, in the order they are named."""

    class Role(models.TextChoices):
        SPEAKER = "speaker", _("speaker")
        CHAIR = "chair", _("chair")
        MODERATOR = "moderator", _("moderator")
        PANELLIST = "panellist", _("panellist")

    session = ParentalKey(Session, on_delete=models.CASCADE, related_name="contributions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contributions")
    role = models.CharField(_("part"), max_length=12, choices=Role.choices, default=Role.SPEAKER)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "role"], name="contribution_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"
