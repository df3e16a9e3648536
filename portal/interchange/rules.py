"""How schedule files write names, durations and addresses. Pure functions of one value; every form is its own fixed point."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from anyascii import anyascii

_DURATION = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_ZONE = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+([:/?#].*)?")
# What XML 1.0 cannot hold: a text with one of these could be imported but never exported.
_UNWRITABLE = re.compile("[^\\u0009\\u000a\\u000d\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
LINK_KINDS = {"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"}  # of the JSON schema
LONGEST_SESSION = timedelta(days=1)


def writable(text: str) -> str:
    """The text without the characters that no schedule file and no database can hold."""
    return _UNWRITABLE.sub("", text)


def one_line(text: str) -> str:
    """A title or name: line breaks and tabs become spaces, everything else stays as it was written."""
    return re.sub(r"[\r\n\t]+", " ", writable(text))


def read_duration(text: str) -> timedelta | None:
    """“hh:mm” or “hh:mm:ss” as a time span; None for anything else."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def write_duration(span: timedelta) -> str:
    """A time span as “hh:mm”: what both published schemas accept."""
    minutes = max(int(span.total_seconds() // 60), 1)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def schema_zone(name: str) -> str | None:
    """A zone of the IANA list by the name the published schema takes, “Region/City” or “UTC”; None for any other."""
    if name in {"Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT", "UCT", "Zulu", "Universal", "Greenwich", "GMT0"}:
        return "UTC"
    if name == "UTC" or (_ZONE.match(name) and name in available_timezones()):
        return name
    return None


def schema_acronym(text: str) -> str:
    """A conference's acronym in small letters, digits and underscores, four at least, as both schemas ask."""
    plain = re.sub(r"[^a-z0-9]+", "_", anyascii(text).lower()).strip("_")
    return plain.ljust(4, "_") if plain else "conf"


def schema_slug(text: str) -> str:
    """A session's slug in the schemas' form: four characters, a hyphen, four more, the last a letter or digit."""
    plain = re.sub(r"[^a-z0-9_-]", "_", anyascii(text).lower()).lstrip("-").rstrip("_-")
    head, _hyphen, rest = plain.partition("-")
    return f"{head.ljust(4, '_')}-{rest.rjust(4, '0')}"


def schema_track_slug(text: str) -> str:
    """A track's slug in the schemas' form: a letter first, then letters, digits and hyphens."""
    plain = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")
    if len(plain) < 2 or not plain[0].isalpha():
        plain = f"track-{plain}".strip("-")
    return plain


def address(text: str, *, longest: int, otherwise: str) -> str:
    """A short name for addresses from a title in any script: small Latin letters, digits and hyphens."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = re.sub(r"[^a-z0-9]+", "-", anyascii(bare).lower()).strip("-")
    return plain[:longest].strip("-") or otherwise


def web_address(text: str, base: str) -> str | None:
    """An absolute http address: relative ones are resolved, bare host names completed; None for any other kind.

    A schedule's links are shown to visitors, so a `javascript:` address must not get through.
    """
    text = writable(text).strip().replace(" ", "%20")
    if not text:
        return None
    try:
        parts = urlsplit(text)
        if parts.scheme in {"http", "https"} and parts.netloc:
            return text
        if not parts.scheme and not text.startswith("/") and _HOST.fullmatch(text) and base != text:
            return f"https://{text}"
        if not parts.scheme and urlsplit(base).netloc:
            return urljoin(base, text)
    except ValueError:
        return None
    return None


def read_guid(text: str) -> UUID | None:
    """A UUID in its usual form with hyphens; None for anything else."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text.strip()):
        return None
    return UUID(text.strip())


def number_from(guid: UUID, taken: set[int]) -> int:
    """A positive number for a session that has none, the next free one after the identity's first digits."""
    number = int(guid.hex[:7], 16) + 1
    while number in taken:
        number += 1
    return number
