"""What the pages of a delegation's workspace share: the signed link that opens them, files stopped at their limit, refusals."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from plenary.core.models import Message
from registration import actions, wording
from registration.actions.nominations import closed_list
from registration.delegation_fees import fees_of
from registration.emails.delegations import deadline_text
from registration.forms.delegations import PaperForm
from registration.log import told_of
from registration.members import Show, numbers_of, page_of, quotas_of, reserve_of, rows_of
from registration.models import Delegation, DelegationPaper, Registration
from registration.rules import HOLDS_PLACE, LIVE, Stage
from registration.rules.delegations import ReserveOrder
from registration.uploads import SizeLimitHandler
from registration.views.pages import private

FORMER_SHOWN = 50


# The upload handler must be in place before anything reads the body, see views.sign_up.StepView.
@method_decorator([private, csrf_exempt], name="dispatch")
class WorkspaceView(View):
    """A page behind the link of one delegation."""

    delegation: Delegation
    token: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.limit = SizeLimitHandler(request)
        request.upload_handlers.insert(0, self.limit)
        self.token = kwargs["token"]
        self.delegation = actions.read_delegation_link(self.token)
        return self._protected(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _protected(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def member(self, pk: UUID) -> Registration:
        """One member of this delegation; nobody else's."""
        found = Registration.objects.with_event().filter(pk=pk, delegation=self.delegation).first()
        if found is None:
            raise Http404
        found.delegation = self.delegation
        return found

    def address(self, name: str, *arguments: Any) -> str:
        return reverse(f"registration:{name}", args=[self.token, *arguments])

    def back(self, anchor: str = "") -> HttpResponseRedirect:
        """To the workspace, at a place on it."""
        return HttpResponseRedirect(self.address("delegation") + (f"#{anchor}" if anchor else ""))

    def page(self, request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        shared = {"delegation": self.delegation, "event": self.delegation.event, "token": self.token}
        return render(request, f"registration/delegation/{template}.html", shared | context, status=status)

    def workspace(self, request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
        """The workspace itself, which also tells why something was refused."""
        delegation, stage = self.delegation, self.delegation.stage()
        rows = rows_of(delegation)
        show = request.GET.get("show", "")
        here = rows.filter(state__in=HOLDS_PLACE)
        papers = list(delegation.papers.all())
        context = {
            "quotas": quotas_of(delegation),
            "page": page_of(delegation, here, show=show, number=request.GET.get("page")),
            "show": show,
            "shows": Show,
            "reserve": reserve_of(rows),
            "reserve_orders": ReserveOrder,
            "former": list(rows.exclude(state__in=LIVE)[:FORMER_SHOWN]),
            "numbers": numbers_of(rows),
            "fees": fees_of(delegation),
            "stage": stage,
            "is_open": stage == Stage.OPEN,
            "closed": "" if stage == Stage.OPEN else closed_list(stage),
            "deadline": deadline_text(delegation),
            "papers": papers,
            "lacks_credentials": all(paper.kind != DelegationPaper.Kind.CREDENTIALS for paper in papers),
            "paper_form": PaperForm(),
            "log": told_of(delegation),
            "sent": Message.objects.of(delegation).defer("recipient", "text", "html")[:20],
            "dates": wording.event_dates(delegation.event),
            "place": wording.event_place(delegation.event),
            **more,
        }
        return self.page(request, "workspace", status=status, **context)


def sent_version(request: HttpRequest) -> int | None:
    """The version somebody was looking at when the form was opened."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def sent_origin(request: HttpRequest) -> UUID:
    """What makes a form that is sent twice one entry."""
    try:
        return UUID(request.POST.get("origin", ""))
    except ValueError:
        return uuid4()
