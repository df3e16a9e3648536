"""Badges as PDF: A6, one a page, by typst with fonts of our own. Reads credentials, writes nothing but the document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from checkin import qr
from checkin.models import Credential, SigningKey
from checkin.signing import Signer
from plenary.core import typesetting
from plenary.core.colour import contrast
from plenary.core.dates import cldr, date_range
from plenary.core.typesetting import printable, text_run
from plenary.events.models import Event
from registration.models import Registration
from registration.rules import State

HERE = Path(__file__).parent
TEMPLATE = HERE / "typst" / "badge.typ"
MANY = 100  # badges; from here on memory is worth the tenth of a second that freeing it takes
MEDIA_TYPE = "application/pdf"
PROVISIONAL = frozenset({State.SUBMITTED, State.INFORMATION_REQUESTED, State.PAYMENT_DUE})  # may become a badge


def badge_pdf(credential: Credential) -> bytes:
    """One badge."""
    return badges_pdf([credential])


def provisional_badge_pdf(registration: Registration) -> bytes:
    """The badge of somebody who waits for a decision: it says so, and has no symbol that a door could read."""
    document: bytes = typeset([provisional_data(registration)], "pdf")
    return document


def badges_pdf(credentials: Iterable[Credential]) -> bytes:
    """Badges of one or more events, one a page in the given order; read them with `for_badges()`."""
    signers: dict[int, Signer] = {}
    pages = []
    for credential in credentials:
        if credential.event_id not in signers:
            key = SigningKey.objects.current(credential.event)
            if key is None:
                raise LookupError("credentials without a key to sign them")
            signers[credential.event_id] = Signer(key, credential.event.number)
        pages.append(badge_data(credential, signers[credential.event_id].text(credential)))
    document: bytes = typeset(pages, "pdf")
    return document


def typeset(pages: list[dict[str, Any]], form: str) -> Any:
    """The pages as "pdf" (bytes) or "png" (bytes for each page, or for the only one)."""
    return typesetting.typeset(TEMPLATE, {"badges.json": pages}, form, free_memory=len(pages) > MANY)


def badge_attachment(registration_id: str, language: str) -> tuple[str, bytes, str]:
    """The badge as a mail carries it (settings.PLENARY_ATTACHMENTS); raises DoesNotExist once it is withdrawn."""
    credential = Credential.objects.for_badges().get(registration_id=UUID(registration_id))
    return file_name(credential.registration), badge_pdf(credential), MEDIA_TYPE


def file_name(registration: Registration) -> str:
    return f"badge-{registration.event.slug}-{registration.code}.pdf"


def badge_data(credential: Credential, text: str) -> dict[str, Any]:
    """What the template prints. A badge is read by others than its holder: it speaks the language of the event."""
    return {**_of_guest(credential.registration, credential.event), "symbol": symbol(text)}


def provisional_data(registration: Registration) -> dict[str, Any]:
    """The same without a symbol, without the colour of the category, and with the reason in place of the symbol."""
    event = registration.event
    with translation.override(event.source_language):
        notice = [_("Provisional"), _("Opens no door. Once you are approved, the desk gives you your badge.")]
    return {
        **_of_guest(registration, event),
        "symbol": None,
        "notice": [text_run(line) for line in notice],
        "colour": "#ffffff",
        "ink": "#000000",
    }


def _of_guest(registration: Registration, event: Event) -> dict[str, Any]:
    category = registration.category
    name, latin = printable(registration.name), printable(registration.latin_name)
    return {
        **_of_event(event),
        "name": text_run(name or latin or registration.code),
        "latin": text_run(latin) if latin and name and latin.casefold() != name.casefold() else None,
        "organisation": _optional(printable(registration.organisation)),
        "country": _optional(_country(str(registration.nationality), event.source_language)),
        "category": text_run(printable(category.name.get_for(event.source_language))),
        "colour": category.colour,
        "ink": ink_on(category.colour),
        "code": grouped(registration.code),
    }


def _of_event(event: Event) -> dict[str, Any]:
    when = date_range(event.starts_on, event.ends_on, event.source_language)
    city = event.venue.city.get_for(event.source_language) if event.venue else ""
    return {
        "event": text_run(printable(event.name.get_for(event.source_language) or event.slug)),
        "when": text_run(" · ".join(part for part in (when, printable(city)) if part)),
        "accent": event.accent,
    }


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


def _country(code: str, language: str) -> str:
    return str(cldr(language).territories.get(code, code)) if code else ""
