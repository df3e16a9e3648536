"""The workspace of a delegation: its list, its papers, the list to take away, and its confirmation."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from plenary.core.actions import record_history
from plenary.core.exports import Taking, table_response
from registration import actions
from registration.actions.nominations import DELEGATION
from registration.forms.delegations import PaperForm
from registration.forms.fields import country_name
from registration.members import Member, lines_of, numbers_of, reserve_of, rows_of
from registration.models import DelegationPaper
from registration.rules import HOLDS_PLACE, Stage
from registration.rules.delegations import ReserveOrder
from registration.uploads import open_upload
from registration.views.workspace import WorkspaceView, sent_version


class Workspace(WorkspaceView):
    """Places, members, papers, and what happened."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.workspace(request)


class ConfirmView(WorkspaceView):
    """A page that shows what is confirmed, and a button that does."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        if self.delegation.stage() != Stage.OPEN:
            return self.back()
        rows = rows_of(self.delegation)
        return self.page(
            request,
            "confirm",
            members=list(rows.filter(state__in=HOLDS_PLACE)),
            reserve=reserve_of(rows),
            numbers=numbers_of(rows),
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            actions.confirm_list(delegation_id=self.delegation.pk, expected_version=sent_version(request))
        except actions.Refused as refusal:
            self.delegation.refresh_from_db()
            return self.workspace(request, refusal=str(refusal), status=409)
        return self.back()


class ReserveView(WorkspaceView):
    """Who gets a place that becomes free: by itself, or as the head chooses."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return self.back("reserve")

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        order = request.POST.get("order", "")
        if order not in ReserveOrder.values:
            raise Http404
        actions.set_reserve_order(delegation_id=self.delegation.pk, order=ReserveOrder(order))
        return self.back("reserve")


class PapersView(WorkspaceView):
    """Hand in a credentials letter, a note verbale or another paper."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return self.back("papers")

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        form = PaperForm(request.POST, request.FILES, too_large=self.limit.too_large)
        if not form.is_valid():
            return self.workspace(request, paper_form=form)
        given = form.cleaned_data
        try:
            actions.attach_paper(delegation_id=self.delegation.pk, kind=given["kind"], checked=given["file"])
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.workspace(request, paper_form=form, status=409)
        return self.back("papers")


class PaperView(WorkspaceView):
    """One paper: read it, or take it back."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponse:
        paper = DelegationPaper.objects.filter(pk=pk, delegation=self.delegation).first()
        if paper is None:
            raise Http404
        return paper_response(paper)

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        try:
            actions.remove_paper(delegation_id=self.delegation.pk, paper_id=pk)
        except actions.Refused as refusal:
            return self.workspace(request, refusal=str(refusal), status=409)
        except DelegationPaper.DoesNotExist:
            pass  # somebody else removed it a moment ago
        return self.back("papers")


def paper_response(paper: DelegationPaper) -> HttpResponse:
    """A paper as a download. Whoever calls has checked the right to see it and logs the look."""
    response = HttpResponse(open_upload(paper), content_type=paper.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, paper.name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response


class ListView(WorkspaceView):
    """The list as a spreadsheet."""

    def get(self, request: HttpRequest, token: str, form: str) -> HttpResponseBase:
        # Whoever holds the link can take the list: where one has leaked, history tells when.
        event, count = self.delegation.event, rows_of(self.delegation).count()
        record_history(
            self.delegation, verb="list_taken", by=DELEGATION, event=event, data={"form": form, "rows": count}
        )
        headings = [
            _("Category"),
            _("Full name"),
            _("Full name in Latin letters"),
            _("Function"),
            _("Nationality"),
            _("E-mail address"),
            _("State"),
            _("Missing"),
            _("To be paid"),
            _("Reference of the payment"),
            _("Registration code"),
        ]
        return table_response(
            form,
            name=f"delegation-{event.slug}-{timezone.localdate():%Y-%m-%d}",
            headings=headings,
            rows=(_cells(member) for member in lines_of(self.delegation)),
            taking=Taking("export of a delegation", DELEGATION, {self.delegation: count}),
        )


def _cells(member: Member) -> list[str]:
    row = member.registration
    nationality = country_name(str(row.nationality)) if row.nationality else ""
    state = str(row.get_state_display())
    return [
        *(str(row.category), row.name, row.latin_name, row.job_title, nationality, row.email),
        *(state, "; ".join(member.missing)),
        *((member.fee.amount, member.fee.reference) if member.fee and member.fee.is_open else ("", "")),
        row.code,
    ]
