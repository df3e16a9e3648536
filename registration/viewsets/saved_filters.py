"""An officer keeps a list of the queue under a name, or forgets it. Two addresses that take a form and lead back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from registration import actions
from registration.permissions import may_see_queue


def _officer(request: HttpRequest) -> Actor:
    if not may_see_queue(signed_in(request)):
        raise PermissionDenied
    return Actor.staff(signed_in(request))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters the queue is shown with."""
    by = _officer(request)
    query = QueryDict(
        request.POST.get("query", "")[:2_000]
    ).urlencode()  # read and written anew: an address and no more
    try:
        kept = actions.save_filter(
            name=request.POST.get("name", ""), query=query, shared=request.POST.get("shared") == "on", by=by
        )
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("List kept: %(name)s.") % {"name": kept.name})
    return HttpResponseRedirect(f"{reverse('vetting:index')}?{query}")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own; another's is left alone."""
    actions.remove_filter(filter_id=pk, by=_officer(request))
    return HttpResponseRedirect(reverse("vetting:index"))
