"""The rules of retention in the admin: each is added with the day it comes into force and its source, none is changed."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor, record_history
from plenary.core.permissions import signed_in
from registration.models import RetentionRule


class AddRuleView(generic.CreateView):
    def get_success_buttons(self) -> list[Any]:
        return []

    def save_instance(self) -> RetentionRule:
        rule: RetentionRule = self.form.save()
        by = Actor.staff(signed_in(self.request))
        record_history(rule, verb="retention_rule_added", by=by, data={"rule": rule.retention, "days": rule.days})
        return rule


class RetentionViewSet(ModelViewSet):
    model = RetentionRule
    name = "retention"
    url_prefix = "privacy/rules"
    icon = "time"
    menu_label = gettext_lazy("Rules of retention")
    menu_name = "retention"
    menu_order = 161
    add_to_admin_menu = True
    add_view_class = AddRuleView
    list_display = [
        Column("retention", label=gettext_lazy("Rule"), accessor="get_retention_display"),
        Column("days", label=gettext_lazy("Days after the event")),
        Column("in_force_from", label=gettext_lazy("In force from")),
        Column("source", label=gettext_lazy("Source")),
    ]
    ordering = ["retention", "-in_force_from"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    edit_handler = ObjectList(
        [FieldPanel("retention"), FieldPanel("days"), FieldPanel("in_force_from"), FieldPanel("source")]
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = {"index", "index_results", "add"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        gone = {"history_url_name", "usage_url_name", "edit_url_name", "delete_url_name"}
        return {name: value for name, value in kwargs.items() if name not in gone}
