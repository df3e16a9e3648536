"""Reads of keys, credentials, checkpoints, devices and the ledger. What a scan itself reads is in `door.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, F, Max, Min, Q, Value, When
from django.db.models.expressions import Combinable, CombinedExpression
from django.utils import timezone

from checkin.designs import Pile
from checkin.querysets.admissions import AdmissionQuerySet
from checkin.querysets.designs import BadgeDesignQuerySet, RightQuerySet
from checkin.rules import Direction, Kind, Outcome
from checkin.tokens import shown_id
from plenary.core.names import fold
from registration.rules import LIVE, State

if TYPE_CHECKING:
    from checkin.models import (
        Checkpoint,
        Credential,
        Device,
        Scan,
        SigningKey,
        SupervisorCode,
    )
    from plenary.events.models import Event
    from registration.querysets import RegistrationQuerySet

__all__ = [
    "OVERLAP",
    "AdmissionQuerySet",
    "BadgeDesignQuerySet",
    "CheckpointQuerySet",
    "CredentialQuerySet",
    "DeviceQuerySet",
    "RightQuerySet",
    "ScanQuerySet",
    "SigningKeyQuerySet",
    "SnapshotVersion",
]

# Two transactions may commit in another order than their clocks say; doors are told again what changed shortly before.
OVERLAP = timedelta(minutes=1)
SILENT_AFTER = timedelta(minutes=5)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SnapshotVersion:
    """How far a snapshot reaches: the last change in it, and how many credentials there were."""

    changed_at: datetime
    count: int

    def __str__(self) -> str:
        return f"{(self.changed_at - _EPOCH) // _MICROSECOND:x}-{self.count:x}"

    @classmethod
    def parse(cls, text: str) -> SnapshotVersion | None:
        """A version as written by `str`; None for one that no snapshot can have had."""
        microseconds, _dash, count = text.partition("-")
        try:
            return cls(_EPOCH + int(microseconds, 16) * _MICROSECOND, int(count, 16))
        except (ValueError, OverflowError):
            return None

    @property
    def told_again_from(self) -> datetime:
        return max(self.changed_at - OVERLAP, _EPOCH)


def _begins(field: str, words: str) -> Q:
    """Where a word of a name begins so: who types Wang means no Mwangi."""
    return Q(**{f"{field}__istartswith": words}) | Q(**{f"{field}__icontains": f" {words}"})


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def current(self, event: Event) -> SigningKey | None:
        """The key that signs new badges of an event: its newest."""
        return self.filter(event=event).order_by("-key_id").first()


class CredentialQuerySet(models.QuerySet["Credential"]):
    def valid(self) -> CredentialQuerySet:
        """Credentials that open doors."""
        return self.filter(withdrawn_at__isnull=True)

    def for_badges(self) -> CredentialQuerySet:
        """Valid credentials with all that is printed, in the order of the printed names."""
        return (
            self.valid()
            .select_related("registration__category", "registration__delegation", "event__venue")
            .defer("registration__email", "registration__answers")
            .order_by("registration__latin_name", "registration__name", "pk")
        )

    def piled(self, pile: str) -> list[int]:
        """Their ids in the order in which the desk hands badges out (`designs.Pile`): as names are read in Latin letters,
        accents and capitals aside, whatever the database makes of them; who has no organisation comes first."""
        names = self.order_by("pk").values_list("pk", "registration__latin_name", "registration__name")
        groups = dict.fromkeys((pk for pk, _latin, _name in names), "")
        if pile == Pile.DELEGATION:
            group = ("registration__delegation__search_text", "registration__organisation")
            groups = {pk: fold(team or house) for pk, team, house in self.values_list("pk", *group)}
        return [pk for _group, _name, pk in sorted((groups[pk], fold(latin or name), pk) for pk, latin, name in names)]

    def in_order(self, ids: list[int]) -> list[Credential]:
        """Those of these that are there, in this order."""
        found = self.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def for_kiosk(self, event: Event) -> CredentialQuerySet:
        """What a kiosk of an event may know of: valid badges of approved guests."""
        return self.for_badges().filter(event=event, registration__state=State.APPROVED)

    def never_printed(self) -> CredentialQuerySet:
        """Those no kiosk has printed and no door has seen; unordered and alone, to be updated."""
        return self.model._default_manager.filter(
            pk__in=self.order_by().values("pk"), printed_at=None, scans__isnull=True
        )

    def entered_at_desk(self) -> CredentialQuerySet:
        """Of those whom the registration desk has typed in itself."""
        from registration.models import Registration

        return self.filter(registration__in=Registration.objects.entered_at_desk())

    def counts_by_category(self, event: Event) -> dict[int, int]:
        """How many valid badges each category (by id) has."""
        found = self.valid().filter(event=event).order_by().values_list("registration__category")
        return dict(found.annotate(Count("pk")))

    def search(self, event: Event, words: str) -> RegistrationQuerySet:
        """Guests of an event by name, organisation, code or scanned badge, those with a valid one first. One statement."""
        from registration.models import Registration

        code = "".join(character for character in words.upper().removeprefix("CODE:") if character.isalnum())
        live = Registration.objects.filter(event=event, state__in=LIVE - {State.RESERVE, State.UNCONFIRMED})
        scanned = shown_id(words)
        found = live.filter(credential__public_id=scanned) if scanned else live.filter(code=code) | live.matching(words)
        return (
            found.select_related("category", "credential")
            .defer("email", "answers", "credential__digest")
            .order_by(
                Case(When(state=State.APPROVED, then=0), default=1),
                Case(When(_begins("name", words) | _begins("latin_name", words), then=0), default=1),
                *("latin_name", "name", "pk"),
            )
        )

    def snapshot_version(self, event: Event) -> SnapshotVersion:
        """How far a snapshot taken now reaches."""
        found = self.filter(event=event).aggregate(changed=Max("changed_at"), count=Count("pk"))
        return SnapshotVersion(found["changed"] or _EPOCH, found["count"])

    def all_kept_since(self, event: Event, version: SnapshotVersion) -> bool:
        """Whether none of the credentials a version knew has been deleted since."""
        return self.filter(event=event, created_at__lte=version.changed_at).count() >= version.count

    def shown_at(self, place: Checkpoint) -> CredentialQuerySet:
        """Valid badges that open a checkpoint whose holders gave a portrait: VIPs and heads of delegation first, then by
        name."""
        from registration.models import Category

        carried = CombinedExpression(F("registration__category__rights"), Combinable.BITOR, F("granted"))
        first = Case(
            When(registration__category__kind=Category.Kind.VIP, then=0),
            When(registration__category__kind=Category.Kind.HEAD_OF_DELEGATION, then=1),
            default=2,
        )
        found = (
            self.valid()
            .filter(event=place.event_id, registration__portrait__isnull=False)
            .exclude(registration__portrait__malware_check="found")
            .select_related("registration")
            .defer("registration__email", "registration__answers")
            .order_by(first, "registration__latin_name", "registration__name", "pk")
        )
        categories = [category.pk for category in place.categories.all()]
        if not categories and not place.rights:
            return found
        opening = found.annotate(opening=CombinedExpression(carried, Combinable.BITAND, Value(place.rights)))
        return opening.filter(Q(registration__category__in=categories) | Q(opening__gt=0))

    def _changed(self, event: Event, after: datetime | None) -> CredentialQuerySet:
        found = self.filter(event=event)
        return found if after is None else found.filter(changed_at__gte=after)

    def for_snapshot(self, event: Event, after: datetime | None) -> Iterator[tuple[Any, ...]]:
        """Valid credentials as doors know them, all or those changed since."""
        return iter(
            self._changed(event, after)
            .valid()
            .order_by("pk")
            .values_list(
                "public_id",
                "issue",
                "registration__category__slug",
                CombinedExpression(F("registration__category__rights"), Combinable.BITOR, F("granted")),
                "registration__name",
                "registration__latin_name",
                "registration__organisation",
                "registration__code",
            )
            .iterator(chunk_size=5000)
        )

    def revoked_since(self, event: Event, after: datetime | None) -> Iterator[bytes | memoryview]:
        """Public ids of withdrawn credentials, all or those changed since."""
        withdrawn = self._changed(event, after).filter(withdrawn_at__isnull=False)
        return iter(withdrawn.order_by("pk").values_list("public_id", flat=True).iterator(chunk_size=5000))

    def on_muster(self, wanted: Collection[int]) -> CredentialQuerySet:
        """Badges by id with their holders as far as a list for counting heads names them; withdrawn ones too, for who
        is inside with one is inside."""
        found = self.filter(pk__in=wanted).select_related("registration__category")
        return found.defer("registration__email", "registration__answers")

    def vips(self, event: Event) -> list[tuple[Credential, datetime | None]]:
        """Valid badges of VIPs and heads of delegation, and when the first scan let each of them in."""
        from registration.models import Category

        # The few categories first: else the database joins and sorts every guest to find that nobody is awaited.
        kinds = (Category.Kind.VIP, Category.Kind.HEAD_OF_DELEGATION)
        awaited = list(Category.objects.filter(event=event, kind__in=kinds).values_list("pk", flat=True))
        let_in = Q(scans__verdict=Outcome.ADMIT, scans__direction=Direction.IN)
        found = (
            self.for_badges()
            .filter(event=event, registration__category__in=awaited)
            .annotate(arrived_at=Min("scans__received_at", filter=let_in))
        )
        return [(badge, badge.arrived_at) for badge in found]


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def in_use(self, event: Event) -> CheckpointQuerySet:
        """Where devices of an event may work, in the event's order."""
        return (
            self.filter(event=event, active=True)
            .exclude(zone__active=False)
            .select_related("zone")
            .order_by("position", "id")
        )

    def zones(self, event: Event) -> CheckpointQuerySet:
        """Zones in use with the categories they let in: what a badge can name."""
        return self.in_use(event).filter(kind=Kind.ZONE).prefetch_related("categories")

    def for_device(self, device: Device) -> CheckpointQuerySet:
        """Where one device may work."""
        mine = device.checkpoints.through.objects.filter(device=device)
        places = self.in_use(device.event)
        return places.filter(pk__in=mine.values("checkpoint")) if mine.exists() else places

    def with_portraits(self, device: Device) -> CheckpointQuerySet:
        """Where a device may show portraits: at checkpoints that ask for it, and that the office has limited it to."""
        return self.for_device(device).filter(photos=True, pk__in=device.checkpoints.values("pk"))

    def with_counts(self) -> CheckpointQuerySet:
        """Checkpoints with `arrived` (badges that came through) and `inside` (of those, not left again)."""
        return self.annotate(
            arrived=Count("admissions"),
            inside=Count("admissions", filter=Q(admissions__left_at__isnull=True)),
        )

    def of(self, event: Event) -> CheckpointQuerySet:
        """All checkpoints of an event, in use or not, in its order."""
        return self.filter(event=event).order_by("position", "id")


class DeviceQuerySet(models.QuerySet["Device"]):
    def by_token(self, digest: str) -> Device | None:
        """The device of a token, whether revoked or not, with what its first answer needs."""
        return self.select_related("event", "checkpoint").filter(token_digest=digest).first()

    def at_work(self, event: Event) -> DeviceQuerySet:
        """The phones that scan for an event: enrolled and not locked out."""
        found = self.filter(event=event, enrolled_at__isnull=False, revoked_at__isnull=True)
        return found.select_related("checkpoint").order_by("name", "id")

    def for_staff(self) -> DeviceQuerySet:
        """What the list of devices shows, in one statement: `scan_count` is how much each did; `silent`, that it has not
        been heard of although it reports every minute."""
        working = Q(enrolled_at__isnull=False, revoked_at__isnull=True)
        silent = Q(last_seen_at__lt=timezone.now() - SILENT_AFTER)
        return self.select_related("event", "checkpoint").annotate(
            scan_count=Count("scans"),
            silent=Case(When(working & silent, then=True), default=False, output_field=models.BooleanField()),
        )


class SupervisorCodeQuerySet(models.QuerySet["SupervisorCode"]):
    def usable(self, event: Event) -> SupervisorCodeQuerySet:
        """The codes that undo scans at an event now."""
        return self.filter(event=event, revoked_at__isnull=True)

    def for_staff(self, event: Event) -> SupervisorCodeQuerySet:
        """All codes of an event, `undone` is how many scans each took back; those in use first."""
        return self.filter(event=event).annotate(undone=Count("reversals")).order_by("-revoked_at", "name", "pk")


class ScanQuerySet(models.QuerySet["Scan"]):
    def ledger(self) -> ScanQuerySet:
        """Scans with all that a staff list shows, newest first."""
        return (
            self.select_related("device", "checkpoint", "credential__registration__category", "reversal__code")
            .defer("credential__registration__email", "credential__registration__answers")
            .order_by("-received_at", "id")
        )

    def of_guests_matching(self, words: str) -> ScanQuerySet:
        """Scans of guests found by name, organisation or code. One statement."""
        from registration.models import Registration

        return self.filter(credential__registration__in=Registration.objects.matching(words).order_by())

    def admitted_since(self, event: Event, since: datetime, lately: datetime) -> list[tuple[int, UUID, int, int]]:
        """Who was let in since a moment: checkpoint and device (by id), how many, and how many of them since `lately`."""
        found = self.filter(event=event, received_at__gte=since, verdict=Outcome.ADMIT, direction=Direction.IN)
        return list(
            found.order_by()
            .values("checkpoint_id", "device_id")
            .annotate(count=Count("pk"), late=Count("pk", filter=Q(received_at__gte=lately)))
            .values_list("checkpoint_id", "device_id", "count", "late")
        )

    def refusals_since(self, event: Event, since: datetime) -> list[tuple[str, int]]:
        """Why badges were not let in since a moment, and how often; the commonest reason first."""
        found = self.filter(event=event, received_at__gte=since).exclude(verdict=Outcome.ADMIT)
        return list(
            found.order_by().values("reason").annotate(count=Count("pk")).order_by("-count", "reason")
            .values_list("reason", "count")
        )  # fmt: skip

    def newest(self, event: Event) -> datetime | None:
        """When the last scan of an event was received."""
        return self.filter(event=event).order_by("-received_at").values_list("received_at", flat=True).first()

    def conflicts(self, event: Event) -> ScanQuerySet:
        """Badges let in twice while a door was without network: staff look into each."""
        return self.filter(event=event, verdict=Outcome.CONFLICT)

    def against_our_word(self) -> ScanQuerySet:
        """Guests who went in although the server says no: a badge used at two doors, or one that was refused when the
        door told of it later."""
        late = Q(verdict=Outcome.REFUSE, offline=True, turned_away=False)
        return self.filter(Q(verdict=Outcome.CONFLICT) | late)

    def conflict_list(self) -> ScanQuerySet:
        """The same with all that staff see of each: the scan before, and what was found out."""
        found = self.against_our_word().ledger()
        return found.select_related("first_scan__device", "first_scan__checkpoint", "resolution__by")

    def unresolved(self) -> ScanQuerySet:
        """Of those, the ones nobody has looked into yet."""
        return self.against_our_word().filter(resolution__isnull=True)

    def counted(self, area: Checkpoint, credential: Credential) -> ScanQuerySet:
        """The scans that let a badge through an area and were not undone, as the ledger heard of them."""
        gates = Q(checkpoint=area) | Q(checkpoint__zone=area)
        found = self.filter(gates, credential=credential, verdict=Outcome.ADMIT, reversal__isnull=True)
        return found.order_by("received_at", "pk")

    def built_upon(self, scan: Scan, area: Checkpoint, credential: Credential) -> bool:
        """Whether what came later rests on an admitted scan: the badge went through again, or was let in elsewhere."""
        later = self.counted(area, credential).exclude(pk=scan.pk)
        conflicts = self.filter(credential=credential, first_scan=scan, verdict=Outcome.CONFLICT)
        return later.filter(received_at__gte=scan.received_at).exists() or conflicts.exists()

    def totals_of(self, device: Device) -> dict[str, int]:
        """How often a device admitted, refused or met a conflict."""
        return dict(self.filter(device=device).order_by().values_list("verdict").annotate(Count("pk")))

    def refusals_of(self, device: Device) -> list[tuple[str, int]]:
        """Why a device's scans were refused and how often, the most frequent reason first."""
        found = self.filter(device=device, verdict=Outcome.REFUSE).order_by().values_list("reason")
        return list(found.annotate(count=Count("pk")).order_by("-count", "reason"))

    def totals_since(self, since: datetime) -> dict[str, int]:
        """How often all doors together did, since a moment."""
        return dict(self.filter(received_at__gte=since).order_by().values_list("verdict").annotate(Count("pk")))
