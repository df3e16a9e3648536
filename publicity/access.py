"""Who stands before the press room: the public, an accredited journalist, or staff. One check for pages, files and lists.

A journalist's own page links to the press room with a token; it is exchanged for a signed cookie, and the accreditation
behind the cookie is looked up on every request: withdrawn is withdrawn at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from plenary.core.links import BadLink, make_link, read_link
from plenary.events.models import Event
from publicity.rules import may_read
from registration.models import Category, Registration
from registration.rules import State

LINK = "press"  # purpose of the token on a guest's own page
COOKIE = "press-cookie"
LIFETIME = timedelta(days=14)
READ_EMBARGOED = "publicity.read_embargoed"


@dataclass(frozen=True)
class Visitor:
    """What somebody may see of one event's press room."""

    registration: Registration | None = None
    staff: bool = False

    @property
    def accredited(self) -> bool:
        return self.registration is not None

    @property
    def privileged(self) -> bool:
        """Whether what is shown to this visitor must be shown, and kept by caches, for nobody else."""
        return self.accredited or self.staff

    def may_read(self, embargo_until: datetime | None) -> bool:
        """Whether a published release with this embargo may be shown now."""
        return may_read(embargo_until=embargo_until, now=timezone.now(), accredited=self.accredited, staff=self.staff)


def cookie_name(event: Event) -> str:
    return f"{settings.PLENARY_PRESS_COOKIE}{event.slug}"


def accredited(event: Event, subject: UUID, version: int) -> Registration | None:
    """The approved press registration behind a link, or None: of another event or kind, withdrawn, or its links revoked."""
    return Registration.objects.filter(
        pk=subject,
        event=event,
        link_version=version,
        state=State.APPROVED,
        category__kind=Category.Kind.PRESS,
    ).first()


def by_link(event: Event, token: str) -> Registration | None:
    """The journalist a link from an own page belongs to."""
    return _by_token(event, LINK, token)


def _by_token(event: Event, purpose: str, token: str) -> Registration | None:
    try:
        link = read_link(purpose, token)
    except BadLink:
        return None
    return accredited(event, link.subject, link.version)


def visitor_of(request: HttpRequest, event: Event) -> Visitor:
    """Who asks; one statement for a journalist, none for the public. Remembered for the rest of the request."""
    known: dict[int, Visitor] = request.__dict__.setdefault("_press_visitors", {})
    if event.pk not in known:
        token = request.COOKIES.get(cookie_name(event), "")
        registration = _by_token(event, COOKIE, token) if token else None
        known[event.pk] = Visitor(registration, staff=_is_staff(request))
    return known[event.pk]


def _is_staff(request: HttpRequest) -> bool:
    if getattr(request, "is_preview", False):
        return True  # Wagtail has checked that this person may edit the page
    user = getattr(request, "user", None)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or user is None:
        return False  # asking the session would make every visitor's page private to caches
    return bool(user.is_active and user.has_perm(READ_EMBARGOED))


def remember(response: HttpResponse, registration: Registration) -> None:
    """Give the journalist's browser the cookie. It goes to the whole site: releases lie under six languages, files under
    /documents/; it opens nothing but this event's press room."""
    response.set_cookie(
        cookie_name(registration.event),
        make_link(COOKIE, registration.pk, registration.link_version, lifetime=int(LIFETIME.total_seconds())),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
