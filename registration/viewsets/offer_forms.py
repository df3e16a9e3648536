"""The form for categories, and what forms of the offer have in common."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from registration.models import Category


class OfferForm(WagtailAdminModelForm):
    """An event is chosen once: what hangs on a category or a question belongs to its event."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "event" in self.fields:
            self.fields["event"].disabled = True


def over_quota(category: Category) -> str:
    """What a quota below the places taken means, in a sentence; nothing where it is not below."""
    over = category.taken - category.quota if category.quota is not None else 0
    if over <= 0:
        return ""
    return ngettext(
        "%(over)d more is taken than there are places. Nobody is thrown out; until enough have left nobody new comes in, "
        "nobody moves up from a waiting list, and a place that becomes free goes to nobody.",
        "%(over)d more are taken than there are places. Nobody is thrown out; until enough have left nobody new comes in, "
        "nobody moves up from a waiting list, and a place that becomes free goes to nobody.",
        over,
    ) % {"over": over}


class CategoryForm(OfferForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "quota" in self.fields:
            taken = gettext("Empty means no limit. %(taken)d are taken.") % {"taken": self.instance.taken}
            self.fields["quota"].help_text = f"{taken} {over_quota(self.instance)}".strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It has to close after it opens."))
        return cleaned
