"""Every export of the office: logged, without formulas, as CSV and as XLSX, and by the one way that does all three."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.viewsets import viewsets

from plenary.core.models import AccessLog
from plenary.core.viewsets import SafeExportMixin
from registration.models import Registration
from registration.rules import State
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
OURS = ("plenary", "registration", "checkin", "publicity", "portal")


def listing_views() -> Iterator[type]:
    for viewset in viewsets.viewsets:
        view = getattr(viewset, "index_view_class", None)
        if view is not None and type(viewset).__module__.startswith(OURS):
            yield view


def subclasses(of: type) -> Iterator[type]:
    for found in of.__subclasses__():
        yield found
        yield from subclasses(found)


def test_no_list_of_ours_exports_but_by_the_safe_way() -> None:
    for view in listing_views():
        exporting = bool(getattr(view, "list_export", ())) or getattr(view, "export_columns", None) is not None
        assert not exporting or issubclass(view, SafeExportMixin), view
        assert not getattr(view, "list_export", ()), view


@pytest.mark.parametrize(
    "view", sorted(set(subclasses(SafeExportMixin)), key=lambda view: view.__name__), ids=lambda view: view.__name__
)
def test_every_export_has_a_right_of_its_own_and_logs(view: type[Any]) -> None:
    assert view.export_permission, "who may take data away is a right of its own"
    assert view.log_export is not SafeExportMixin.log_export, "every export is noted"
    assert issubclass(view, SpreadsheetExportMixin)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_queue_leaves_as_a_table_that_runs_nothing_and_it_is_noted(form: str) -> None:
    RegistrationFactory(name='=HYPERLINK("http://evil.example")', state=State.SUBMITTED)
    client = Client()
    client.force_login(staff("Conference office"))
    response = client.get(reverse("vetting:index"), {"export": form})
    assert response.streaming
    content = b"".join(response.streaming_content)
    assert AccessLog.objects.filter(part="export of registrations").exists()
    if form == "csv":
        assert b"'=HYPERLINK" in content
        assert b",=HYPERLINK" not in content
    else:
        cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
    assert Registration.objects.count() == 1
