"""What the lists of the offer have in common: their addresses, and columns of our own."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.viewsets import TemplateColumn


def column(name: str, label: Any, classname: str = "") -> TemplateColumn:
    return TemplateColumn(name, label=label, template=f"registration_admin/cells/{name}.html", classname=classname)


class OfferViewSet(ModelViewSet):
    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = False
    list_per_page = 50
    list_filter = ["event"]
    undeletable = False  # where a record can hold registrations

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail's own, without history and usage, which its log would feed and ours does, and without deletion
        where that would take others along."""
        gone = {"history", "history_results", "usage"} | ({"delete"} if self.undeletable else set())
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in gone]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = super().get_common_view_kwargs(**kwargs)
        gone = {"history_url_name", "usage_url_name"} | ({"delete_url_name"} if self.undeletable else set())
        return {name: value for name, value in kwargs.items() if name not in gone}
