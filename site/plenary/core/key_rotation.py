"""Re-encrypts every encrypted field of every model with the first key, in batches, while the site runs.

A text is swapped only if it is still the one that was read, so whatever somebody saves meanwhile is never undone. What is
under the first key already is passed over: a run that was broken off is simply started again.
"""

from __future__ import annotations

import base64
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Substr

from plenary.core import crypto
from plenary.core.fields import EncryptedTextField

HEAD = 64  # characters of a sealed text that hold its key id for certain
UNREADABLE = "?"  # no key of ours, or a text that was damaged
Progress = Callable[[int], None]


def current_key() -> str:
    """The id of the key that writes."""
    return next(iter(crypto.keyring()))


def index_key() -> str:
    """The id of the key that makes the blind indexes: it can never be dropped."""
    return list(crypto.keyring())[-1]


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted field that has a column of its own."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


def key_of(sealed: str | bytes) -> str:
    """The id of the key that wrote a text (base64) or a file (bytes); UNREADABLE for what nobody of ours wrote."""
    try:
        raw = sealed if isinstance(sealed, bytes) else base64.b64decode(sealed[: len(sealed) // 4 * 4][:HEAD])
        key_id, colon, _rest = raw.partition(b":")
        return key_id.decode("ascii") if colon else UNREADABLE
    except ValueError:
        return UNREADABLE


def count_keys(model: type[models.Model], field: EncryptedTextField) -> Counter[str]:
    """How many texts of a field each key wrote. Empty texts are not encrypted and not counted."""
    heads = _rows(model).annotate(head=Substr(field.attname, 1, HEAD)).values_list("head", flat=True)
    return Counter(key_of(head) for head in heads.order_by().iterator(chunk_size=5_000) if head)


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._base_manager.all()


def rotate_field(
    model: type[models.Model],
    field: EncryptedTextField,
    *,
    batch: int = 500,
    pause: float = 0,
    tell: Progress | None = None,
) -> Counter[str]:
    """Write a field's texts anew under the first key. Answers how many were "rewritten", "overtaken" by somebody who saved
    meanwhile, and are UNREADABLE."""
    done: Counter[str] = Counter()
    current, last, seen = current_key(), None, 0
    while True:
        rows = _rows(model).order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        page = list(rows.values_list("pk", field.attname)[:batch])
        if not page:
            return done
        last, seen = page[-1][0], seen + len(page)
        swaps = []
        for pk, sealed in page:
            if not sealed or (written_by := key_of(str(sealed))) == current:
                continue
            if written_by == UNREADABLE or (again := _sealed_again(model, field, pk, str(sealed))) is None:
                done[UNREADABLE] += 1
            else:
                swaps.append((pk, str(sealed), again))
        # Only the swapping holds a lock: what takes time was done before.
        with transaction.atomic():
            for pk, old, new in swaps:
                done["rewritten" if _swap(model, field, pk, old, new) else "overtaken"] += 1
        if tell:
            tell(seen)
        if pause and swaps:
            time.sleep(pause)


def _sealed_again(model: type[models.Model], field: EncryptedTextField, pk: Any, sealed: str) -> str | None:
    place = field.place(model(pk=pk))
    try:
        plain = crypto.decrypt(base64.b64decode(sealed), place)
    except (crypto.Undecipherable, ValueError):
        return None
    return base64.b64encode(crypto.encrypt(plain, place)).decode()


def _swap(model: type[models.Model], field: EncryptedTextField, pk: Any, old: str, new: str) -> bool:
    """One compare-and-swap. Not by update(): the field refuses every look-up by what is encrypted, and should."""
    quote, key = connection.ops.quote_name, model._meta.pk
    table, column, key_column = quote(model._meta.db_table), quote(str(field.column)), quote(str(key.column))
    statement = f"UPDATE {table} SET {column} = %s WHERE {key_column} = %s AND {column} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [new, key.get_db_prep_value(pk, connection), old])
        return bool(cursor.rowcount == 1)
