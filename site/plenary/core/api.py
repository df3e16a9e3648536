"""What the routers of all apps share: documented answers, paging, bearer tokens, cacheable reads, the reading of bodies.

from plenary.core.api import BearerAuth, Cursor, Limit, Page, answers, cached_for, page
from plenary.core.problems import CONFLICT, FieldError, Problem, define, pointer
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any, Generic, TypeVar, cast

import orjson
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from ninja.decorators import decorate_view
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field

from plenary.core import cursors, strict_json
from plenary.core.problems import BAD_CURSOR, UNSUPPORTED_MEDIA_TYPE, Kind, Problem

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Strict(Schema):
    """The base of request bodies: a member we do not know is an error, not a value silently lost."""

    model_config = ConfigDict(extra="forbid")


class ProblemError(Schema):
    """One value that is not valid."""

    in_: str = Field(alias="in", description="Where the value stands: body, query, path or header.")
    pointer: str = Field(description="JSON pointer to the value (RFC 6901), as a fragment.", examples=["#/scans/0/id"])
    detail: str = Field(description="What is wrong and what to do, in the language of the reader.")
    code: str = Field(description="The same for programs.")


class ProblemBody(Schema):
    """An error as RFC 9457 describes it."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="Address that explains the code.", json_schema_extra={"format": "uri"})
    title: str = Field(description="The kind of problem, in the language of the reader.")
    status: int = Field(ge=400, le=599)
    code: str = Field(description="The kind of problem for programs; never changes its meaning.")
    detail: str | None = Field(None, description="What is wrong here and what to do next.")
    errors: list[ProblemError] | None = Field(None, description="What is wrong with which value.")


class Page(Schema, Generic[Item]):
    """One page of a list. `next` is the cursor of the following page, null on the last."""

    items: list[Item]
    next: str | None


Cursor = Annotated[
    str | None,
    Query(None, pattern=cursors.PATTERN, description="The `next` of the page before; leave it out for the first."),
]
Limit = Annotated[int, Query(50, ge=1, le=200, description="How many items a page holds.")]


def page(
    rows: QuerySet[Row], *, by: Sequence[str], scope: str, cursor: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """One page of a list and the cursor of the next; see `cursors.page_of`. A cursor that is not ours is a 404."""
    try:
        return cursors.page_of(rows, by=by, scope=scope, cursor=cursor, limit=limit)
    except cursors.BadCursor as error:
        raise Problem(BAD_CURSOR, _("Start again without “cursor”.")) from error


def answers(success: Any, *problems: Kind | int, status: int = 200) -> dict[int, Any]:
    """The `response=` of an operation: its success, and each problem it raises itself.

    Problems that come by themselves (unreadable or invalid values, a missing token, a body too large, our own faults)
    are documented by the frame. `success` may be a dict of status and schema where there is more than one.
    """
    documented: dict[int, Any] = dict(success) if isinstance(success, Mapping) else {status: success}
    for problem in problems:
        documented[problem.status if isinstance(problem, Kind) else problem] = ProblemBody
    return documented


class BearerAuth(HttpBearer):
    """A token in `Authorization: Bearer …`. Subclass with `authenticate(request, token)`; None or False answers 401.

    The class name is the name of the security scheme in the description.
    """

    def __call__(self, request: HttpRequest) -> Any | None:
        scheme, _space, token = request.headers.get(self.header, "").partition(" ")
        token = token.strip()
        # Ninja's own version writes the whole header to the log while developing; tokens never belong there.
        if scheme.lower() != "bearer" or not token or len(token) > 500 or not token.isascii():
            return None
        return self.authenticate(request, token)


def cached_for(seconds: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """For public reads, under the router's decorator: an ETag, 304 to who has it already, and leave for caches to keep it."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            patch_cache_control(response, public=True, max_age=seconds)
            return with_etag(request, response)

        return wrapped

    return cast(Callable[[Callable[..., Any]], Callable[..., Any]], decorate_view(around))


def with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with a tag of its content, or 304 without content where the request names that tag."""
    from django.utils.cache import set_response_etag

    if not response.has_header("ETag"):
        set_response_etag(response)
    conditional = get_conditional_response(request, etag=response["ETag"], response=response)
    return cast(HttpResponse, conditional)


class StrictParser(Parser):
    """Reads bodies; refuses what no schema can describe before any schema sees it."""

    def parse_body(self, request: HttpRequest) -> Any:
        media_type = (request.content_type or "").lower()
        if media_type != "application/json":
            raise Problem(UNSUPPORTED_MEDIA_TYPE, _("Send the body as application/json."))
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise Problem(UNSUPPORTED_MEDIA_TYPE, _("Send the body in UTF-8."))
        return strict_json.loads(request.body)


class FastRenderer(BaseRenderer):
    """JSON by orjson: dates as RFC 3339, UUIDs as text, keys in the order of the schema."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return render_json(data)


def render_json(data: Any) -> bytes:
    return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
