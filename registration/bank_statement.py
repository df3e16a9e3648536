"""A bank's statement beside what guests owe: each line with the order it is probably for, and why. Books nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core.money import Money, NotExact, known_currencies
from plenary.core.names import fold
from plenary.core.sheets import SheetColumn, SheetRow, Table, read_table
from registration.models import Order, Payment
from registration.querysets.payments import OrderQuerySet
from registration.rules.payments import Method, OrderState
from registration.rules.references import references_in

COLUMNS = (
    SheetColumn(
        "date", gettext_lazy("Date"), required=True, also=("Booking date", "Value date", "Valuta", "Buchungstag")
    ),
    SheetColumn("amount", gettext_lazy("Amount"), required=True, also=("Credit", "Betrag")),
    SheetColumn("currency", gettext_lazy("Currency"), required=True),
    SheetColumn(
        "text",
        gettext_lazy("Text"),
        required=True,
        also=("Remittance information", "Purpose", "Details", "Description"),
    ),
    SheetColumn("payer", gettext_lazy("Payer"), also=("Name", "Counterparty", "Debtor")),
    SheetColumn(
        "line", gettext_lazy("Number of the line"), also=("Transaction id", "Bank reference", "Entry reference")
    ),
)
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")


@dataclass(frozen=True)
class Suggestion:
    """One line of money that came, and what to do with it. `sure` is ticked beforehand."""

    row: int
    day: date
    amount: Money
    text: str
    line: str
    order: Order | None
    why: str
    sure: bool = False
    booked: bool = False


def read_statement(content: bytes, orders: OrderQuerySet) -> tuple[Table, list[Suggestion]]:
    """The lines of a statement with suggestions; where the table names problems, none should be booked."""
    table = read_table(content, COLUMNS)
    lines = [line for row in table.rows if (line := _line(row, table)) is not None]
    wanted = {reference for line in lines for reference in references_in(line.text)}
    by_reference = {order.reference: order for order in orders.filter(reference__in=wanted).with_guest()}
    owing = list(orders.filter(state=OrderState.OPEN).with_guest()[:5_000])
    booked = set(
        Payment.objects.filter(method=Method.BANK, reference__in=[line.line for line in lines]).values_list(
            "reference", flat=True
        )
    )
    return table, [_suggest(line, by_reference, owing, booked) for line in lines]


def _line(row: SheetRow, table: Table) -> Suggestion | None:
    """A row as a line of money that came; what went out and empty rows are passed over."""
    day = _day(row["date"])
    if day is None:
        table.name(row.address("date"), _("This is no date. Write it like 2027-05-17."))
        return None
    currency = row["currency"].upper()
    if currency not in known_currencies():
        table.name(row.address("currency"), _("This is no currency. Write its three letters, like EUR."))
        return None
    try:
        amount = Money.of(_decimal(row["amount"]), currency)
    except (InvalidOperation, NotExact):
        table.name(row.address("amount"), _("This is no amount in this currency."))
        return None
    if amount.minor <= 0:
        return None
    text = f"{row['text']} {row['payer']}".strip()
    own = row["line"] or hashlib.sha256(f"{day}|{amount}|{text}".encode()).hexdigest()[:24]
    return Suggestion(row.number, day, amount, text, own[:140], None, "")


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text.split(" ")[0].split("T")[0], form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _decimal(text: str) -> Decimal:
    """“1.234,50”, “1,234.50”, “1'234.50” and “+1234.5”: the last mark is the decimal one where both stand there."""
    bare = text.replace("'", "").replace("’", "").replace("\u202f", "").replace("\xa0", "").replace(" ", "").lstrip("+")
    if "," in bare and "." in bare:
        thousands = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(thousands, "")
    return Decimal(bare.replace(",", "."))


def _suggest(line: Suggestion, by_reference: dict[str, Order], owing: Sequence[Order], booked: set[str]) -> Suggestion:
    def told(order: Order | None, why: str, *, sure: bool = False, booked: bool = False) -> Suggestion:
        return Suggestion(line.row, line.day, line.amount, line.text, line.line, order, why, sure, booked)

    if line.line in booked:
        return told(None, _("booked already"), booked=True)
    for reference in references_in(line.text):
        if (order := by_reference.get(reference)) is not None:
            return _by_reference(order, line, told)
    same = [order for order in owing if order.outstanding == line.amount and _names(order, line.text)]
    if len(same) == 1:
        return told(same[0], _("no reference, but name and amount fit: check it"))
    return told(None, _("no reference: find the order by hand"))


def _by_reference(order: Order, line: Suggestion, told: object) -> Suggestion:
    say = told
    if not callable(say):
        raise TypeError
    if order.currency != line.amount.currency:
        answer: Suggestion = say(None, _("the reference fits, the currency does not"))
        return answer
    if order.state == OrderState.OPEN and line.amount == order.outstanding:
        answer = say(order, _("reference and amount fit"), sure=True)
    elif order.state == OrderState.OPEN:
        answer = say(order, _("the reference fits, the amount does not"))
    else:
        answer = say(order, _("the reference fits, but nothing is due: it will be marked"))
    return answer


def _names(order: Order, text: str) -> bool:
    """Whether a payer's text names the guest: every word of the Latin name, in any order."""
    words = fold(order.registration.latin_name or order.registration.name).split()
    said = set(fold(text).split())
    return bool(words) and all(word in said for word in words)
