"""What a badge design can be: sizes, papers, lines, pictograms. Pure; shared by the model, the form and the printer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Size(TextChoices):
    A6 = "a6", _("A6, upright")
    CR80 = "cr80", _("card, 85.6 × 54 mm (CR80)")
    INCHES = "4x3", _("4 × 3 inches")
    FOLD = "fold", _("A6 folded over the lanyard")


class Paper(TextChoices):
    """On what it is printed: each badge on its own (card printer, label roll), or several on a sheet."""

    SINGLE = "single", _("one badge on a page, for label rolls and card printers")
    A4 = "a4", _("sheets of A4")
    LETTER = "letter", _("sheets of US Letter")


class Line(TextChoices):
    NAME = "name", _("name in original script")
    LATIN = "latin", _("name in Latin letters")
    ORGANISATION = "organisation", _("organisation")
    DELEGATION = "delegation", _("delegation")
    COUNTRY = "country", _("country")


class Band(TextChoices):
    CATEGORY = "category", _("colour of the category")
    EVENT = "event", _("colour of the event")
    PLAIN = "plain", _("white")


class Pile(TextChoices):
    """In which order the badges of a category lie on the desk."""

    NAME = "name", _("by name")
    DELEGATION = "delegation", _("by delegation or organisation, then by name")


LINES = 5
DEFAULT_LINES = [Line.NAME.value, Line.LATIN.value, Line.ORGANISATION.value, Line.COUNTRY.value]

MEASURES = {Size.A6: (105.0, 148.0), Size.CR80: (85.6, 53.98), Size.INCHES: (101.6, 76.2), Size.FOLD: (105.0, 296.0)}
_SHEETS = {Paper.A4: (210.0, 297.0), Paper.LETTER: (215.9, 279.4)}


@dataclass(frozen=True)
class Grid:
    """A page in millimetres, and how many badges lie on it."""

    width: float
    height: float
    columns: int
    rows: int


def grid(size: str, paper: str) -> Grid | None:
    """How badges of a size lie on a paper; None where not even one does."""
    width, height = MEASURES[Size(size)]
    if paper == Paper.SINGLE:
        return Grid(width, height, 1, 1)
    across, down = _SHEETS[Paper(paper)]
    columns, rows = int(across // width), int(down // height)
    return Grid(across, down, columns, rows) if columns and rows else None


class Pictogram(TextChoices):
    """Signs for rights, drawn here: black on white, legible at five millimetres."""

    PRESS = "press", _("camera")
    MEAL = "meal", _("cutlery")
    STAR = "star", _("star")
    STAGE = "stage", _("microphone")
    BUS = "bus", _("bus")
    LOUNGE = "lounge", _("cup")
    KEY = "key", _("key")
    TALKS = "talks", _("two speech bubbles")
    MEDICAL = "medical", _("cross")
    NIGHT = "night", _("moon")


_DRAWINGS = {
    Pictogram.PRESS: '<path d="M2 7h5l2-3h6l2 3h5v13H2z"/><circle cx="12" cy="13" r="4.6" fill="#fff"/>'
    '<circle cx="12" cy="13" r="2.6"/>',
    Pictogram.MEAL: '<path d="M5 2v6a3 3 0 0 0 2 2.8V22h2V10.8A3 3 0 0 0 11 8V2H9.6v6H8.7V2H7.3v6H6.4V2z"/>'
    '<path d="M19 2c-3 1-4.5 5-4.5 10H17v10h2z"/>',
    Pictogram.STAR: '<path d="M12 1.5l3.2 7 7.6.8-5.7 5.1 1.6 7.5-6.7-3.8-6.7 3.8 1.6-7.5L1.2 9.3l7.6-.8z"/>',
    Pictogram.STAGE: '<rect x="8.5" y="1.5" width="7" height="12" rx="3.5"/>'
    '<path d="M5 10v1a7 7 0 0 0 6 6.9V21H8v1.5h8V21h-3v-3.1A7 7 0 0 0 19 11v-1h-1.8v1a5.2 5.2 0 0 1-10.4 0v-1z"/>',
    Pictogram.BUS: '<path d="M4 3h16v15h-1v3h-3v-3H8v3H5v-3H4z"/><path d="M6 6h12v5H6z" fill="#fff"/>'
    '<circle cx="7.5" cy="14.5" r="1.3" fill="#fff"/><circle cx="16.5" cy="14.5" r="1.3" fill="#fff"/>',
    Pictogram.LOUNGE: '<path d="M3 7h14v2h4v7h-4.5a6 6 0 0 1-5.5 4H9a6 6 0 0 1-6-6zM17 11v3h2v-3zM2 21h16v1.5H2z" '
    'fill-rule="evenodd"/><path d="M7 1.5h1.5V5H7zM11.5 1.5H13V5h-1.5z"/>',
    Pictogram.KEY: '<path d="M7 6a6 6 0 1 0 5.7 8H16v3h3v-3h3v-4h-9.3A6 6 0 0 0 7 6zm0 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4z" '
    'fill-rule="evenodd"/>',
    Pictogram.TALKS: '<path d="M1.5 2h13v9H7l-3 3v-3H1.5z"/><path d="M17 7h5.5v10H20v4l-4-4H8.5v-3.5H17z"/>',
    Pictogram.MEDICAL: '<path d="M8.5 2h7v6.5H22v7h-6.5V22h-7v-6.5H2v-7h6.5z"/>',
    Pictogram.NIGHT: '<path d="M14 2a10 10 0 1 0 8 14.5A9 9 0 0 1 14 2z"/>',
}


def zone_drawing(pictogram: str) -> str:
    """The same for a zone: white on a black ground, so that a place is told from a right at a glance."""
    inside = _DRAWINGS[Pictogram(pictogram)].replace('fill="#fff"', 'fill="#000"')
    ground = '<rect width="24" height="24" rx="4"/>'
    shape = f'<g fill="#fff" transform="translate(3.6 3.6) scale(.7)">{inside}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{ground}{shape}</svg>'


def drawing(pictogram: str) -> str:
    """A pictogram as SVG."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{_DRAWINGS[Pictogram(pictogram)]}</svg>'
