"""The ledger of press downloads: how often each outlet took which file, and every single time below."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from plenary.core.viewsets.ledgers import FirstDay, LastDay, Ledger, LedgerView
from plenary.events.ledgers import EventFilter
from publicity.models import Download

MOST_COUNTED = 20  # outlets and files on top; a search for an outlet shows its others


class DownloadsView(LedgerView):
    """The counts follow the filters, as the list below does."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = list(self.queryset.by_outlet()[: MOST_COUNTED + 1])
        return {
            **super().get_context_data(**kwargs),
            "counts": counts[:MOST_COUNTED],
            "more_counts": len(counts) > MOST_COUNTED,
        }


class DownloadsLedger(Ledger):
    """For the press desk and publicity."""

    model = Download
    index_view_class = DownloadsView
    base_url_path = "reports/press-downloads"
    index_template_name = "ledgers/downloads.html"
    menu_label = _("Press downloads")
    menu_item_name = "press-downloads"
    menu_icon = "download"
    menu_order = 910
    list_filter = (EventFilter, FirstDay, LastDay)
    list_select_related = ("event",)
    search_fields = ("outlet", "title")
    search_label = _("Outlet or file")
