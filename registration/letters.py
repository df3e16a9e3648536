"""Letters as they are printed: what stands in one, and its PDF. Reads records, writes nothing but the document."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import Image

from plenary.core import languages, typesetting
from plenary.core.colour import accent
from plenary.core.dates import cldr, date_range, long_date
from plenary.core.fields import Label
from plenary.core.links import make_link
from plenary.core.outbox import Withdrawn
from plenary.core.typesetting import printable, text_run
from plenary.events.models import Event
from registration.letter_texts import built_in_rules, built_in_text
from registration.models import (
    Invitation,
    Letter,
    Letterhead,
    LetterRules,
    LetterSeal,
    LetterTemplate,
    Registration,
    TravelDocument,
)
from registration.rules.letters import LetterKind, fill, paragraphs
from registration.uploads import open_upload

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
MEDIA_TYPE = "application/pdf"
Subject = Registration | Invitation


def text_of(event: Event, kind: str) -> tuple[Label, Label]:
    """Subject and body that letters of a kind have for an event: its own, the general ones, else the built-in ones."""
    found = LetterTemplate.objects.for_event(event, kind)
    return (Label(found.subject), Label(found.body)) if found else built_in_text(kind)


def rules_on(day: Any) -> LetterRules:
    """The rules valid on a day; the built-in ones, unsaved, until the institution has entered its own."""
    return LetterRules.objects.on(day) or LetterRules(**built_in_rules())


def values_for(
    subject: Subject, *, kind: str, reference: str, language: str, told: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What the placeholders stand for, in the language of the letter; `told` are those that others than us know."""
    event, category = subject.event, subject.category
    place = _place(event, language)
    found = {
        "salutation": subject.salutation,
        "name": subject.name,
        "latin_name": subject.latin_name or subject.name,
        "organisation": subject.organisation,
        "function": subject.job_title,
        "nationality": country(str(subject.nationality), language),
        "event": event.name.get_for(language),
        "dates": date_range(event.starts_on, event.ends_on, language),
        "place": place,
        "category": category.name.get_for(language),
        "number": reference,
        "today": long_date(event.local(timezone.now()).date(), language),
    }
    if kind == LetterKind.INVITATION and isinstance(subject, Invitation):
        found["reply_by"] = long_date(subject.reply_by, language) if subject.reply_by else ""
        found["companions"] = str(subject.companions_allowed)
    if kind == LetterKind.VISA_SUPPORT and isinstance(subject, Registration):
        document = TravelDocument.objects.filter(registration=subject).first()
        found |= {
            "code": subject.code,
            "passport_number": document.number if document else "",
            "date_of_birth": long_date(document.facts().birth_date, language) if document else "",
        }
    return {name: printable(value) for name, value in (found | dict(told or {})).items()}


def country(code: str, language: str) -> str:
    """A country's name in a language."""
    return str(cldr(language).territories.get(code, code)) if code else ""


def _place(event: Event, language: str) -> str:
    if event.venue is None:
        return ""
    parts = [event.venue.name.get_for(language), event.venue.city.get_for(language)]
    with translation.override(language):
        return _(", ").join(part for part in parts if part)


def compose(
    subject: Subject, *, kind: str, reference: str, language: str, told: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """All that a letter prints, ready to be kept: later changes of texts, names or letterhead change no issued letter."""
    heading, body = text_of(subject.event, kind)
    values = values_for(subject, kind=kind, reference=reference, language=language, told=told)
    head = Letterhead.objects.for_event(subject.event)
    with translation.override(language):
        facts = _FACTS[kind](values) if kind in _FACTS else []
        return {
            "name": values["latin_name"],
            "institution": (head.institution.get_for(language) if head else "") or values["event"],
            "address": _lines(head.address.get_for(language)) if head else [],
            "signatory": head.signatory.get_for(language) if head else "",
            "signatory_title": head.signatory_title.get_for(language) if head else "",
            "seal": str(head.seal_id) if head and head.seal_id else "",
            "addressee": _addressee(values) if kind == LetterKind.INVITATION else [],
            "number_label": _("No."),
            "date": values["today"],
            "subject": " ".join(fill(heading.get_for(language), values).split()),
            "paragraphs": [" ".join(part.split()) for part in paragraphs(fill(body.get_for(language), values))],
            "facts": facts,
        }


def _named(rows: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Rows of a letter's table; what is not known has none."""
    return [{"label": str(label), "value": value} for label, value in rows if value]


def _of_passport(values: Mapping[str, str]) -> list[dict[str, str]]:
    """What an authority compares with the passport."""
    rows = [
        (_("Name"), values["latin_name"]),
        (_("Nationality"), values["nationality"]),
        (_("Date of birth"), values.get("date_of_birth", "")),
        (_("Passport number"), values.get("passport_number", "")),
        (_("Organisation"), values["organisation"]),
        (_("Function"), values["function"]),
        (_("Registration code"), values.get("code", "")),
    ]
    return _named(rows)


def _of_attendance(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Who was there and when. A name in Latin letters beside itself would say nothing."""
    latin = values["latin_name"]
    rows = [
        (_("Name"), values["name"]),
        (_("Name in Latin letters"), latin if latin.casefold() != values["name"].casefold() else ""),
        (_("Organisation"), values["organisation"]),
        (_("Event"), values["event"]),
        (_("Days attended"), values.get("days", "")),
        (_("Hours attended"), values.get("hours", "")),
    ]
    return _named(rows)


_FACTS: Mapping[str, Callable[[Mapping[str, str]], list[dict[str, str]]]] = {
    LetterKind.VISA_SUPPORT: _of_passport,
    LetterKind.ATTENDANCE: _of_attendance,
}


def _addressee(values: Mapping[str, str]) -> list[str]:
    name = " ".join(part for part in (values["salutation"], values["name"]) if part)
    return [line for line in (name, values["function"], values["organisation"], values["nationality"]) if line]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def verification_address(letter: Letter) -> str:
    """The page that says whether the letter is genuine, in the letter's language."""
    token = make_link("letter", letter.pk)
    with translation.override(letter.language):
        return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{reverse('registration:letter', args=[token])}"


def letter_pdf(letter: Letter) -> bytes:
    """The letter as it was issued."""
    return typeset(
        json.loads(letter.content),
        reference=letter.reference,
        language=letter.language,
        colour=letter.event.accent,
        address=verification_address(letter),
    )


def typeset(content: Mapping[str, Any], *, reference: str, language: str, colour: str, address: str) -> bytes:
    """A letter's content as PDF; the preview of a letter nobody has issued passes an address that verifies nothing."""
    spoken = languages.get(language)
    with translation.override(language):
        verify = _("Scan the code to check that this letter is genuine. It must lead to %(address)s.") % {
            "address": settings.WAGTAILADMIN_BASE_URL.split("://")[-1]
        }
    data = {
        "lang": spoken.code.split("-")[0],
        "rtl": spoken.direction == "rtl",
        "accent": accent(colour).deep,
        "reference": reference,
        "institution": _run(content["institution"]),
        "address": [_run(line) for line in content["address"]],
        "addressee": [_run(line) for line in content["addressee"]],
        "number_label": content["number_label"],
        "date": content["date"],
        "subject": _run(content["subject"]),
        "paragraphs": [printable(paragraph) for paragraph in content["paragraphs"]] or [""],
        "facts": [{"label": fact["label"], "value": _run(fact["value"])} for fact in content["facts"]],
        "signatory": _run(content["signatory"]) if content["signatory"] else None,
        "signatory_title": _run(content["signatory_title"]) if content["signatory_title"] else None,
        "seal": _seal(content["seal"]),
        "verify": verify,
        "symbol": _symbol(address),
    }
    document: bytes = typesetting.typeset(TEMPLATE, {"letter.json": data})
    return document


def _run(text: str) -> dict[str, Any]:
    return text_run(printable(text))


def _seal(key: str) -> str | None:
    """The seal as a drawing that holds the picture: the typesetter takes text, not pixels."""
    found = LetterSeal.objects.filter(pk=UUID(key)).first() if key else None
    if found is None or found.is_closed:
        return None
    pixels = open_upload(found)
    with Image.open(io.BytesIO(pixels)) as picture:
        width, height = picture.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:{found.media_type};base64,{base64.b64encode(pixels).decode()}"/></svg>'
    )


def _symbol(text: str) -> str:
    """A QR code as a drawing: a stroke for every dark module of a row that follows another."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, mask_pattern=0)
    code.add_data(text)
    rows = code.get_matrix()
    strokes = "".join(f"M{x} {y}.5h1" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path stroke="#000" d="{strokes}"/></svg>'
    )


def letter_attachment(letter_id: str, language: str) -> tuple[str, bytes, str]:
    """A letter as a mail carries it (settings.PLENARY_ATTACHMENTS); raises Withdrawn once it does not count any more."""
    letter = Letter.objects.valid().with_subject().filter(pk=UUID(letter_id)).first()
    if letter is None:
        raise Withdrawn
    return file_name(letter), letter_pdf(letter), MEDIA_TYPE


def file_name(letter: Letter) -> str:
    return f"letter-{slugify(letter.reference.replace('/', '-'))}.pdf"


def initials(letter: Letter) -> str:
    """The name as a page that anybody may open shows it: enough to notice that another was written over it."""
    name = json.loads(letter.content)["name"] if letter.content else ""
    return " ".join(f"{word[0]}." for word in name.split())
