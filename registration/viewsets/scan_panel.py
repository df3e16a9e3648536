"""On the home page of those who open files of guests: how many no scanner has seen, and how many are closed."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core.permissions import signed_in
from plenary.core.viewsets import Number, NumbersPanel
from registration.malware import Verdict
from registration.models import AssignmentLetter, DocumentScan, Portrait, Upload
from registration.permissions import visible_to

KINDS = (Upload, DocumentScan, Portrait, AssignmentLetter)
NEWS = (Verdict.MISSED.value, Verdict.FOUND.value)


class ScanPanel(NumbersPanel):
    """Without numbers while every file is fine. Files taken where no scanner is set up are no news."""

    name = "scans"
    title = gettext_lazy("Files and malware")
    order = 45

    @cached_property
    def _counted(self) -> Counter[str]:
        mine, found = visible_to(signed_in(self.request)), Counter[str]()
        for kind in KINDS:
            files = kind._default_manager.filter(malware_check__in=NEWS, registration__in=mine).order_by()
            found.update(dict(files.values_list("malware_check").annotate(Count("pk"))))
        return found

    def numbers(self) -> list[Number]:
        if not self._counted:
            return []
        missed, closed = (self._counted[verdict] for verdict in NEWS)
        url = reverse("vetting:index")
        return [
            Number(_("files that wait for the scanner"), missed, url),
            Number(_("files closed because of malware"), closed, url, bad=True),
        ]
