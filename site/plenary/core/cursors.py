"""Paging by position, not by number: a cursor names the last row seen, so rows that come or go meanwhile neither repeat nor hide.

Cursors are signed and belong to one list: nobody can craft one to probe other rows, and one list's cursor opens no other.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils.crypto import salted_hmac

_MAC_BYTES = 12
PATTERN = r"^[A-Za-z0-9_-]{20,400}$"
Row = TypeVar("Row", bound=Model)


class BadCursor(Exception):
    """Not a cursor of this list, or cut short on its way."""


def _mac(scope: str, payload: bytes) -> bytes:
    digest = salted_hmac(f"plenary.cursor.{scope}", payload, algorithm="sha256")
    return bytes(digest.digest()[:_MAC_BYTES])


def seal(scope: str, position: Sequence[Any]) -> str:
    """A cursor for the row with these values of the ordering fields."""
    payload = orjson.dumps(list(position), default=str)
    return base64.urlsafe_b64encode(_mac(scope, payload) + payload).rstrip(b"=").decode()


def unseal(scope: str, cursor: str) -> list[Any]:
    """The position a cursor names; raises BadCursor."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError as error:
        raise BadCursor("not a cursor") from error
    mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(scope, payload)):
        raise BadCursor("not ours, or of another list")
    position: list[Any] = orjson.loads(payload)
    return position


def page_of(
    rows: QuerySet[Row], *, by: Sequence[str], scope: str, cursor: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """One page in the order `by` (never-null fields, a leading "-" descends, the last one unique) and the next page's cursor."""
    names = [name.lstrip("-") for name in by]
    if cursor is not None:
        rows = rows.filter(_after(rows.model, by, unseal(scope, cursor)))
    found = list(rows.order_by(*by)[: limit + 1])
    if len(found) <= limit:
        return found, None
    found = found[:limit]
    return found, seal(scope, [getattr(found[-1], name) for name in names])


def _after(model: type[Model], by: Sequence[str], position: list[Any]) -> Q:
    """Rows past a position: past it in the first field, or equal there and past it in the next, and so on."""
    if len(position) != len(by):
        raise BadCursor("of another order")
    past, equal = Q(), Q()
    for name, given in zip(by, position, strict=True):
        column = name.lstrip("-")
        try:
            value = cast("Field[Any, Any]", model._meta.get_field(column)).to_python(given)
        except ValidationError as error:
            raise BadCursor("of another order") from error
        past |= equal & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{column: value})
    return past
