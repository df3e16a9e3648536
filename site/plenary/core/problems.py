"""Errors of the JSON API as RFC 9457 describes them: the catalogue of codes, and the exception that answers with one.

An app adds its own codes beside the general ones with `define`, in its `api.py`. Nothing here knows of ninja or of HTTP requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One entry of the catalogue: a code programs compare, the status it comes with, a title for people."""

    code: str
    status: int
    title: Text

    @property
    def uri(self) -> str:
        """The address that explains the code; RFC 9457 asks for one that can be opened."""
        return f"{settings.WAGTAILADMIN_BASE_URL}/api/v1/problems/{self.code}/"


CATALOGUE: dict[str, Kind] = {}


def define(code: str, status: int, title: Text) -> Kind:
    """Add a kind of problem to the catalogue. A code means one thing for ever: defining it twice is an error."""
    if code in CATALOGUE:
        raise ValueError(f"the problem code {code!r} is taken")
    kind = CATALOGUE[code] = Kind(code, status, title)
    return kind


BAD_REQUEST = define("bad_request", 400, _("The request cannot be read"))
BAD_JSON = define("bad_json", 400, _("The body is not the JSON this address expects"))
UNAUTHENTICATED = define("unauthenticated", 401, _("A valid token is needed"))
FORBIDDEN = define("forbidden", 403, _("This is not allowed"))
NOT_FOUND = define("not_found", 404, _("There is nothing at this address"))
BAD_CURSOR = define("bad_cursor", 404, _("This list has no such page"))
METHOD_NOT_ALLOWED = define("method_not_allowed", 405, _("This address does not take this method"))
CONFLICT = define("conflict", 409, _("The request contradicts the present state"))
TOO_LARGE = define("too_large", 413, _("The body is too large"))
UNSUPPORTED_MEDIA_TYPE = define(
    "unsupported_media_type", 415, _("The body has a media type this address does not take")
)
INVALID = define("invalid", 422, _("Some values are missing or not valid"))
TOO_MANY_REQUESTS = define("too_many_requests", 429, _("Too many requests"))
INTERNAL = define("internal", 500, _("Something went wrong on our side"))
UNAVAILABLE = define("unavailable", 503, _("The service is not available just now"))

_GENERAL: Mapping[int, Kind] = {
    kind.status: kind
    for kind in (
        BAD_REQUEST,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        CONFLICT,
        TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        INVALID,
        TOO_MANY_REQUESTS,
        INTERNAL,
        UNAVAILABLE,
    )
}


def general(status: int) -> Kind:
    """The general kind of a status, for errors that frameworks raise with no more than a number."""
    return _GENERAL.get(status, INTERNAL if status >= 500 else BAD_REQUEST)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one value: a JSON pointer into the body (`#/scans/0/id`) or into the parameters (`#/limit`)."""

    pointer: str
    detail: Text
    code: str
    place: str = "body"  # body, query, path, header

    def as_json(self) -> dict[str, str]:
        return {"in": self.place, "pointer": self.pointer, "detail": str(self.detail), "code": self.code}


def pointer(*steps: str | int) -> str:
    """A JSON pointer as a URI fragment (RFC 6901): `pointer("answers", "a/b")` is `#/answers/a~1b`."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


@dataclass(eq=False)
class Problem(Exception):
    """Ends a request with an error of the catalogue: `raise Problem(CONFLICT, _("…what to do next…"))`."""

    kind: Kind
    detail: Text = ""
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The members of the answer, in the reader's language."""
        body: dict[str, Any] = {
            "type": self.kind.uri,
            "title": str(self.kind.title),
            "status": self.kind.status,
            "code": self.kind.code,
        }
        if self.detail:
            body["detail"] = str(self.detail)
        if self.errors:
            body["errors"] = [error.as_json() for error in self.errors]
        return body
