"""Identity papers of the forum: what its categories ask, and invented passports and portraits of some guests, given through
the real actions. Two of them deserve a look."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont

from plenary.core.actions import GUEST
from plenary.events.models import Event
from plenary.operations.planning.demo.pictures import FONT, monogram
from registration.actions import save_assignment_letter, save_portrait, save_travel_document
from registration.models import Category, Registration
from registration.rules import State
from registration.rules.documents import DocumentFacts
from registration.rules.mrz import issuer_code, transliterate, write_td3
from registration.uploads import inspect, inspect_portrait, inspect_scan

ASKED = ("delegate", "head-of-delegation", "press")
GIVEN = 8  # guests of each of these categories whose papers are there; the others still have a task
TAKES = (State.SUBMITTED, State.APPROVED, State.INFORMATION_REQUESTED)


def ask_for_papers(event: Event, categories: dict[str, Category]) -> None:
    """Delegates and press are asked; very important persons, speakers and staff are not."""
    due = datetime.combine(event.starts_on - timedelta(days=30), time(18), tzinfo=event.zone)
    for slug in ASKED:
        category = categories[slug]
        category.asks_passport = category.asks_passport_scan = category.asks_portrait = True
        category.asks_assignment_letter = category.kind == Category.Kind.PRESS
        category.identity_due_at = due
        category.save(
            update_fields=[
                *("asks_passport", "asks_passport_scan", "asks_portrait", "asks_assignment_letter", "identity_due_at")
            ]
        )


def make_papers(event: Event, categories: dict[str, Category]) -> None:
    """Passports with zones that fit, pictures of their pages, monograms for portraits."""
    for slug in ASKED:
        guests = Registration.objects.filter(category=categories[slug], state__in=TAKES).order_by("created_at", "pk")
        for number, registration in enumerate(_with_country(guests)[:GIVEN]):
            _give(event, registration, number)


def _with_country(guests: Iterable[Registration]) -> list[Registration]:
    return [guest for guest in guests if guest.nationality]


def _give(event: Event, registration: Registration, number: int) -> None:
    facts = _document(event, registration, number)
    page = SimpleUploadedFile("passport.png", _page(facts))
    save_travel_document(registration_id=registration.pk, facts=facts, scan=inspect_scan(page), by=GUEST)
    names = transliterate(registration.latin_name or registration.name).split()
    face = SimpleUploadedFile("portrait.png", monogram("".join(name[0] for name in (names[0], names[-1])), number))
    save_portrait(registration_id=registration.pk, portrait=inspect_portrait(face), by=GUEST)
    if registration.category.kind == Category.Kind.PRESS:
        letter = SimpleUploadedFile("letter.png", _letter(registration))
        save_assignment_letter(registration_id=registration.pk, checked=inspect(letter), by=GUEST)


def _document(event: Event, registration: Registration, number: int) -> DocumentFacts:
    """An invented passport; the second of a category ends soon after the event, the third is another country's."""
    country = str(registration.nationality)
    issuer = ("FR" if country != "FR" else "KE") if number == 2 else country
    names = (registration.latin_name or registration.name).split()
    told: dict[str, Any] = {
        "number": f"{issuer}{7_100_000 + registration.created_at.microsecond + number:07d}"[:9],
        "surname": names[-1],
        "given_names": " ".join(names[:-1]),
        "birth_date": date(1958 + number * 5, 1 + number, 3 + number * 2),
        "sex": "X",
        "expires_on": event.ends_on + timedelta(days=60 if number == 1 else 1_200 + number),
    }
    code = issuer_code(issuer)
    return DocumentFacts(
        kind="passport",
        issuing_country=issuer,
        nationality=issuer,
        zone=write_td3(issuer=code, nationality=code, **told),
        **told,
    )


def _page(facts: DocumentFacts) -> bytes:
    """A page that nobody could take for a real one."""
    drawing = Drawing.new("RGB", (1_000, 700), "#e8eef2")
    pen = ImageDraw.Draw(drawing)
    pen.text((40, 40), "SPECIMEN – NOT A PASSPORT", fill="#a8201a", font=ImageFont.truetype(str(FONT), 48))
    small = ImageFont.truetype(str(FONT), 30)
    lines = [transliterate(facts.surname), transliterate(facts.given_names), facts.number, facts.expires_on.isoformat()]
    for row, text in enumerate(lines):
        pen.text((360, 160 + row * 60), text, fill="#1a1d23", font=small)
    pen.rectangle((40, 150, 300, 480), outline="#576070", width=3)
    for row, text in enumerate(facts.zone.split("\n")):
        pen.text((40, 570 + row * 50), text, fill="#1a1d23", font=ImageFont.truetype(str(FONT), 26))
    return _png(drawing)


def _letter(registration: Registration) -> bytes:
    drawing = Drawing.new("RGB", (800, 1_100), "white")
    pen = ImageDraw.Draw(drawing)
    pen.text((80, 120), "Letter of assignment", fill="#1a1d23", font=ImageFont.truetype(str(FONT), 40))
    text = f"We send {transliterate(registration.latin_name or registration.name).title()} to the forum."
    pen.text((80, 220), text, fill="#1a1d23", font=ImageFont.truetype(str(FONT), 24))
    return _png(drawing)


def _png(drawing: Drawing.Image) -> bytes:
    stream = io.BytesIO()
    drawing.save(stream, "PNG", compress_level=1)
    return stream.getvalue()
