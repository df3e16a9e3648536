"""A row for writing, with what is joined to it as it is now."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def lock_then_read(rows: QuerySet[Row], pk: Any) -> Row:
    """Lock a row, then read it from `rows`; the caller holds the transaction. Raises DoesNotExist.

    Two statements and not one: on PostgreSQL a row that was waited for is new, but what the same statement joins to it is
    as old as the statement, and what another request has just attached would be missed.
    """
    rows.model._default_manager.select_for_update().only("pk").get(pk=pk)
    return rows.get(pk=pk)
