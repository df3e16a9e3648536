"""The forum's delegations: one that has confirmed its list, one at work, one that has not begun to fill in; and a walk-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.fields import Label
from plenary.core.languages import LANGUAGES
from plenary.events.models import Event
from registration.actions import (
    Particulars,
    confirm_list,
    decide_members,
    fill_in_member,
    nominate,
    save_delegation,
    send_workspace_link,
)
from registration.actions.desk import register_at_desk
from registration.forms.fields import country_name
from registration.models import Category, Delegation
from registration.rules import State

HEAD, DELEGATE = "head-of-delegation", "delegate"


class Told(NamedTuple):
    """One delegation: country, focal point, language, places, members as (category, name, Latin name, function, filled in)."""

    country: str
    focal: str
    title: str
    language: str
    places: dict[str, int]
    members: tuple[tuple[str, str, str, str, bool], ...]


DELEGATIONS = (
    Told(
        "GH", "Kofi Mensah", "Counsellor, Permanent Mission", "en", {HEAD: 1, DELEGATE: 5},
        (
            (HEAD, "Adwoa Sarpong", "", "Minister of Water Resources", True),
            (DELEGATE, "Kwame Asante", "", "Director, River Basins", True),
            (DELEGATE, "Efua Ofori", "", "Hydrologist", True),
            (DELEGATE, "Yaw Boateng", "", "Adviser", False),
        ),
    ),
    Told(
        "JO", "سمر الخطيب", "السكرتيرة الأولى", "ar", {HEAD: 1, DELEGATE: 3},
        (
            (HEAD, "هيثم النابلسي", "Haitham Nabulsi", "وزير المياه والري", False),
            (DELEGATE, "رنا حداد", "Rana Haddad", "مديرة التخطيط", False),
        ),
    ),
    Told(
        "CI", "Aya Kouassi", "Conseillère", "fr", {HEAD: 1, DELEGATE: 2},
        (
            (HEAD, "Ibrahim Touré", "", "Directeur de l’hydraulique", True),
            (DELEGATE, "Mariam Diabaté", "", "Ingénieure", True),
        ),
    ),
)  # fmt: skip


def make_delegations(event: Event, categories: dict[str, Category], staff: dict[str, Actor]) -> None:
    """Through the verbs that staff and focal points use, mails included."""
    ghana, _jordan, ivory_coast = (_make(event, categories, told, staff["office"]) for told in DELEGATIONS)
    confirm_list(delegation_id=ivory_coast.pk)
    waiting = ivory_coast.members.filter(state=State.SUBMITTED).values_list("pk", flat=True)
    decide_members(delegation_id=ivory_coast.pk, member_ids=list(waiting), to=State.APPROVED, by=staff["protocol"])
    head = ghana.members.get(category=categories[HEAD])
    decide_members(delegation_id=ghana.pk, member_ids=[head.pk], to=State.APPROVED, by=staff["protocol"])
    _walk_in(event, categories, staff["desk"])


def _origin(event: Event, *parts: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://{event.slug}.example/delegation/{'/'.join(parts)}")


def _make(event: Event, categories: dict[str, Category], told: Told, by: Actor) -> Delegation:
    delegation = Delegation(
        event=event,
        name=Label({language.code: country_name(told.country, language.code) for language in LANGUAGES}),
        country=told.country,
        focal_name=told.focal,
        focal_title=told.title,
        email=f"delegation-{told.country.lower()}@guests.example",
        language=told.language,
        deadline=timezone.now() + timedelta(days=20),
    )
    save_delegation(delegation, quotas={categories[slug]: count for slug, count in told.places.items()}, by=by)
    send_workspace_link(delegation_id=delegation.pk, by=by)
    for slug, name, latin, job_title, filled_in in told.members:
        person = Particulars(
            email="",
            name=name,
            latin_name=latin,
            organisation=country_name(told.country, told.language),
            job_title=job_title,
            nationality=told.country,
        )
        member = nominate(
            delegation_id=delegation.pk,
            category=categories[slug],
            person=person,
            origin=_origin(event, told.country, latin or name),
        )
        if filled_in:
            fill_in_member(
                delegation_id=delegation.pk, member_id=member.pk, particulars=person, answers=_answers(told, slug)
            )
    return delegation


def _answers(told: Told, slug: str) -> dict[str, Any]:
    spoken = told.language if told.language in {"fr", "ar"} else "none"
    found = {"interpretation": spoken, "privacy": True, "passport-nationality": told.country, "visa-letter": "yes"}
    return found | {"delegation-size": len(told.members)} if slug == HEAD else found


def _walk_in(event: Event, categories: dict[str, Category], by: Actor) -> None:
    register_at_desk(
        category=categories[DELEGATE],
        particulars=Particulars(
            email="", name="Tomás Ferreira", organisation="River Watch", job_title="Analyst", nationality="PT"
        ),
        answers={},
        language="en",
        origin=_origin(event, "walk-in"),
        source="desk",
        by=by,
    )
