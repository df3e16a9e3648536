"""The JSON form of schedules (c3voc, frab, pretalx): bytes to raw values with their JSON paths."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from portal.interchange.programme import BrokenProgramme, Remark
from portal.interchange.raw import Raw, RawDay, RawRoom, RawSchedule

DEEPEST = 40


class _Twice(ValueError):
    """A JSON object names the same key twice, and a reader that takes the last would lose the first."""


def read_json(data: bytes) -> RawSchedule:
    """Raises BrokenProgramme for anything that is not the JSON of a schedule."""
    content = _parse(data)
    problems: list[Remark] = []
    schedule = _part(content, "schedule", "", dict, problems)
    conference = _part(schedule, "conference", "schedule.", dict, problems)
    days = _part(conference, "days", "schedule.conference.", list, problems)
    found = RawSchedule(
        source="json",
        head=_raw("schedule", schedule or {}),
        conference=_raw("schedule.conference", conference or {}),
        rooms=_objects(conference or {}, "rooms", "schedule.conference", problems),
        tracks=_objects(conference or {}, "tracks", "schedule.conference", problems),
        days=[_day(f"schedule.conference.days[{n}]", day, problems) for n, day in enumerate(days or [])],
    )
    if problems:
        raise BrokenProgramme(problems)
    return found


def _parse(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _("line %(line)s") % {"line": data.count(b"\n", 0, error.start) + 1}
        raise BrokenProgramme(
            [Remark(where, _("This is not UTF-8 text. Save the file in UTF-8 and try again."))]
        ) from error
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        problem = _("The JSON is broken or cut short here: %(reason)s.") % {"reason": error.msg}
        raise BrokenProgramme([Remark(where, problem)]) from error
    except _Twice as error:
        problem = _("“%(key)s” stands twice in one object.") % {"key": str(error)[:200]}
        raise BrokenProgramme([Remark(_line_of_second(text, str(error)), problem)]) from error
    except RecursionError as error:
        raise BrokenProgramme([Remark("", _("The JSON is nested too deep for a schedule."))]) from error
    except ValueError as error:
        raise BrokenProgramme([Remark("", _("The JSON holds a number that is none."))]) from error
    if _depth(content) > DEEPEST:
        raise BrokenProgramme([Remark("", _("The JSON is nested too deep for a schedule."))])
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [key for key, _value in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _line_of_second(text: str, key: str) -> str:
    """The parser does not say where it is when it finds a key twice: look for the key's second appearance."""
    quoted = json.dumps(key, ensure_ascii=False)
    first = text.find(quoted)
    second = text.find(quoted, first + 1)
    if first < 0 or second < 0:
        return ""
    return _("line %(line)s or after") % {"line": text.count("\n", 0, second) + 1}


def _depth(content: Any) -> int:
    """How deep the content is nested, counted level by level: no recursion that a hostile file could exhaust."""
    level, depth = [content], 0
    while level and depth <= DEEPEST:
        depth += 1
        children: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                children.extend(value.values())
            elif isinstance(value, list):
                children.extend(value)
        level = [child for child in children if isinstance(child, dict | list)]
    return depth


def _raw(where: str, values: dict[str, Any]) -> Raw:
    return Raw(where, values, lambda key: f"{where}.{key}")


def _part(parent: Any, key: str, path: str, kind: type, problems: list[Remark]) -> Any:
    """A part that must be there; asked of a missing parent it stays silent, because that was told already."""
    if parent is None:
        return None
    value = parent.get(key) if isinstance(parent, dict) else None
    if isinstance(value, kind):
        return value
    problems.append(
        Remark(
            f"{path}{key}",
            _("The schedule lacks a list here.") if kind is list else _("The schedule lacks an object here."),
        )
    )
    return None


def _objects(parent: dict[str, Any], key: str, path: str, problems: list[Remark]) -> list[Raw]:
    """The objects of a list that may be missing."""
    values = parent.get(key)
    if values is None:
        return []
    if not isinstance(values, list):
        problems.append(Remark(f"{path}.{key}", _("A list should stand here.")))
        return []
    found = []
    for number, value in enumerate(values):
        where = f"{path}.{key}[{number}]"
        if isinstance(value, dict):
            found.append(_raw(where, value))
        else:
            problems.append(Remark(where, _("An object should stand here.")))
    return found


def _day(where: str, day: Any, problems: list[Remark]) -> RawDay:
    if not isinstance(day, dict):
        problems.append(Remark(where, _("An object should stand here.")))
        return RawDay(_raw(where, {}), [])
    rooms = day.get("rooms")
    if not isinstance(rooms, dict):
        problems.append(Remark(f"{where}.rooms", _("The schedule lacks an object here.")))
        rooms = {}
    head = {key: value for key, value in day.items() if key != "rooms"}
    return RawDay(_raw(where, head), [_room(f"{where}.rooms", name, rooms, problems) for name in rooms])


def _room(path: str, name: str, rooms: dict[str, Any], problems: list[Remark]) -> RawRoom:
    where = f"{path}[{json.dumps(name, ensure_ascii=False)}]"
    sessions = rooms[name]
    if not isinstance(sessions, list):
        problems.append(Remark(where, _("A list should stand here.")))
        return RawRoom(where, name, None, [])
    found = []
    for number, session in enumerate(sessions):
        if isinstance(session, dict):
            found.append(_session(f"{where}[{number}]", session, problems))
        else:
            problems.append(Remark(f"{where}[{number}]", _("An object should stand here.")))
    return RawRoom(where, name, None, found)


def _session(where: str, session: dict[str, Any], problems: list[Remark]) -> Raw:
    values = dict(session)
    for key in ("persons", "links", "attachments"):
        values[key] = _objects(session, key, where, problems)
    return _raw(where, values)
