"""Names of the fields of a registration, which of them can be asked again, and which are material to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PERSON = ("salutation", "name", "latin_name", "organisation", "job_title", "nationality")
DOCUMENTS = ("document_number", "document_expiry", "document_nationality", "document", "assignment_letter")
MATERIAL = frozenset({"name", "latin_name", "organisation", "nationality", *DOCUMENTS})
_ANSWER = "answer:"
_PERSON = "person."


def answer_field(key: str) -> str:
    """The name of the field that holds the answer to a question."""
    return f"{_ANSWER}{key}"


def question_key(field: str) -> str:
    """The question whose answer a field holds; empty for what is no answer."""
    return field.removeprefix(_ANSWER) if field.startswith(_ANSWER) else ""


def person_key(name: str) -> str:
    """The key under which a change of a field of the person is asked for: no question is called so, as it is no slug."""
    return f"{_PERSON}{name}"


def person_name(key: str) -> str:
    """The field of the person that such a key stands for; empty for the key of a question."""
    name = key.removeprefix(_PERSON) if key.startswith(_PERSON) else ""
    return name if name in PERSON else ""


@dataclass(frozen=True)
class Seeing:
    """What one desk sees: its own questions (`None` for a question open to all), and documents or not."""

    desk: str
    documents: bool = True


def desks_to_ask_again(
    changed: Iterable[str], desks: Iterable[Seeing], *, material: Iterable[str], asked_by: Mapping[str, frozenset[str]]
) -> set[str]:
    """The desks that saw a material field which has changed, so that what they said no longer rests on what is there.

    `material` names the questions that are marked so; `asked_by` gives the desks of each question that is not open to
    all of them.
    """
    marked = set(material)
    every = list(desks)
    found: set[str] = set()
    for field in changed:
        key = question_key(field)
        if field not in MATERIAL and key not in marked:
            continue
        for seeing in every:
            if field in DOCUMENTS and not seeing.documents:
                continue
            if key and asked_by.get(key) and seeing.desk not in asked_by[key]:
                continue
            found.add(seeing.desk)
    return found
