"""The self-service kiosk: finds the guest who holds a code to it, and hands out the badge, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from checkin.badges import badge_drawings
from checkin.models import Credential, Device, SigningKey
from checkin.tokens import PREFIX, BadToken, read
from plenary.core.actions import Actor, record_history, record_look

SALT = "checkin.kiosk"
TICKET_LIFETIME = timedelta(seconds=60)  # from "is this you?" to the badge; the screen starts anew after half of it
MOST_A_MINUTE = 20  # codes shown to one kiosk: more is no guest but somebody who tries codes
CODE_PREFIX = "CODE:"


class TooManyCodes(Exception):
    """Too many codes within a minute."""


class AtTheDesk(Exception):
    """The kiosk cannot help. It does not say why: whoever stands there may not be the guest."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The guest whom a code names, and the ticket that prints the badge."""

    credential: Credential
    ticket: str


def look_up(device: Device, presented: str) -> Offer:
    """Whose code this is: a badge text, or the registration code with or without `CODE:`.

    Raises TooManyCodes, and AtTheDesk for whoever is unknown, not approved, or has a badge already.
    """
    _count(device)
    credential = _find(device, presented.strip())
    if credential is None or not credential.may_print_itself:
        raise AtTheDesk
    record_look(credential.registration, part="kiosk", by=Actor(device.name))
    ticket = signing.dumps([str(device.pk), credential.pk, credential.issue], salt=SALT)
    return Offer(credential, ticket)


def _count(device: Device) -> None:
    minute = int(timezone.now().timestamp() // 60)
    key = f"kiosk:{device.pk}:{minute}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > MOST_A_MINUTE:
        raise TooManyCodes


def _find(device: Device, text: str) -> Credential | None:
    valid = Credential.objects.for_kiosk(device.event)
    if text.upper().startswith(PREFIX):
        pairs = SigningKey.objects.filter(event=device.event).values_list("key_id", "public")
        keys = {key_id: bytes(public) for key_id, public in pairs}
        try:
            token = read(text.upper(), event=device.event.number, keys=keys)
        except BadToken:
            return None
        return valid.filter(public_id=token.public_id, issue=token.issue).first()
    bare = text.upper().removeprefix(CODE_PREFIX)
    code = "".join(character for character in bare if character.isalnum())
    return valid.filter(registration__code=code).first() if code else None


@transaction.atomic
def hand_out_badge(device: Device, ticket: str) -> list[str]:
    """The badge as drawings, which counts as printed from now on: a second time, or with an old ticket, AtTheDesk."""
    try:
        facts: Any = signing.loads(ticket, salt=SALT, max_age=TICKET_LIFETIME)
    except signing.BadSignature as error:
        raise AtTheDesk from error
    kiosk, key, issue = facts
    found = Credential.objects.for_kiosk(device.event).filter(pk=key, issue=issue)
    # The update decides between two kiosks at once, not a look before it.
    if kiosk != str(device.pk) or not found.never_printed().update(printed_at=timezone.now()):
        raise AtTheDesk
    credential = found.get()
    record_history(
        credential.registration, verb="badge_at_kiosk", by=Actor(device.name), event=device.event,
        data={"issue": credential.issue},
    )  # fmt: skip
    return badge_drawings(credential)
