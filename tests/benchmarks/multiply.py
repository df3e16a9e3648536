"""Makes many guests of few: registrations and credentials are copied inside the database, which takes a minute for a
million where the product's own seeding takes half an hour. Only the badges that will be scanned are signed.

A copy has its own ids, code and address, and none of what is encrypted for the row it was copied from.
"""

from __future__ import annotations

from typing import Any

CHUNK = 50  # copies of every original in one statement

# What a copy does not take over, on PostgreSQL and on SQLite. `copy` is the copy's number, `place` the original's.
_FRESH_POSTGRESQL = {
    "id": "gen_random_uuid()",
    "code": "'0' || lpad(upper(to_hex(copy * {originals} + place)), 9, '0')",
    "email": "''",
    "email_index": "md5(random()::text) || md5(random()::text)",
    "public_id": "substr(uuid_send(gen_random_uuid()), 1, 8)",
}
_FRESH_SQLITE = {
    "id": "lower(hex(randomblob(16)))",
    "code": "'0' || printf('%%09X', copy * {originals} + place)",
    "email": "''",
    "email_index": "lower(hex(randomblob(32)))",
    "public_id": "randomblob(8)",
}
_ORIGINALS = """
CREATE TEMPORARY TABLE originals AS
SELECT id AS original, row_number() OVER (ORDER BY id) - 1 AS place FROM registration_registration WHERE event_id = %s
"""
_PEOPLE = """
WITH RECURSIVE copies(copy) AS (SELECT %s UNION ALL SELECT copy + 1 FROM copies WHERE copy < %s)
INSERT INTO registration_registration ({into})
SELECT {columns} FROM copies, originals o JOIN registration_registration t ON t.id = o.original
"""
_BADGES = """
INSERT INTO checkin_credential ({into})
SELECT {columns} FROM registration_registration r
JOIN (SELECT * FROM checkin_credential WHERE event_id = %s ORDER BY id LIMIT 1) t ON true
LEFT JOIN checkin_credential present ON present.registration_id = r.id
WHERE r.event_id = %s AND present.id IS NULL
"""


def multiply(event: Any, wanted: int) -> None:
    """Copy an event's registrations with their credentials until there are that many."""
    from django.db import connection, transaction

    from checkin.models import Credential
    from registration.models import Registration

    originals = Registration.objects.filter(event=event).count()
    expressions = _FRESH_POSTGRESQL if connection.vendor == "postgresql" else _FRESH_SQLITE
    fresh = {column: expression.format(originals=originals) for column, expression in expressions.items()}
    people = [field.column for field in Registration._meta.concrete_fields]
    badges = [field.column for field in Credential._meta.concrete_fields if field.column != "id"]
    with connection.cursor() as cursor:
        # Which are the originals is written down first: a copy of a copy would have no number of its own.
        cursor.execute(_ORIGINALS, [event.pk])
        for first in range(1, wanted // originals, CHUNK):
            last = min(first + CHUNK, wanted // originals) - 1
            with transaction.atomic():
                columns = [fresh.get(column, f"t.{column}") for column in people]
                cursor.execute(_PEOPLE.format(into=", ".join(people), columns=", ".join(columns)), [first, last])
        own = {**fresh, "registration_id": "r.id"}
        with transaction.atomic():
            columns = [own.get(column, f"t.{column}") for column in badges]
            cursor.execute(_BADGES.format(into=", ".join(badges), columns=", ".join(columns)), [event.pk, event.pk])
        cursor.execute("DROP TABLE originals")
        cursor.execute("ANALYZE")


def sign(event: Any, number: int) -> list[str]:
    """Badge texts that doors admit, of guests spread over the whole event, in no order."""
    import random

    from checkin.actions import ensure_signing_key, issue_credentials
    from checkin.models import Credential
    from checkin.signing import Signer
    from registration.models import Registration

    every = list(Credential.objects.filter(event=event).values_list("registration_id", flat=True))
    chosen = random.Random(11).sample(sorted(every), min(number, len(every)))
    signer = Signer(ensure_signing_key(event), event.number)
    texts = []
    for start in range(0, len(chosen), 1_000):
        people = Registration.objects.select_related("event", "category").filter(pk__in=chosen[start : start + 1_000])
        texts += [signer.text(credential) for credential in issue_credentials(people)]
    random.Random(12).shuffle(texts)
    return texts
