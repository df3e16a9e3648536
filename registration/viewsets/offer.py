"""Categories in the admin: a list, and forms that save through actions; and the group of the menu they stand in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from plenary.core.viewsets.scoping import OwnEventsList, OwnEventsRecord
from registration.actions import save_category
from registration.models import Category
from registration.viewsets.offer_base import OfferViewSet, column
from registration.viewsets.offer_forms import CategoryForm, over_quota
from registration.viewsets.questions import QuestionViewSet, SecondFormViewSet, SectionViewSet


class OfferListView(OwnEventsList, generic.IndexView):
    """A list in the order of the sign-up page, event by event."""

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by("-event__starts_on", "event", "position", "id")


class CategoryListView(OfferListView):
    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            column("category", _("Category")),
            column("places", _("Places")),
            column("open", _("Sign-up")),
            column("kind", _("Kind"), "plenary-wide"),
        ]

    def get_base_queryset(self) -> QuerySet[Category]:
        return Category.objects.select_related("event")


def _save_category(view: Any) -> Category:
    return save_category(view.form.save(commit=False), by=Actor.staff(signed_in(view.request)))


class AddCategoryView(OwnEventsRecord, generic.CreateView):
    def save_instance(self) -> Category:
        return _save_category(self)


class EditCategoryView(OwnEventsRecord, generic.EditView):
    def save_instance(self) -> Category:
        category = _save_category(self)
        category.refresh_from_db(fields=["taken"])
        if told := over_quota(category):
            messages.warning(self.request, f"{category}: {told}")
        return category


IDENTITY_PANEL = MultiFieldPanel(
    [
        FieldPanel("asks_passport"),
        FieldPanel("asks_passport_scan"),
        FieldPanel("document_months", help_text=gettext_lazy("Documents that end earlier are marked for officers.")),
        FieldPanel("document_strict", help_text=gettext_lazy("Else the guest is warned, and may still send it.")),
        FieldPanel(
            "asks_portrait",
            help_text=gettext_lazy(
                "Leave it out for heads of state. One guest is exempted in the dossier, with a reason."
            ),
        ),
        FieldPanel("asks_assignment_letter", help_text=gettext_lazy("For the press: the letter of the editor.")),
        FieldPanel(
            "identity_due_at", help_text=gettext_lazy("Guests are told this moment; what comes later is marked.")
        ),
    ],
    heading=gettext_lazy("Identity papers, asked on the guest's own page"),
)


class CategoryViewSet(OfferViewSet):
    model = Category
    name = "categories"
    icon = "group"
    menu_label = gettext_lazy("Categories")
    ordering = "position"
    undeletable = True
    index_view_class = CategoryListView
    add_view_class = AddCategoryView
    edit_view_class = EditCategoryView
    edit_handler = ObjectList(
        [
            FieldPanel("event"),
            FieldPanel("name"),
            FieldPanel(
                "slug", help_text=gettext_lazy("Stands in addresses and conditions; small Latin letters and hyphens.")
            ),
            FieldPanel("kind", help_text=gettext_lazy("Press goes to the press desk, everything else to protocol.")),
            FieldPanel("description"),
            MultiFieldPanel(
                [
                    FieldPanel("public"),
                    FieldPanel("needs_review"),
                    FieldPanel("opens_at"),
                    FieldPanel("closes_at"),
                    FieldPanel("quota"),
                    FieldPanel("waiting_list"),
                    FieldPanel("offer_hours"),
                ],
                heading=gettext_lazy("Sign-up"),
            ),
            IDENTITY_PANEL,
            MultiFieldPanel([FieldPanel("payment_days"), FieldPanel("when_overdue")], heading=gettext_lazy("Payment")),
            FieldPanel("colour"),
            FieldPanel("position"),
        ],
        base_form_class=CategoryForm,
    )


class OfferGroup(ModelViewSetGroup):
    """What the sign-up page offers and asks."""

    items = (CategoryViewSet, QuestionViewSet, SectionViewSet, SecondFormViewSet)
    menu_label = gettext_lazy("Sign-up")
    menu_name = "sign-up"
    menu_icon = "form"
    menu_order = 130
