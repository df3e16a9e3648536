"""A door for journeys: an event with a checkpoint, guests with badges, and the code that sets up a phone."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max

from checkin.actions import add_device, ensure_signing_key, issue_credentials
from checkin.models import Checkpoint, Credential, Device, Scan
from checkin.signing import Signer
from plenary.core.actions import SYSTEM
from plenary.events.models import Event
from registration.models import Category, Registration
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory

FIRST_NUMBER = 90_000  # on badges; out of the way of the demonstration's
NAMES = {"en": "Main entrance", "zh-hans": "正门", "fr": "Entrée principale", "ar": "المدخل الرئيسي"}
DELEGATES = {"en": "Delegate", "zh-hans": "代表", "fr": "Délégué", "ar": "مندوب"}


@dataclass(frozen=True)
class Guest:
    """A registration and the text on its badge."""

    registration: Registration
    badge: str

    @property
    def credential(self) -> Credential:
        return Credential.objects.get(registration=self.registration)

    @property
    def scans(self) -> list[Scan]:
        return list(Scan.objects.filter(credential__registration=self.registration).order_by("received_at"))


class Door:
    """One event of its own, so that journeys do not meet."""

    def __init__(self, **checkpoint: object) -> None:
        # The product numbers the events that journeys make in it: the next of all, whatever ran before.
        last = Event.objects.aggregate(last=Max("number"))["last"] or 0
        self.event: Event = EventFactory(
            number=max(FIRST_NUMBER, last + 1), name={"en": "Forum", "zh-hans": "论坛", "ar": "المنتدى"}
        )
        self.checkpoint = self.add_checkpoint("main", NAMES, **checkpoint)
        self.category: Category = CategoryFactory(event=self.event, name=DELEGATES, colour="#1f4e79")

    def add_checkpoint(self, slug: str, name: dict[str, str], **facts: object) -> Checkpoint:
        return Checkpoint.objects.create(event=self.event, slug=slug, name=name, **facts)

    def guest(self, name: str = "Amina Wanjiru", latin_name: str = "", **facts: object) -> Guest:
        """An approved guest with a badge."""
        facts.setdefault("category", self.category)
        registration = RegistrationFactory(
            event=self.event, name=name, latin_name=latin_name, state=State.APPROVED, **facts
        )
        [credential] = issue_credentials([registration])
        return Guest(registration, self._text(credential))

    def badge_of(self, guest: Guest) -> str:
        """The text of a guest's badge if it were printed now."""
        return self._text(guest.credential)

    def _text(self, credential: Credential) -> str:
        return Signer(ensure_signing_key(self.event), self.event.number).text(credential)

    def enrolment(self, *, name: str = "Gate 1", checkpoint: bool = True) -> str:
        """The address behind the code that the admin shows."""
        device, code = add_device(
            event=self.event, name=name, by=SYSTEM, checkpoint=self.checkpoint if checkpoint else None
        )
        self.device_id: UUID = device.pk
        return f"/door/#enrol={code}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.event.time_zone)

    @property
    def device(self) -> Device:
        return Device.objects.get(pk=self.device_id)
