"""A door's scans while the server is killed and the database goes away: the small version of the bench's crash run."""

from urllib.parse import urlsplit

import pytest
from django.db import connection, connections

from tests.benchmarks.crash import WRONG, judge, rehearse, set_up
from tests.benchmarks.faults import Proxy
from tests.benchmarks.server import Database, Product
from tests.factories.checkin import make_credential
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency, pytest.mark.slow]
SECONDS = 3


def address() -> tuple[str, Proxy | None]:
    """Of the tests' database: a file, or a server behind a line that can be broken."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}", None
    facts = connection.settings_dict
    proxy = Proxy(facts["HOST"] or "127.0.0.1", int(facts["PORT"] or 5432))
    secret = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return urlsplit(f"postgres://{facts['USER']}{secret}@127.0.0.1:{proxy.port}/{name}").geturl(), proxy


def test_no_scan_is_lost_or_doubled_while_the_server_is_killed_and_the_database_goes_away(tmp_path):
    event = EventFactory(slug="summit")
    category = CategoryFactory(event=event)
    for _guest in range(80):
        make_credential(event, category=category)
    stage = set_up(event, 80)
    connections.close_all()
    url, proxy = address()
    try:
        with Product(Database(connection.vendor, url, ""), tmp_path, background=False) as product:
            told, faults = rehearse(product, proxy, stage["tokens"][:3], stage["badges"], SECONDS, server_too=False)
    finally:
        if proxy:
            proxy.close()
    counts = judge(event, {"answers": told.answers, "unanswered": told.unanswered, "changed": told.changed})
    assert counts == dict.fromkeys(WRONG, 0)
    assert told.refused == []
    assert sum(faults.count.values()) >= 2
    assert told.broken > 0  # something did go wrong
    assert len(told.answers) > 50
