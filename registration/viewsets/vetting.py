"""The vetting queue in the admin: its addresses and its place in the menu. No address adds or deletes a registration."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.permissions import signed_in
from plenary.core.viewsets import CountingMenuItem, Number, NumbersPanel
from registration.models import Registration
from registration.permissions import may_see_queue, visible_to
from registration.rules import State
from registration.viewsets import identity, papers, saved_filters
from registration.viewsets.dossier import DossierView, change_file_view, file_view
from registration.viewsets.question_panels import save_staff_answers
from registration.viewsets.queue import QueueFilterSet, QueueView
from registration.viewsets.queue_numbers import some, waiting_of
from registration.viewsets.second_form_progress import ProgressView


class VettingViewSet(ModelViewSet):
    """A model viewset rather than a snippet one: snippets bring a bulk deletion and a chooser open to all of the staff."""

    model = Registration
    name = "vetting"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Vetting queue")
    menu_name = "vetting"
    menu_order = 100
    add_to_admin_menu = True
    index_view_class = QueueView
    index_template_name = "vetting/queue.html"
    index_results_template_name = "vetting/queue_results.html"
    filterset_class = QueueFilterSet
    list_per_page = 50
    ordering = "created_at"
    copy_view_enabled = False
    add_to_reference_index = False  # registrations point to no page, image or document
    form_fields = ["state"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("dossier/<uuid:pk>/", self.construct_view(DossierView), name="dossier"),
            path("edit/<uuid:pk>/", self.construct_view(DossierView), name="edit"),
            path("file/<uuid:pk>/", file_view, name="file"),
            path("change-file/<uuid:pk>/", change_file_view, name="change_file"),
            path("lists/", saved_filters.save, name="save_filter"),
            path("lists/<int:pk>/remove/", saved_filters.remove, name="remove_filter"),
            *identity.URLS,
            *papers.URLS,
            path("staff-answers/<uuid:pk>/", save_staff_answers, name="staff_answers"),
            path("second-form/", self.construct_view(ProgressView), name="second_form"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: may_see_queue(signed_in(request)),
            count=waiting,
        )


def waiting(request: HttpRequest) -> str:
    """How many registrations await a decision of this person, as far as they are counted; nothing for none."""
    number = waiting_of(signed_in(request))
    return some(number) if number else ""


def _number(label: str, count: int, url: str, *, bad: bool = False) -> Number:
    return Number(label, count, url, bad=bad, shown=some(count))


class QueuePanel(NumbersPanel):
    """First on an officer's home page: who waits, who waits too long, and the next dossier."""

    name = "vetting"
    title = gettext_lazy("Vetting queue")
    order = 10

    def numbers(self) -> list[Number]:
        mine, url = visible_to(signed_in(self.request)), reverse("vetting:index")
        totals = mine.totals([State.SUBMITTED, State.INFORMATION_REQUESTED, State.APPROVED])
        return [
            _number(_("awaiting a decision"), totals[State.SUBMITTED], url),
            _number(_("of these late"), mine.late(timezone.now()).count_some(), f"{url}?show=late", bad=True),
            _number(
                _("waiting for the guest"),
                totals[State.INFORMATION_REQUESTED],
                f"{url}?state={State.INFORMATION_REQUESTED}",
            ),
            _number(_("approved"), totals[State.APPROVED], f"{url}?state={State.APPROVED}"),
        ]

    def action(self) -> dict[str, Any] | None:
        first = visible_to(signed_in(self.request)).awaiting_decision().values_list("pk", flat=True).first()
        return {"url": reverse("vetting:dossier", args=[first]), "label": _("Decide the next one")} if first else None
