"""Runs the plain SQL of the door. On PostgreSQL short statements are prepared: to plan one takes five times its running."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

# Only statements whose text comes again: a list of place holders differs in length, plans once for many rows, and would
# fill the server with plans that never come again. What is about a batch sends its rows as one parameter.
SHORT = 18  # parameters


def run(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement answers."""
    # A batch has thousands of parameters, and asking the connection about each would cost more than running them.
    stored = parameters if is_postgresql() else [_as_sqlite(value) for value in parameters]
    with _cursor(len(parameters)) as cursor:
        cursor.execute(statement, stored)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _cursor(size: int) -> Any:
    # Behind a pooler that hands out another connection for each transaction, nothing can be prepared; Django's own
    # setting for that says so.
    if not is_postgresql() or size > SHORT or connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return connection.cursor()
    from checkin.querysets.prepared import PreparingCursor

    connection.ensure_connection()
    plain: Any = PreparingCursor(connection.connection)
    # Wrapped as Django wraps its own, so that statements are still counted, logged and translated into its errors.
    return connection.make_debug_cursor(plain) if connection.queries_logged else connection.make_cursor(plain)


def _as_sqlite(value: Any) -> Any:
    """A UUID or moment as plain SQL takes it on SQLite, which stores text as Django writes it; PostgreSQL has the types."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
