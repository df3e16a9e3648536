"""Shapes of the check-in API as its description shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from checkin.rules import Entries, Kind, Mode, Outcome, Reason
from plenary.core.api import Strict

Names = dict[str, str]  # by language code
Slug = r"^[a-z0-9][a-z0-9-]*$"
_LINE = r"^[^\x00-\x1f\x7f]*$"
_MANY = 10_000_000


class CategoryShown(Schema):
    """A guest's category, as a volunteer should see it."""

    model_config = ConfigDict(title="CategoryShown")

    name: Names
    colour: str = Field(description="#rrggbb, as on the badge.")


class Person(Schema):
    """The little of a guest that a volunteer needs."""

    name: str = Field(description="In the original script.")
    latin_name: str = Field(description="As in the passport; may be empty.")
    category: CategoryShown
    organisation: str
    photo: str | None = Field(description="Address of a portrait; null where there is none.")


class PlaceShown(Schema):
    """A checkpoint in an answer."""

    slug: str
    name: Names


class FirstScan(Schema):
    """The scan by which the badge came through before."""

    id: UUID
    scanned_at: datetime = Field(description="By the first device's clock if that was plausible, else by the server's.")
    checkpoint: PlaceShown | None
    device: str = Field(description="Name of the device.")


class ScanResult(Schema):
    """The answer to one scan."""

    id: str | None = Field(description="The scan's id as it was sent; null where there was none to be read.")
    verdict: Outcome
    reason: Reason
    person: Person | None
    first_scan: FirstScan | None


class ScanResults(Schema):
    """Answers in the order of the scans."""

    results: list[ScanResult]


class EnrolmentCode(Strict):
    """The code behind `#enrol=` in the address of the code shown in the admin."""

    code: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class DeviceShown(Schema):
    """The device itself."""

    id: UUID
    name: str
    supervisor: bool = Field(description="Whether somebody in charge of the doors carries it.")
    valid_from: datetime | None = Field(description="Before it, scans are refused.")
    valid_until: datetime | None = Field(description="From then on, scans are refused.")


class EventShown(Schema):
    """The event the device works for."""

    slug: str
    name: Names
    time_zone: str


class CheckpointShown(PlaceShown):
    """A checkpoint to choose from."""

    entries: Entries
    mode: Mode = Field(description="Whether a door waits for the server before it shows green.")
    kind: Kind


class DoorSession(Schema):
    """What a device is and where it may work."""

    device: DeviceShown
    event: EventShown
    checkpoints: list[CheckpointShown]
    checkpoint: str | None = Field(description="Slug of the checkpoint it starts at.")


class Enrolment(DoorSession):
    """The answer to a code. The token is told once and never again."""

    token: str


class KioskCode(Strict):
    """What a guest showed to a kiosk."""

    presented: str = Field(
        min_length=1, max_length=200, description="Badge text, or the registration code with or without `CODE:`."
    )


class KioskGuest(Schema):
    """Whom a code names: as much as the guest needs to say "that is me"."""

    name: str
    latin_name: str
    category: CategoryShown
    ticket: str = Field(description="Prints the badge, at this kiosk, within a minute.")


class KioskTicket(Strict):
    """The ticket of the guest who said so."""

    ticket: str = Field(min_length=1, max_length=400)


class KioskBadge(Schema):
    """A badge to be printed."""

    pages: list[str] = Field(description="SVG, a drawing for each page.")


class Found(Person):
    """One guest found by name or code."""

    credential: str | None = Field(description="Badge text to send as a scan; null while there is no valid badge.")
    code: str = Field(description="The short code printed on the badge.")
    state: str = Field(description="Where the registration stands.")


class FoundList(Schema):
    """Guests found; never more than twenty."""

    items: list[Found]
    next: None


class SnapshotKey(Schema):
    """A public key."""

    key_id: int = Field(ge=0, le=255)
    public: str = Field(description="Ed25519 public key, 32 bytes in base64.")


class SnapshotCategory(CategoryShown):
    """A category of the event."""

    slug: str


class SnapshotCheckpoint(CheckpointShown):
    """A checkpoint with its rules."""

    categories: list[str] = Field(description="Slugs; empty, with no rights either, means every category may pass.")
    rights: int = Field(ge=0, lt=2**16, description="Bits of the named rights that open it; one is enough.")
    escorted: list[str] = Field(description="Slugs of categories that pass only with an escort.")
    area: str = Field(description="Slug of the checkpoint where passages are counted: a zone's, or its own.")
    pause: int = Field(ge=0, description="Minutes before the same badge enters again.")
    capacity: int | None = Field(description="How many may be inside at a time.")
    opens_at: datetime | None
    closes_at: datetime | None
    photos: bool = Field(description="Whether this device may show portraits there: `GET /checkin/portraits`.")


class SnapshotCredential(Schema):
    """One badge that opens doors."""

    id: str = Field(description="The credential id in the badge, 16 hexadecimal digits.")
    issue: int = Field(ge=1, le=255, description="The lowest issue number that is good.")
    category: str
    rights: int = Field(ge=0, lt=2**16, description="Bits of the named rights.")
    name: str
    latin_name: str
    organisation: str
    code: str


class SnapshotEvent(EventShown):
    """The event with its number on badges."""

    number: int
    day_change: int = Field(ge=0, description="Minutes after midnight at which a new day begins, in its time zone.")


class Snapshot(Schema):
    """What a door needs offline. With `since`, credentials and revocations hold only what changed."""

    complete: Literal[True, False] = Field(description="False: to be added to the snapshot that `since` came from.")
    version: str = Field(description="Give it back as `since`.")
    event: SnapshotEvent
    expires_at: datetime = Field(description="When a door must have deleted it.")
    keys: list[SnapshotKey]
    categories: list[SnapshotCategory]
    checkpoints: list[SnapshotCheckpoint]
    credentials: list[SnapshotCredential]
    revocations: list[str] = Field(description="Ids of credentials that open no door any more.")


class Passages(Schema):
    """Who came through an area, so that a door knows a used badge without network."""

    area: str = Field(description="Slug of the checkpoint where passages are counted.")
    complete: bool = Field(description="False: to be added to what `since` came from.")
    version: str = Field(description="Give it back as `since`.")
    passages: list[tuple[str, int | None, int | None]] = Field(
        description="Credential id, and when its holder entered and left, in milliseconds since 1970 (UTC). Not entered: "
        "the only entry was taken back."
    )


class CarriedPortraits(Schema):
    """Whose portraits a door may keep for the time without network; whom it does not name, a door forgets."""

    complete: bool = Field(
        description="False: there are more than a phone should carry. Ask for one when it is needed."
    )
    portraits: list[tuple[str, str]] = Field(
        description="Credential id, and a text that changes with the picture; those who matter most come first."
    )


class Faces(Schema):
    """Small portraits."""

    faces: dict[str, str] = Field(description="WebP in base64, at most 3 kB each, by credential id.")


class ShiftNumbers(Strict):
    """A volunteer's shift as the device counts it."""

    id: UUID = Field(description="Chosen by the device when the shift began.")
    volunteer: str = Field(max_length=80, pattern=_LINE, description="Who has the device; may be empty.")
    started_at: datetime
    admitted: int = Field(ge=0, le=_MANY)
    refused: dict[Reason, Annotated[int, Field(ge=0, le=_MANY)]] = Field(description="How many, by reason.")
    conflicts: int = Field(ge=0, le=_MANY)
    ended: bool = Field(default=False, description="The device was handed over; these are the last numbers.")


class DeviceReport(Strict):
    """What a device says of itself every minute."""

    battery: int | None = Field(ge=0, le=100, description="Percent; null where the device cannot tell.")
    queue_length: int = Field(ge=0, le=_MANY, description="Scans that wait to be sent.")
    version: str = Field(max_length=40, pattern=_LINE, description="Of the program on it.")
    shift: ShiftNumbers | None


class SupervisorsCode(Strict):
    """What a supervisor types."""

    code: str = Field(min_length=1, max_length=40, pattern=_LINE)


class Undone(Schema):
    """A scan that no longer counts."""

    id: UUID
    undone_at: datetime
    by: str = Field(description="Whose code it was.")
