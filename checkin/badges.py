"""Badges as PDF in the design of their category, by typst with fonts of our own. Reads credentials, writes nothing but
the document."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from checkin import qr
from checkin.designs import MEASURES, Band, Line, Paper, Size, drawing, grid, zone_drawing
from checkin.models import BadgeDesign, Checkpoint, Credential, Right, SigningKey
from checkin.signing import Signer
from plenary.core import typesetting
from plenary.core.colour import contrast
from plenary.core.dates import cldr, date_range
from plenary.core.typesetting import printable, text_run
from plenary.events.models import Event
from registration.identity import portraits_of
from registration.models import Category, Registration
from registration.rules import State

HERE = Path(__file__).parent
TEMPLATE = HERE / "typst" / "badge.typ"
MANY = 100  # badges; from here on memory is worth the tenth of a second that freeing it takes
MEDIA_TYPE = "application/pdf"
PROVISIONAL = frozenset({State.SUBMITTED, State.INFORMATION_REQUESTED, State.PAYMENT_DUE})  # may become a badge

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClosedZone:
    """A zone that not every badge opens."""

    name: str
    categories: frozenset[int]
    rights: int
    pictogram: str

    def opens(self, category: int, rights: int) -> bool:
        return category in self.categories or bool(self.rights & rights)


def _sign_of(zone: ClosedZone) -> dict[str, str]:
    return {"drawing": zone_drawing(zone.pictogram), "name": zone.name}


class Printer:
    """What all badges of one event share, looked up once for a document."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.language = event.source_language
        self._categories: dict[int, dict[str, Any]] = {}
        self._countries: dict[str, dict[str, Any] | None] = {}
        self._signs: dict[int, list[dict[str, str]]] = {}
        self._zones: dict[tuple[int, int], dict[str, Any] | None] = {}

    @cached_property
    def signer(self) -> Signer:
        key = SigningKey.objects.current(self.event)
        if key is None:
            raise LookupError("credentials without a key to sign them")
        return Signer(key, self.event.number)

    @cached_property
    def facts(self) -> dict[str, Any]:
        event, language = self.event, self.language
        when = date_range(event.starts_on, event.ends_on, language)
        city = event.venue.city.get_for(language) if event.venue else ""
        return {
            "event": text_run(printable(event.name.get_for(language) or event.slug)),
            "when": text_run(" · ".join(part for part in (when, printable(city)) if part)),
        }

    def category(self, category: Category) -> dict[str, Any]:
        if category.pk not in self._categories:
            name = text_run(printable(category.name.get_for(self.language)))
            self._categories[category.pk] = {"category": name}
        return self._categories[category.pk]

    def country(self, code: str) -> dict[str, Any] | None:
        if code not in self._countries:
            name = str(cldr(self.language).territories.get(code, code)) if code else ""
            self._countries[code] = text_run(name) if name else None
        return self._countries[code]

    def signs(self, rights: int) -> list[dict[str, str]]:
        """The signs of the rights that a badge carries."""
        if rights not in self._signs:
            self._signs[rights] = [
                {"drawing": drawing(right.pictogram), "name": right.name.get_for(self.language)}
                for right in self._rights
                if right.pictogram and right.mask & rights
            ]
        return self._signs[rights]

    @cached_property
    def _rights(self) -> list[Right]:
        return list(Right.objects.of(self.event))

    def zones(self, category: int, rights: int) -> dict[str, Any] | None:
        """The zones not open to everybody that a badge opens, as far as they have no sign."""
        if (category, rights) not in self._zones:
            opened = [zone for zone in self._closed_zones if not zone.pictogram and zone.opens(category, rights)]
            names = " · ".join(printable(zone.name) for zone in opened)
            self._zones[category, rights] = text_run(names) if names else None
        return self._zones[category, rights]

    def zone_signs(self, category: int, rights: int) -> list[dict[str, str]]:
        """The signs of those that have one."""
        return [_sign_of(zone) for zone in self._closed_zones if zone.pictogram and zone.opens(category, rights)]

    def every_zone_sign(self) -> list[dict[str, str]]:
        return [_sign_of(zone) for zone in self._closed_zones if zone.pictogram]

    @cached_property
    def _closed_zones(self) -> list[ClosedZone]:
        found = [
            ClosedZone(
                zone.name.get_for(self.language),
                frozenset(one.pk for one in zone.categories.all()),
                zone.rights,
                zone.pictogram,
            )
            for zone in Checkpoint.objects.zones(self.event)
        ]
        return [zone for zone in found if zone.categories or zone.rights]


def marks(design: BadgeDesign, printer: Printer, category: int, rights: int) -> Page:
    """The signs and names of what a badge of a category with these rights opens, as its design shows them."""
    signs = printer.signs(rights) if design.signs else []
    if not design.zones:
        return {"signs": signs, "zones": None}
    return {"signs": signs + printer.zone_signs(category, rights), "zones": printer.zones(category, rights)}


def badge_pdf(credential: Credential) -> bytes:
    """One badge."""
    return badges_pdf([credential])


def badge_drawings(credential: Credential) -> list[str]:
    """One badge as drawings (SVG) that a browser prints, a page each; on its own size, whatever sheets the desk prints."""
    piles = _piles([credential])
    for design, _pages in piles:
        design.paper = Paper.SINGLE  # of this copy alone, which nobody saves
    drawn: Any = typeset_piles(piles, "svg")
    return [page.decode() for page in (drawn if isinstance(drawn, list) else [drawn])]


def provisional_badge_pdf(registration: Registration) -> bytes:
    """The badge of somebody who waits for a decision: it says so, and has no symbol that a door could read."""
    design = BadgeDesign.objects.by_category([registration.category_id]).get(registration.category_id)
    document: bytes = typeset([provisional_data(registration, design)], "pdf", design)
    return document


def badges_pdf(credentials: Iterable[Credential]) -> bytes:
    """Badges of one or more events in the given order; read them with `for_badges()`. Each design begins a new page."""
    document: bytes = typeset_piles(_piles(credentials), "pdf")
    return document


def _piles(credentials: Iterable[Credential]) -> list[tuple[BadgeDesign, list[Page]]]:
    chosen = list(credentials)
    designs = BadgeDesign.objects.by_category(credential.registration.category_id for credential in chosen)
    printers = {credential.event_id: Printer(credential.event) for credential in reversed(chosen)}
    faces = _faces(chosen, designs)
    piles: list[tuple[BadgeDesign, list[Page]]] = []
    for design, some in groupby(chosen, key=lambda credential: designs.get(credential.registration.category_id)):
        used = design or BadgeDesign()
        pages = []
        for credential in some:
            printer = printers[credential.event_id]
            page = badge_data(credential, printer.signer.text(credential), used, printer)
            if face := faces.get(credential.registration_id):
                page["photo"] = portrait(face)
            pages.append(page)
        piles.append((used, pages))
    return piles


def _faces(credentials: list[Credential], designs: Mapping[int, BadgeDesign]) -> dict[UUID, bytes]:
    """Portraits of those whose design shows one."""
    shown = {category for category, design in designs.items() if design.photo}
    wanted = [one.registration_id for one in credentials if one.registration.category_id in shown]
    return portraits_of(wanted) if wanted else {}


def typeset(pages: list[Page], form: str, design: BadgeDesign | None = None) -> Any:
    """Pages of one design as "pdf" (bytes) or "png" (bytes for each page, or for the only one)."""
    return typeset_piles([(design or BadgeDesign(), pages)], form)


def typeset_piles(piles: list[tuple[BadgeDesign, list[Page]]], form: str) -> Any:
    """Pages of several designs, each design on pages of its own."""
    data: list[dict[str, Any]] = []
    photos: dict[str, bytes] = {}
    for design, pages in piles:
        badges = [_photo_apart(page, photos) for page in pages]
        data.append({"design": _measures(design, pages[0]["language"]), "badges": badges})
    number = sum(len(pages) for _design, pages in piles)
    return typesetting.typeset(TEMPLATE, {"badges.json": data, **photos}, form, free_memory=number > MANY)


def _photo_apart(page: Page, photos: dict[str, bytes]) -> Page:
    """A page whose portrait lies in a file of its own: within the page it would be read again by all that is handed the
    page, and cost as much as the rest of the badge. Names are counted anew in each document: typst never forgets one."""
    if page["photo"] is None:
        return page
    name = f"photo-{len(photos)}.svg"
    photos[name] = page["photo"].encode()
    return {**page, "photo": name}


def _measures(design: BadgeDesign, language: str) -> dict[str, Any]:
    """A design as the template reads it, in millimetres."""
    page = grid(design.size, design.paper)
    if page is None:
        raise ValueError("a badge larger than its paper")
    width, height = MEASURES[Size(design.size)]
    return {
        **{"size": design.size, "width": width, "height": height, "columns": page.columns, "rows": page.rows},
        **{"paper-width": page.width, "paper-height": page.height},
        "back": _back(design, language) if design.two_sided else None,
    }


def _back(design: BadgeDesign, language: str) -> dict[str, Any]:
    with translation.override(language):
        urgent = _("In an emergency")
    return {
        "text": _optional(printable(str(design.back_text.get_for(language)))),
        "emergency": _optional(printable(design.emergency)),
        "urgent": text_run(urgent),
    }


def badge_attachment(registration_id: str, language: str) -> tuple[str, bytes, str]:
    """The badge as a mail carries it (settings.PLENARY_ATTACHMENTS); raises DoesNotExist once it is withdrawn."""
    credential = Credential.objects.for_badges().get(registration_id=UUID(registration_id))
    return file_name(credential.registration), badge_pdf(credential), MEDIA_TYPE


def file_name(registration: Registration) -> str:
    return f"badge-{registration.event.slug}-{registration.code}.pdf"


def badge_data(
    credential: Credential, text: str, design: BadgeDesign | None = None, printer: Printer | None = None
) -> Page:
    """What the template prints. A badge is read by others than its holder: it speaks the language of the event."""
    design, printer = design or BadgeDesign(), printer or Printer(credential.event)
    guest = credential.registration
    rights = guest.category.rights | credential.granted
    return {
        **guest_data(guest, design, printer),
        "symbol": symbol(text),
        "again": f"R{credential.issue}" if credential.issue > 1 else None,
        **marks(design, printer, guest.category_id, rights),
    }


def provisional_data(registration: Registration, design: BadgeDesign | None = None) -> Page:
    """The same without a symbol, without the colour of the category, and with the reason in place of the symbol."""
    event = registration.event
    with translation.override(event.source_language):
        notice = [_("Provisional"), _("Opens no door. Once you are approved, the desk gives you your badge.")]
    return {
        **guest_data(registration, design or BadgeDesign(), Printer(event)),
        "notice": [text_run(line) for line in notice],
        "colour": "#ffffff",
        "ink": "#000000",
    }


def guest_data(registration: Registration, design: BadgeDesign, printer: Printer) -> Page:
    """What a badge says about a guest and an event, before anything makes it open a door."""
    category, event = registration.category, printer.event
    colours = {Band.CATEGORY: category.colour, Band.EVENT: event.accent, Band.PLAIN: "#ffffff"}
    colour = colours[Band(design.band)]
    return {
        **printer.facts,
        **printer.category(category),
        **{"colour": colour, "ink": ink_on(colour), "accent": design.accent or event.accent},
        **{"symbol": None, "again": None, "signs": [], "zones": None, "photo": None},
        "lines": _lines(registration, design, printer),
        "code": grouped(registration.code),
        "language": printer.language,
    }


def _lines(registration: Registration, design: BadgeDesign, printer: Printer) -> list[dict[str, Any]]:
    """The lines that this guest has, in the design's order; of two names the first is the large one."""
    name, latin = printable(registration.name), printable(registration.latin_name)
    both = bool(name and latin and name.casefold() != latin.casefold())
    lines: list[dict[str, Any]] = []
    for line in design.lines:
        if line in (Line.NAME, Line.LATIN):
            named = any(entry["kind"] == "name" for entry in lines)
            if named and not both:
                continue
            words = (name or latin) if line == Line.NAME else (latin or name)
            lines.append({"kind": "latin" if named else "name", "run": text_run(words or registration.code)})
        elif run := _plain(line, registration, printer):
            lines.append({"kind": "plain", "run": run})
    return lines


def _plain(line: str, registration: Registration, printer: Printer) -> dict[str, Any] | None:
    if line == Line.COUNTRY:
        return printer.country(str(registration.nationality))
    if line == Line.ORGANISATION:
        return _optional(printable(registration.organisation))
    delegation = registration.delegation
    return _optional(printable(delegation.name.get_for(printer.language))) if delegation else None


def portrait(jpeg: bytes) -> str:
    """A portrait as a drawing, cut to its place: the typesetter takes text alone, and puts the JPEG as it is in the PDF."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 31 40"><image width="31" height="40" '
        'preserveAspectRatio="xMidYMid slice" '
        f'href="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"/></svg>'
    )


def portrait_frame() -> str:
    """Where a portrait would be."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 31 40"><rect width="31" height="40" fill="#ddd"/>'
        '<circle cx="15.5" cy="15" r="7" fill="#999"/><path d="M2 40c0-10 6-15 13.5-15S29 30 29 40z" fill="#999"/></svg>'
    )


def symbol(text: str) -> str:
    """The QR code as a drawing: one path, sharp at any size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {qr.SIZE} {qr.SIZE}">'
        f'<path stroke="#000" d="{qr.strokes(text)}"/></svg>'
    )


def grouped(code: str) -> str:
    """A code in groups of four, as people read it out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on a colour; one of them always has at least 4.5 : 1."""
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, colour))


def _optional(text: str) -> dict[str, Any] | None:
    return text_run(text) if text else None
