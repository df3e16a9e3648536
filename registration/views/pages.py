"""What every page of a guest has in common: no copy in any cache, no entry in a search engine, and help with bad links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from plenary.core.links import BadLink, ClosedLink, ExpiredLink
from plenary.events.models import Event


def private(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page behind a secret address: not stored, not indexed, and its address is told to no other site.

    The referrer policy is same-origin and not no-referrer, because browsers send `Origin: null` with the latter, which
    the protection against forged posts refuses.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except ExpiredLink:
            response = link_problem(request, expired=True)
        except ClosedLink:
            response = render(request, "registration/delegation/closed.html", status=410)
        except BadLink:
            response = link_problem(request, expired=False)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return never_cache(wrapped)


def link_problem(request: HttpRequest, *, expired: bool) -> HttpResponse:
    """A link that opens nothing: what may have happened, and where to get another. Says nothing about anybody."""
    events = Event.objects.public().upcoming(timezone.now())
    context = {"expired": expired, "events": [event for event in events if event.takes_registrations]}
    return render(request, "registration/link_problem.html", context, status=410 if expired else 404)
