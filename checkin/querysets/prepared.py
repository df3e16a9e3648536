"""A cursor of psycopg that prepares what it runs. Imported on PostgreSQL only: elsewhere there may be no driver."""

from __future__ import annotations

from typing import Any

import psycopg


class PreparingCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Sends parameters apart from the text, and has the server keep the plan after the first few times.

    Django turns preparing off for its connections; it is on only while this cursor runs, so nothing else changes.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> PreparingCursor:
        before, self.connection.prepare_threshold = self.connection.prepare_threshold, 2
        try:
            return super().execute(query, params, **options)
        finally:
            self.connection.prepare_threshold = before
