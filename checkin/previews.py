"""Pictures of a design that may not be saved yet, with the worst names an event has. No face and no valid symbol in it."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from checkin.badges import Page, Printer, grouped, guest_data, marks, portrait_frame, symbol, typeset
from checkin.designs import Paper
from checkin.models import BadgeDesign
from checkin.tokens import LENGTH
from registration.models import Category, Registration

# For an event that has nobody yet: long, right to left, in ideographs, in a script with tall letters.
SAMPLES = (
    ("María del Carmen de los Ángeles Fernández-Villaverde y Ortiz", "", "Confederación Hidrográfica del Ebro"),
    ("عبد الرحمن بن محمد بن عبد العزيز بن سعود", "Abd al-Rahman bin Muhammad bin Abd al-Aziz", "وزارة البيئة"),
    ("王小明", "Wang Xiaoming", "水利部国际合作与科技司"),
    ("សុខ សុវណ្ណារ៉ា", "Sok Sovannara", "United Nations Educational, Scientific and Cultural Organization"),
)
_NOTHING = "E1:" + "7 PREVIEW " * 11 + "ABCDEFGHI"


def worst_guests(design: BadgeDesign, categories: Iterable[Category]) -> list[Registration]:
    """Whose names are hardest to print in this event, in the categories chosen or in all."""
    return list(Registration.objects.hardest_to_print(design.event_id, [category.pk for category in categories]))


def preview(design: BadgeDesign, guests: list[Registration], categories: list[Category]) -> list[str]:
    """Each badge (and its back) as an address of a picture that a page can hold."""
    shown = guests or _made_up(design, categories)
    printer = Printer(design.event)
    pages = [_page(guest, design, printer, number) for number, guest in enumerate(shown)]
    alone = BadgeDesign(**{**_values(design), "paper": Paper.SINGLE})
    pictures = typeset(pages, "png", alone)
    drawn = pictures if isinstance(pictures, list) else [pictures]
    return ["data:image/png;base64," + base64.b64encode(picture).decode() for picture in drawn]


def legend(design: BadgeDesign) -> list[tuple[str, str]]:
    """What the signs on badges of a design mean, each as the address of its picture and the name of the right or zone."""
    printer, everything = Printer(design.event), 2**16 - 1
    signs = printer.signs(everything) if design.signs else []
    if design.zones:
        signs = signs + printer.every_zone_sign()
    return [
        ("data:image/svg+xml;base64," + base64.b64encode(sign["drawing"].encode()).decode(), sign["name"])
        for sign in signs
    ]


def _values(design: BadgeDesign) -> dict[str, object]:
    return {field.attname: getattr(design, field.attname) for field in design._meta.concrete_fields}


def _page(guest: Registration, design: BadgeDesign, printer: Printer, number: int) -> Page:
    rights = 2**16 - 1 if number % 2 else guest.category.rights
    return {
        **guest_data(guest, design, printer),
        "code": grouped("ABCDEFGH"),
        "symbol": symbol(_NOTHING[:LENGTH]),
        "again": "R2" if number else None,
        **marks(design, printer, guest.category_id, rights),
        "photo": portrait_frame() if design.photo else None,
    }


def _made_up(design: BadgeDesign, categories: list[Category]) -> list[Registration]:
    category = next(iter(categories or Category.objects.filter(event=design.event)[:1]), None)
    category = category or Category(event=design.event, name={"en": "Delegate"})
    facts = {"event": design.event, "category": category, "nationality": "VE"}
    return [
        Registration(name=name, latin_name=latin, organisation=organisation, **facts)
        for name, latin, organisation in SAMPLES
    ]
