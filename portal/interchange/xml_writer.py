"""A Programme as XML of the published c3voc XSD. Pure.

What the XSD has no place for (capacities, biographies, codes) goes into one processing instruction, which validators
and other programs pass over and our own reader takes up again.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from portal.interchange.json_writer import by_day_and_room
from portal.interchange.programme import Conference, Link, Person, Programme, Session, Track
from portal.interchange.rules import write_duration
from portal.interchange.xml_reader import EXTENSION


def write_xml(programme: Programme) -> bytes:
    zone = ZoneInfo(programme.conference.time_zone or "UTC")
    persons = {person.guid: person for person in programme.persons}
    guids = {room.name: str(room.guid) for room in programme.rooms}
    root = etree.Element("schedule")
    root.append(_extension(programme))
    etree.SubElement(root, "generator", name="Plenary")
    _text(root, "version", programme.version)
    _conference(root, programme.conference, programme.tracks, len(programme.days))
    for day, rooms in by_day_and_room(programme):
        attributes = {"index": str(day.index), "date": day.date.isoformat()}
        hours = {"start": _local(day.start, zone), "end": _local(day.end, zone)}
        element = etree.SubElement(root, "day", attributes | hours)
        for name, sessions in rooms.items():
            known = {"guid": guids[name]} if name in guids else {}
            room = etree.SubElement(element, "room", {"name": name} | known)
            for session in sessions:
                _session(room, session, persons, zone)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _extension(programme: Programme) -> Any:
    rooms = [
        {"name": room.name, "guid": str(room.guid), "capacity": room.capacity}
        | ({} if room.description is None else {"description": room.description})
        for room in programme.rooms
    ]
    persons = {
        str(person.guid): {"code": person.code} | ({} if person.biography is None else {"biography": person.biography})
        for person in programme.persons
    }
    said = {"rooms": rooms, "persons": persons}
    if programme.conference.description is not None:
        said["conference"] = {"description": programme.conference.description}
    # "?>" would end the instruction, so no ">" stands in it.
    return etree.ProcessingInstruction(EXTENSION, json.dumps(said).replace(">", "\\u003e"))


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _text(parent: Any, name: str, value: str) -> None:
    etree.SubElement(parent, name).text = value


def _address(parent: Any, name: str, value: str | None) -> None:
    """An address element only where there is one: the XSD takes no empty address."""
    if value:
        _text(parent, name, value)


def _conference(root: Any, about: Conference, tracks: tuple[Track, ...], days: int) -> None:
    element = etree.SubElement(root, "conference")
    _text(element, "acronym", about.acronym)
    _text(element, "title", about.title)
    _text(element, "start", about.start.isoformat())
    _text(element, "end", about.end.isoformat())
    _text(element, "days", str(days))
    _text(element, "timeslot_duration", about.timeslot)
    _address(element, "base_url", about.base_url)
    _address(element, "url", about.url)
    _address(element, "logo", about.logo)
    _text(element, "time_zone_name", about.time_zone or "UTC")
    if about.colour:
        etree.SubElement(element, "color", primary=about.colour)
    for track in tracks:
        attributes = {"name": track.name, "slug": track.slug}
        etree.SubElement(element, "track", attributes | ({"color": track.colour} if track.colour else {}))


def _session(parent: Any, session: Session, persons: dict[Any, Person], zone: ZoneInfo) -> None:
    local = session.start.astimezone(zone)
    element = etree.SubElement(parent, "event", guid=str(session.guid))
    if session.id is not None:
        element.set("id", str(session.id))
    if session.code and len(session.code) == 6:
        element.set("code", session.code)  # the XSD takes codes of six only
    _text(element, "room", session.room)
    _text(element, "title", session.title)
    _text(element, "subtitle", session.subtitle)
    _text(element, "type", session.kind)
    _text(element, "date", local.isoformat(timespec="seconds"))
    _text(element, "start", f"{local:%H:%M}")
    _text(element, "duration", write_duration(session.duration))
    _text(element, "abstract", session.abstract)
    if session.slug:
        _text(element, "slug", session.slug)
    _text(element, "track", session.track)
    _address(element, "logo", session.logo)
    listed = etree.SubElement(element, "persons")
    for person in (persons[guid] for guid in session.persons):
        known = {"id": str(person.id)} if person.id is not None else {}
        etree.SubElement(listed, "person", known | {"guid": str(person.guid)}).text = person.name
    _text(element, "language", session.language)
    _text(element, "description", session.description)
    recording = etree.SubElement(element, "recording")
    _text(recording, "license", session.licence)
    _text(recording, "optout", "false" if session.recorded else "true")
    _links(element, "links", "link", session.links)
    _links(element, "attachments", "attachment", session.attachments)
    _address(element, "url", session.url)
    _address(element, "feedback_url", session.feedback_url)
    _address(element, "origin_url", session.origin_url)


def _links(parent: Any, plural: str, single: str, links: tuple[Link, ...]) -> None:
    listed = etree.SubElement(parent, plural)
    for link in links:
        element = etree.SubElement(listed, single, {"href": link.url} | ({"type": link.kind} if link.kind else {}))
        element.text = link.title
