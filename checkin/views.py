"""The guest's own badge behind a signed link. The door app's pages are in `views_door.py`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from checkin.badges import MEDIA_TYPE, badge_pdf, file_name
from checkin.models import Credential
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
