"""Reading schedule files: every variant arrives whole, every broken one says where it is broken."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.interchange.programme import BrokenProgramme, Link, Programme
from portal.interchange.reading import LARGEST, read

Files = Callable[[str], bytes]
FIRST = "schedule.conference.days[0].rooms"


def problems(data: bytes) -> list[str]:
    with pytest.raises(BrokenProgramme) as broken:
        read(data)
    return [str(problem) for problem in broken.value.problems]


def changed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A JSON schedule after a change of its content."""
    content = json.loads(data)
    change(content["schedule"])
    return json.dumps(content).encode()


def first_session(schedule: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schedule["conference"]["days"][0]["rooms"]["Aula"][0]
    return found


def titles(programme: Programme) -> list[str]:
    return [session.title for session in programme.sessions]


# -- what arrives ------------------------------------------------------------------------------------------------------
def test_a_frab_file_arrives_whole(schedule: Files) -> None:
    reading = read(schedule("frab.json"))
    programme = reading.programme

    assert programme.version == "Gacrux 2"
    assert (reading.acronym_as_written, programme.conference.acronym) == ("River2030", "river2030")
    assert [room.name for room in programme.rooms] == ["Aula", "Garden"]
    assert [track.name for track in programme.tracks] == ["Plenary", "Engineering"]
    assert sorted(person.name for person in programme.persons) == ["Ада Ловелас", "李娜"]
    opening = programme.sessions[0]
    assert opening.title == "Opening "
    assert opening.start == datetime(2030, 5, 14, 8, 0, tzinfo=UTC)
    assert opening.duration == timedelta(minutes=30)
    assert opening.abstract == "Welcome.\r\nTo all."
    assert opening.logo == "https://schedule.example/logos/11.png"
    assert opening.attachments == (Link("https://schedule.example/files/a%20b.pdf", "Slides", "slides"),)
    assert opening.slug == "river2030-11-opening"
    assert opening.licence == "CC BY"
    assert len(opening.persons) == 2


def test_a_session_after_midnight_belongs_to_the_evening_before(schedule: Files) -> None:
    programme = read(schedule("frab.json")).programme

    assert programme.conference.day_change == timedelta(hours=4)
    night = programme.sessions[1]
    assert night.start == datetime(2030, 5, 14, 22, 30, tzinfo=UTC)
    assert not night.recorded
    assert night.track == ""


def test_an_address_that_is_no_web_page_never_gets_through(schedule: Files) -> None:
    reading = read(schedule("frab.json"))

    assert reading.programme.sessions[0].links == (Link("https://rivers.example", "Rivers"),)
    assert any("javascript:" in warning.text for warning in reading.warnings)


def test_a_pretalx_file_keeps_its_moments_though_its_zone_and_its_offsets_differ(schedule: Files) -> None:
    programme = read(schedule("pretalx.json")).programme

    assert programme.conference.time_zone == "UTC"
    assert programme.sessions[0].start == datetime(2030, 12, 14, 8, 0, tzinfo=UTC)
    assert programme.conference.day_change == timedelta(hours=3)
    assert programme.conference.colour == "#3aa57c"
    assert programme.tracks[0].slug == "track-12-wet"


def test_two_rooms_that_share_an_identity_are_two_rooms(schedule: Files) -> None:
    rooms = read(schedule("pretalx.json")).programme.rooms

    assert [(room.name, room.capacity, room.description) for room in rooms] == [
        ("Gray Room", 40, "Ground floor"),
        ("Tan Room", None, ""),
    ]
    assert rooms[0].guid == rooms[1].guid


def test_pretalx_says_the_same_in_xml_and_in_json(schedule: Files) -> None:
    from_json, from_xml = read(schedule("pretalx.json")).programme, read(schedule("pretalx.xml")).programme

    assert titles(from_xml) == titles(from_json)
    assert from_xml.sessions[0].start == from_json.sessions[0].start
    assert from_xml.sessions[0].feedback_url == from_json.sessions[0].feedback_url
    assert from_xml.conference.colour == from_json.conference.colour
    assert from_xml.tracks == from_json.tracks
    assert not from_xml.sessions[0].recorded
    assert from_xml.sessions[0].attachments == (Link("https://talks.example/a.pdf", "Paper", "paper"),)


def test_a_biography_that_a_format_has_no_place_for_is_unsaid_not_empty(schedule: Files) -> None:
    assert read(schedule("pretalx.json")).programme.persons[0].biography == "Born by a lake."
    assert read(schedule("pretalx.xml")).programme.persons[0].biography is None


def test_an_old_pentabarf_file_without_dates_is_read_in_the_zone_of_the_event(schedule: Files) -> None:
    reading = read(schedule("pentabarf.xml"), zone="Europe/Berlin")
    evening, night = reading.programme.sessions

    assert reading.programme.version == "1.0 été"
    assert evening.start == datetime(2030, 2, 2, 22, 30, tzinfo=UTC)
    assert night.start == datetime(2030, 2, 2, 23, 15, tzinfo=UTC)
    assert evening.abstract == "<p>Text & mehr</p>"
    assert reading.programme.persons[0].name == "Jörg"
    assert any("zone" in warning.text for warning in reading.warnings)


def test_the_format_is_recognised_by_content_not_by_name(schedule: Files) -> None:
    assert read(b"\xef\xbb\xbf\n " + schedule("frab.json")).source == "json"
    assert read(b"\xef\xbb\xbf" + schedule("pretalx.xml")).source == "xml"
    as_utf_16 = schedule("pretalx.xml").decode().encode("utf-16")
    assert read(as_utf_16).programme == read(schedule("pretalx.xml")).programme


def test_reading_twice_gives_the_same_identities(schedule: Files) -> None:
    assert read(schedule("frab.json")).programme == read(schedule("frab.json")).programme


def test_sessions_that_overlap_in_one_room_are_a_warning_only(schedule: Files) -> None:
    def overlap(content: dict[str, Any]) -> None:
        content["conference"]["days"][0]["rooms"]["Aula"][1]["date"] = "2030-05-14T10:15:00+02:00"

    reading = read(changed(schedule("frab.json"), overlap))

    assert ["begins before" in warning.text for warning in reading.warnings].count(True) == 1


def test_characters_no_file_can_hold_are_left_out(schedule: Files) -> None:
    data = changed(
        schedule("frab.json"), lambda content: first_session(content).update(title="A\u0000\ud800B\u000bC\nD")
    )

    assert read(data).programme.sessions[0].title == "ABC D"


# -- what is refused -----------------------------------------------------------------------------------------------------
FIELD_CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("no guid", {"guid": None}, "[0].guid", "no guid"),
    ("a guid that is none", {"guid": "1234"}, "[0].guid", "is no guid"),
    ("no duration", {"duration": ""}, "[0].duration", "no duration"),
    ("a duration of zero", {"duration": "00:00"}, "[0].duration", "longer than nothing"),
    ("a negative duration", {"duration": "-00:30"}, "[0].duration", "no duration"),
    ("a duration of two days", {"duration": "48:00"}, "[0].duration", "at most a day"),
    ("minutes beyond sixty", {"duration": "00:75"}, "[0].duration", "no duration"),
    ("a duration that is a number", {"duration": 30}, "[0].duration", "no duration"),
    ("no date", {"date": None, "start": None}, "[0].date", "no date"),
    ("a date that is none", {"date": "14 May"}, "[0].date", "no date and time"),
    ("a day before the conference", {"date": "2030-05-13T10:00:00+02:00"}, "[0].date", "outside the conference"),
    ("a day after the conference", {"date": "2030-05-16T10:00:00+02:00"}, "[0].date", "outside the conference"),
    ("a year the calendar lacks", {"date": "0001-01-01T00:00:00+23:00"}, "[0].date", ""),
    ("no room", {"room": None}, "[0].room", "no room"),
    ("another room", {"room": "Garden"}, "[0].room", "Garden"),
    ("no title", {"title": " "}, "[0].title", "missing or empty"),
    ("a title without end", {"title": "x" * 256}, "[0].title", "256 characters"),
    ("a title that is a list", {"title": ["a"]}, "[0].title", "A text should stand here"),
    ("an id of zero", {"id": 0}, "[0].id", "whole number"),
    ("an id that is true", {"id": True}, "[0].id", "whole number"),
    ("an id twice", {"id": 12}, "[1].id", "was given before"),
    ("a guid twice", {"guid": "22222222-2222-4222-8222-222222222222"}, "[1].guid", "was given before"),
    ("a slug twice", {"slug": "River2030-12-night"}, "[1].slug", "was given before"),
    ("persons that are no list", {"persons": "me"}, "[0].persons", "A list should stand here"),
    ("a person that is no object", {"persons": [7]}, "[0].persons[0]", "An object should stand here"),
    ("a person without a name", {"persons": [{"id": 4}]}, "[0].persons[0]", "no name"),
]


@pytest.mark.parametrize(
    ("field", "place", "text"), [case[1:] for case in FIELD_CASES], ids=[c[0] for c in FIELD_CASES]
)
def test_a_wrong_field_is_named_with_its_path(schedule: Files, field: dict[str, Any], place: str, text: str) -> None:
    found = problems(changed(schedule("frab.json"), lambda content: first_session(content).update(field)))

    assert any(problem.startswith(f'{FIRST}["Aula"]{place}') and text in problem for problem in found), found


def test_all_that_is_wrong_is_told_at_once(schedule: Files) -> None:
    def break_much(content: dict[str, Any]) -> None:
        first_session(content).update(guid=None, duration="soon")
        content["conference"]["time_zone_name"] = "Mars/Olympus"

    assert len(problems(changed(schedule("frab.json"), break_much))) == 3


CONFERENCE_CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("an unknown zone", {"time_zone_name": "Europe/Nowhere"}, "conference.time_zone_name", "not a time zone"),
    ("a zone by abbreviation", {"time_zone_name": "CEST"}, "conference.time_zone_name", "not a time zone"),
    ("an end before the start", {"end": "2030-05-01"}, "conference.end", "ends before it starts"),
    ("a start that is no date", {"start": "soon"}, "conference.start", "is no date"),
    ("no title", {"title": ""}, "conference.title", "missing or empty"),
    ("a timeslot that is none", {"timeslot_duration": "x"}, "conference.timeslot_duration", "no duration"),
    ("days that are no list", {"days": {}}, "conference.days", "lacks a list"),
    ("a day that is no object", {"days": [1]}, "conference.days[0]", "An object should stand here"),
    ("rooms that are no list", {"rooms": {}}, "conference.rooms", "A list should stand here"),
    ("a room twice", {"rooms": [{"name": "Aula"}, {"name": "Aula"}]}, "conference.rooms[1]", "listed twice"),
]


@pytest.mark.parametrize(
    ("field", "place", "text"), [case[1:] for case in CONFERENCE_CASES], ids=[c[0] for c in CONFERENCE_CASES]
)
def test_a_wrong_conference_is_named_with_its_path(
    schedule: Files, field: dict[str, Any], place: str, text: str
) -> None:
    found = problems(changed(schedule("frab.json"), lambda content: content["conference"].update(field)))

    assert any(problem.startswith(f"schedule.{place}") and text in problem for problem in found), found


def test_a_day_that_ends_before_it_starts_is_refused(schedule: Files) -> None:
    def turn(content: dict[str, Any]) -> None:
        content["conference"]["days"][1]["day_end"] = "2030-05-15T08:00:00+02:00"

    assert "does not end after it starts" in problems(changed(schedule("frab.json"), turn))[0]


def test_a_day_given_twice_is_refused(schedule: Files) -> None:
    found = problems(changed(schedule("frab.json"), lambda content: content["conference"]["days"][1].update(index=1)))

    assert found[0].startswith("schedule.conference.days[1].index")


def test_a_truncated_json_file_names_its_line(schedule: Files) -> None:
    data = schedule("frab.json")
    found = problems(data[: len(data) // 2])

    assert found[0].startswith("line ")
    assert "cut short" in found[0]


def test_a_truncated_xml_file_names_its_line(schedule: Files) -> None:
    data = schedule("pretalx.xml")
    lines = data[: len(data) // 2].count(b"\n") + 1
    found = problems(data[: len(data) // 2])

    assert found[0].startswith(f"line {lines}:")


def test_a_wrong_encoding_names_its_line(schedule: Files) -> None:
    latin = schedule("frab.json").replace("李娜".encode(), b"J\xf6rg")
    assert problems(latin)[0].startswith(f"line {latin[: latin.index(b'J')].count(10) + 1}:")
    undeclared = schedule("pentabarf.xml").replace(b"ISO-8859-1", b"utf-8")
    assert problems(undeclared) == [
        "line 27: The XML is broken or cut short here: Invalid bytes in character encoding."
    ]


@pytest.mark.parametrize("encoding", ["UTF-7", "cp037", "utf-32"])
def test_an_encoding_that_could_hide_a_document_type_is_refused(encoding: str) -> None:
    assert "is not accepted" in problems(f'<?xml version="1.0" encoding="{encoding}"?><schedule/>'.encode())[0]


BOMB = b"""<?xml version="1.0"?>
<!-- harmless -->
<!DOCTYPE schedule [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<schedule><version>&b;</version></schedule>"""
OUTSIDE = b'<!DOCTYPE schedule SYSTEM "file:///etc/passwd"><schedule/>'


@pytest.mark.parametrize(("data", "line"), [(BOMB, 3), (OUTSIDE, 1), (BOMB.decode().encode("utf-16"), 3)])
def test_document_types_and_entities_are_refused_before_they_are_read(data: bytes, line: int) -> None:
    found = problems(data)

    assert len(found) == 1
    assert "DOCTYPE" in found[0]
    assert found[0].startswith(f"line {line}")


def test_xml_names_the_line_of_a_wrong_field(schedule: Files) -> None:
    data = schedule("pretalx.xml").replace(b"<duration>00:30", b"<duration>00:00")

    assert problems(data) == ["line 27: A session lasts longer than nothing and at most a day."]


def test_xml_without_guid_names_the_event(schedule: Files) -> None:
    data = schedule("pretalx.xml").replace(b"guid='8079583e-8321-506c-95af-fd2903a5f075' ", b"")

    assert problems(data)[0].startswith("line 20: The session has no guid")


def test_xml_without_a_room_is_refused(schedule: Files) -> None:
    assert "no name" in problems(schedule("pretalx.xml").replace(b"room name='Gray Room'", b"room"))[0]
    assert "no room" in problems(schedule("pretalx.xml").replace(b"<room>Gray Room</room>", b""))[0]


OTHER_CASES = [
    ("nothing", b"", "empty"),
    ("a picture", b"\x89PNG\r\n", "neither the XML nor the JSON"),
    ("another root", b"<rss/>", "begins with <rss>"),
    ("no conference", b"<schedule/>", "no <conference>"),
    ("a list", b"[]", "lacks an object"),
    ("no schedule", b"{}", "lacks an object"),
    ("a key twice", b'{"schedule": 1,\n"schedule": 2}', "stands twice"),
    ("not a number", b'{"schedule": NaN}', "number that is none"),
    ("a number beyond all", b'{"schedule": ' + b"9" * 5000 + b"}", "number that is none"),
    ("depth", b'{"schedule": ' + b"[" * 60 + b"]" * 60 + b"}", "too deep"),
    ("depth beyond the stack", b"[" * 100_000, "too deep"),
    ("XML depth", b"<schedule>" + b"<a>" * 5000, "broken or cut short"),
    ("size", b" " * (LARGEST + 1), "larger than"),
]


@pytest.mark.parametrize(("data", "text"), [case[1:] for case in OTHER_CASES], ids=[case[0] for case in OTHER_CASES])
def test_what_is_no_schedule_is_refused_with_a_clear_word(data: bytes, text: str) -> None:
    found = problems(data)

    assert len(found) == 1
    assert text in found[0]


def test_persons_without_any_identity_are_told_apart_by_name(schedule: Files) -> None:
    persons = [{"public_name": "A"}, {"public_name": "B"}, {"public_name": "A"}]
    data = changed(schedule("frab.json"), lambda content: first_session(content).update(persons=persons))
    programme = read(data).programme

    assert len(programme.sessions[0].persons) == 2
    assert all(isinstance(guid, UUID) for guid in programme.sessions[0].persons)
