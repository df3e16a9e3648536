"""A place offered from the waiting list: a page that asks, and the two buttons that answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from registration import actions
from registration.actions.guests import read_guest_link
from registration.rules import State
from registration.views.own_page import own_page
from registration.views.pages import private
from registration.wording import moment_in_zone


@private
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept the place, or decline it so that the next on the list gets it."""
    registration = read_guest_link(token)
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "decline":
                actions.withdraw(registration_id=registration.pk)
            else:
                actions.accept_offer(registration_id=registration.pk)
        except actions.Refused as refusal:
            registration.refresh_from_db()
            return own_page(request, registration, token, status=409, refusal=str(refusal))
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    until = registration.offer_expires_at
    if registration.state != State.OFFERED or until is None:
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    context = {
        "registration": registration,
        "event": registration.event,
        "category": registration.category,
        "token": token,
        "until": moment_in_zone(registration.event, until, get_language()),
        "is_over": until < timezone.now(),
    }
    return render(request, "registration/offer.html", context)
