"""The guest's own badge behind a signed link. The door app's pages are in `views_door.py`."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from checkin.badges import MEDIA_TYPE, badge_pdf, file_name
from checkin.models import Credential
from checkin.wallet import APPLE_TYPE, apple_pass, google_link
from registration.actions import read_guest_link
from registration.views.pages import private


@private
@require_safe
def badge(request: HttpRequest, token: str) -> HttpResponse:
    """The badge as PDF; who has none (not approved, or withdrawn) is sent to the page that says why."""
    registration = read_guest_link(token)
    credential = Credential.objects.for_badges().filter(registration=registration).first()
    if credential is None:
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    response = HttpResponse(badge_pdf(credential), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(credential.registration)}"'
    return response


@private
@require_safe
def apple(request: HttpRequest, token: str) -> HttpResponse:
    """The badge for Apple's wallet; there is no such page without certificates."""
    credential = _own_credential(token)
    try:
        response = HttpResponse(apple_pass(credential), content_type=APPLE_TYPE)
    except LookupError as error:
        raise Http404 from error
    response.headers["Content-Disposition"] = f'attachment; filename="badge-{credential.event.slug}.pkpass"'
    return response


@private
@require_safe
def google(request: HttpRequest, token: str) -> HttpResponse:
    """On to Google's wallet with the badge; there is no such page without an account."""
    try:
        return HttpResponseRedirect(google_link(_own_credential(token)))
    except LookupError as error:
        raise Http404 from error


def _own_credential(token: str) -> Credential:
    credential = Credential.objects.for_badges().filter(registration=read_guest_link(token)).first()
    if credential is None:
        raise Http404
    return credential
