"""Members from a spreadsheet: choose a file, read what it would bring and every problem in it, then add them all or none."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from plenary.core.exports import table_response
from registration import actions
from registration.delegation_sheet import COLUMNS, pack, preview, unpack
from registration.members import quotas_of
from registration.rules import Stage
from registration.uploads import too_large_message
from registration.views.workspace import WorkspaceView, sent_origin


class ImportView(WorkspaceView):
    """First the file, then the preview, then the button."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        if self.delegation.stage() != Stage.OPEN:
            return self.back()
        return self._page(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        if self.delegation.stage() != Stage.OPEN:
            return self.workspace(request, status=409)
        if "rows" in request.POST:
            return self._add(request)
        sent = request.FILES.get("file")
        if "file" in self.limit.too_large:
            return self._page(request, error=too_large_message())
        if sent is None:
            return self._page(request, error=_("Choose a file."))
        found = preview(self.delegation, sent.read())
        packed = pack(self.delegation, found) if found.may_be_added else ""
        return self._page(request, preview=found, packed=packed, origin=uuid4())

    def _add(self, request: HttpRequest) -> HttpResponseBase:
        try:
            lines = unpack(self.delegation, request.POST["rows"])
        except signing.BadSignature:
            return self._page(request, error=_("This preview is too old. Choose the file again."), status=409)
        rows = [(line.category, line.person) for line in lines]
        try:
            actions.import_members(delegation_id=self.delegation.pk, rows=rows, origin=sent_origin(request))
        except actions.Refused as refusal:
            return self._page(request, error=str(refusal), status=409)
        return self.back("members")

    def _page(self, request: HttpRequest, *, error: str = "", status: int = 200, **more: Any) -> HttpResponse:
        context = {"error": error, "columns": COLUMNS, "quotas": quotas_of(self.delegation), **more}
        return self.page(request, "import", status=status, **context)


class SheetTemplateView(WorkspaceView):
    """An empty table with the headings, one line as an example."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        quotas = quotas_of(self.delegation)
        example = [str(quotas[0].category) if quotas else "", "", "", "", "", ""]
        headings = [column.label for column in COLUMNS]
        return table_response("xlsx", name="delegation", headings=headings, rows=[example], taking=None)
