"""How the database finds a page of the vetting queue when a hundred thousand wait: in the order of an index, never by sorting."""

import pytest
from django.db import connection

from registration.models import Registration
from registration.rules import State
from registration.viewsets.queue import QueueFilterSet
from tests.factories.registration import RegistrationFactory

pytestmark = pytest.mark.django_db
MANY = 100_000


def pretend_many(cursor) -> None:
    """Statistics as after ANALYZE where nearly everybody awaits a decision at one event, in one category."""
    cursor.execute("ANALYZE")
    cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'registration_registration'")
    for index in Registration._meta.indexes:
        alike = {"id": 1, "created_at": 1, "name": 1, "nationality": MANY // 6}
        rows = [MANY, *(alike.get(field, MANY) for field, _way in index.fields_orders)]
        cursor.execute(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('registration_registration', %s, %s)",
            [index.name, " ".join(map(str, rows))],
        )
    cursor.execute("ANALYZE sqlite_schema")


def plan(**filters) -> str:
    """The plan of a page."""
    page = Registration.objects.filter(state=State.SUBMITTED, **filters).order_by("created_at", "id")
    sql, params = page.values_list("pk", flat=True)[:50].query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            pretend_many(cursor)
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        else:
            # It plans by what it holds, which here is next to nothing: only whether an index gives the order can be asked.
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", params)
        return " / ".join(row[-1] for row in cursor.fetchall()).upper()


def test_the_first_page_is_read_in_the_order_of_an_index():
    found = plan()
    assert "ORDER BY" not in found  # SQLite's word for it
    assert "SORT" not in found
    assert "USING" in found


def test_a_page_of_one_event_category_or_nationality_is_not_sorted():
    person = RegistrationFactory()
    for narrowed in ({"event": person.event}, {"category": person.category}, {"nationality": "KE"}):
        found = plan(**narrowed)
        assert "ORDER BY" not in found  # SQLite's word for it
        assert "SORT" not in found
        assert "USING" in found


def test_no_filter_asks_for_distinct_lines():
    assert [name for name, one in QueueFilterSet.base_filters.items() if one.distinct] == []
