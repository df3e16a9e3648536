"""The XML form of schedules (pentabarf, frab, pretalx): bytes to raw values with their line numbers.

Nothing outside the file is ever read: a document type, and with it every entity, is refused before the parser sees it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from portal.interchange.programme import BrokenProgramme, Remark
from portal.interchange.raw import Raw, RawDay, RawRoom, RawSchedule

# What our own exports add for what the published XSD has no place for: capacities, biographies, codes.
EXTENSION = "plenary"
# Encodings in which the search for a document type cannot be fooled, because they keep ASCII where it is.
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_PROLOG_ITEM = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)


def read_xml(data: bytes) -> RawSchedule:
    """Raises BrokenProgramme for anything that is not the XML of a schedule."""
    root = _parse(data)
    if root.tag != "schedule":
        problem = _("The file begins with <%(tag)s>, not with <schedule>.") % {"tag": root.tag}
        raise BrokenProgramme([Remark(_line(root), problem)])
    conference = root.find("conference")
    if conference is None:
        raise BrokenProgramme([Remark(_line(root), _("The schedule has no <conference>."))])
    extension = _extension(root)
    head = _texts(root, only={"version", "base_url", "url"})
    if "version" not in head[0] and (release := root.find("release")) is not None:
        head[0]["version"] = release.text or ""  # pentabarf's older name
    return RawSchedule(
        source="xml",
        head=Raw(_line(root), head[0], _places(root, head[1])),
        conference=_conference(conference, extension),
        rooms=_named(extension, "rooms", root),
        tracks=[_attributes(track) for track in conference.findall("track")],
        days=[_day(day, extension.get("persons", {})) for day in root.findall("day")],
    )


def _parse(data: bytes) -> etree._Element:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = _from_utf_16(data)
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"\0" in data[:4]:
        raise BrokenProgramme([Remark(_("line 1"), _("The text's encoding is not known. Save the file in UTF-8."))])
    declared = _DECLARED.match(data)
    if declared and declared[1].decode("latin-1").lower() not in _ENCODINGS:
        problem = _("The encoding “%(name)s” is not accepted. Save the file in UTF-8.")
        raise BrokenProgramme([Remark(_("line 1"), problem % {"name": declared[1].decode("latin-1")[:40]})])
    _refuse_document_type(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        where = _("line %(line)s") % {"line": error.lineno or 1}
        reason = re.sub(r", line \d+, column \d+$", "", (error.msg or "").split("\n")[0])
        problem = _("The XML is broken or cut short here: %(reason)s.") % {"reason": reason}
        raise BrokenProgramme([Remark(where, problem)]) from error
    return root


def _from_utf_16(data: bytes) -> bytes:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise BrokenProgramme([Remark("", _("The UTF-16 text is broken or cut short."))]) from error
    return re.sub(r"""(^<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""", r"\1", text).encode()


def _refuse_document_type(data: bytes) -> None:
    """Before the root element only space, comments and instructions may stand: no document type, so no entities."""
    position = 0
    while (item := _PROLOG_ITEM.match(data, position)) is not None:
        position = item.end()
    if data[position : position + 2] == b"<!":
        where = _("line %(line)s") % {"line": data.count(b"\n", 0, position) + 1}
        problem = _("Document types and entities are not accepted in schedules. Remove the <!DOCTYPE> and try again.")
        raise BrokenProgramme([Remark(where, problem)])


def _line(element: etree._Element) -> str:
    return _("line %(line)s") % {"line": element.sourceline}


def _texts(parent: etree._Element, only: set[str] | None = None) -> tuple[dict[str, Any], dict[str, int]]:
    """The texts of the child elements by name, and the line of each."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for child in parent.iterchildren(tag=etree.Element):
        if only is None or child.tag in only:
            values[child.tag] = _text(child)
            lines[str(child.tag)] = int(str(child.sourceline or 0))
    return values, lines


def _places(element: etree._Element, lines: dict[str, int]) -> Any:
    own = element.sourceline
    return lambda key: _("line %(line)s") % {"line": lines.get(key, own)}


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _own(element: etree._Element) -> dict[str, Any]:
    """The element's attributes."""
    return {str(name): str(value) for name, value in element.attrib.items()}


def _attributes(element: etree._Element, **more: Any) -> Raw:
    return Raw(_line(element), {**_own(element), **more}, _places(element, {}))


def _extension(root: etree._Element) -> dict[str, Any]:
    """What our own exports say in a processing instruction; anything unreadable there is nobody's fault and ignored."""
    for instruction in root.iterchildren(tag=etree.ProcessingInstruction):
        if getattr(instruction, "target", "") == EXTENSION:
            try:
                found = json.loads(instruction.text or "")
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def _named(extension: dict[str, Any], key: str, root: etree._Element) -> list[Raw]:
    """The extension's objects as raw values; their place is the file as a whole."""
    values = extension.get(key)
    if not isinstance(values, list):
        return []
    return [Raw(_line(root), value, _places(root, {})) for value in values if isinstance(value, dict)]


def _conference(element: etree._Element, extension: dict[str, Any]) -> Raw:
    values, lines = _texts(element)
    values.pop("track", None)
    if (color := element.find("color")) is not None:
        values["colors"] = _own(color)
    if isinstance(said := extension.get("conference"), dict):
        values |= said
    return Raw(_line(element), values, _places(element, lines))


def _day(element: etree._Element, known: Any) -> RawDay:
    values: dict[str, Any] = _own(element)
    values["day_start"], values["day_end"] = values.pop("start", None), values.pop("end", None)
    rooms = [
        RawRoom(
            _line(room),
            room.get("name"),
            room.get("guid"),
            [_session(event, known if isinstance(known, dict) else {}) for event in room.findall("event")],
        )
        for room in element.findall("room")
    ]
    return RawDay(Raw(_line(element), values, _places(element, {})), rooms)


def _session(element: etree._Element, known: dict[str, Any]) -> Raw:
    values, lines = _texts(element)
    values |= _own(element)
    values["persons"] = [_person(person, known) for person in element.iterfind("persons/person")]
    values["links"] = [_link(link) for link in element.iterfind("links/link")]
    values["attachments"] = [_link(link) for link in element.iterfind("attachments/attachment")]
    if values.pop("recording", None) is not None:
        values["recording_license"] = element.findtext("recording/license") or ""
        values["do_not_record"] = (element.findtext("recording/optout") or "").strip().lower() in {"true", "1"}
    return Raw(_line(element), values, _places(element, lines))


def _person(element: etree._Element, known: dict[str, Any]) -> Raw:
    said = known.get(element.get("guid") or "")
    return _attributes(element, public_name=_text(element), **(said if isinstance(said, dict) else {}))


def _link(element: etree._Element) -> Raw:
    return Raw(
        _line(element),
        {"url": element.get("href"), "type": element.get("type"), "title": _text(element)},
        _places(element, {}),
    )
