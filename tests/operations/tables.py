"""Finds every table that leaves, by asking every address of the office and every one behind a link for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from checkin.actions import issue_credentials
from checkin.models import Checkpoint, Device, Scan
from plenary.core.actions import Actor, record_looks
from plenary.core.links import make_link
from plenary.events.models import Event
from registration.models import Delegation, Order, Payment, Registration
from registration.rules import State
from tests.factories.delegations import DelegationFactory
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.operations.walk import OURS, addresses, first_of, patterns

ROWS = 40  # of each kind: far more than a table may have read before its first part leaves
EVIL = {"name": "=1+1 guest", "latin_name": "+1 guest", "organisation": "@SUM(A1)", "job_title": "\t=2"}
TABLES = ("text/csv", "application/vnd.openxmlformats")


@dataclass(frozen=True)
class Leaving:
    """An address that answers with a table."""

    name: str
    path: str
    view: Any = None


def fill(event: Event) -> None:
    """Many rows of everything that a table lists, each with what a spreadsheet would run."""
    category = CategoryFactory(event=event, slug="delegate", name={"en": "+Delegate"})
    delegation = DelegationFactory(event=event)
    guests = RegistrationFactory.create_batch(
        ROWS, category=category, delegation=delegation, state=State.APPROVED, **EVIL
    )
    RegistrationFactory.create_batch(ROWS, category=category, **EVIL)  # the queue lists who waits
    checkpoint = Checkpoint.objects.create(event=event, slug="evil", name={"en": "=Door"})
    device = Device.objects.create(event=event, name="@phone")
    now = timezone.now()
    for credential in issue_credentials(guests):
        for verdict, reason, offline in (("admit", "ok", False), ("conflict", "duplicate", True)):
            Scan.objects.create(
                id=uuid4(), event=event, device=device, checkpoint=checkpoint, credential=credential, direction="in",
                verdict=verdict, reason=reason, scanned_at=now, received_at=now, offline=offline,
            )  # fmt: skip
    for number, guest in enumerate(guests):
        order = Order.objects.create(
            event=event, registration=guest, reference=f"RF{number:04}X", currency="EUR", total_minor=100,
            due_at=now + timedelta(9),
        )  # fmt: skip
        Payment.objects.create(
            order=order, method="cash", amount_minor=100, currency="EUR", reference="=cmd", recorded_by="-1+1 x"
        )
        InvitationFactory(category=category, **EVIL)
    record_looks(guests, part="passport", by=Actor("@officer"))


def leaving(client: Client, event: Event) -> list[Leaving]:
    """Every address that answers with a table where one is asked for."""
    found = []
    for name, path, view in [*_office(event), *_behind_links(event)]:
        response = client.get(path, {"export": "csv"} if "?" not in path else {})
        content = (
            b"".join(response.streaming_content) if response.streaming else b""
        )  # to its end, which closes its file
        # Wagtail answers for every list, also for those that name no column to export: such a table is blank.
        if response.headers.get("Content-Type", "").startswith(TABLES) and content.strip(b"\xef\xbb\xbf\r\n"):
            found.append(Leaving(name, path, view))
    return found


def _office(event: Event) -> Iterator[tuple[str, str, Any]]:
    views = {name: getattr(pattern.callback, "view_class", None) for name, pattern, _model in patterns()}
    for address in addresses(event):
        yield address.name, address.path, views.get(address.name)


def _behind_links(event: Event) -> Iterator[tuple[str, str, Any]]:
    """Addresses outside the office that a signed link opens, with the link of whoever they are for."""
    delegation = first_of(Delegation.objects.filter(event=event))
    guest = Registration.objects.filter(event=event, delegation=delegation, name=EVIL["name"])[0]
    links = {
        "delegation": make_link("delegation", delegation.pk, delegation.link_version),
        "my": make_link("guest", guest.pk, guest.link_version),
        "badge": make_link("guest", guest.pk, guest.link_version),
    }
    for space, pattern, prefix in _public(get_resolver().url_patterns, "", ""):
        wanted = pattern.pattern.converters
        first = prefix.partition("/")[0]
        if "token" not in wanted or first not in links:
            continue
        keys: dict[str, Any] = {"UUIDConverter": UUID(int=0), "IntConverter": 1}
        words = {name: keys.get(type(kind).__name__, "x") for name, kind in wanted.items()} | {"token": links[first]}
        yield f"{space}:{pattern.name}", reverse(f"{space}:{pattern.name}", kwargs=words), None


def _public(patterns: list[Any], space: str, prefix: str) -> Iterator[tuple[str, URLPattern, str]]:
    for entry in patterns:
        if isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", entry.callback)
            if entry.name and str(getattr(view, "__module__", "")).startswith(OURS):
                yield space, entry, prefix + str(entry.pattern)
        elif not str(entry.pattern).startswith(("cms/", "api/")):
            here = "" if type(entry.pattern).__name__ == "LocalePrefixPattern" else str(entry.pattern)
            yield from _public(entry.url_patterns, entry.namespace or space, prefix + here)
