"""What staff fill in about delegations: who leads one, how many places it has, and what is done with its list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plenary.events.models import Event
from registration.forms.fields import LineField
from registration.models import Category, Delegation, DelegationQuota

FIELDS = (
    "event", "name", "country", "focal_name", "focal_title", "email", "language", "deadline", "reserve_order", "note",
)  # fmt: skip


class Moment(forms.DateTimeInput):
    """The browser's own choice of day and time: it needs no script."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DelegationForm(forms.ModelForm):
    """A delegation, and once it has an event its places in each of the event's categories."""

    focal_name = LineField(label=_("Head or focal point"), help_text=_("Who answers for the list."))
    focal_title = LineField(label=_("Function"), required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The link to the workspace goes here. Another address closes the links sent before."),
    )

    class Meta:
        model = Delegation
        fields = FIELDS
        widgets = {
            "deadline": Moment,
            "reserve_order": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
        help_texts = {
            "name": _("As it should stand on lists, in each language; every other falls back to English."),
            "language": _("Of the mails to the focal point."),
            "deadline": _("After this moment only staff change who is on the list. In the time zone of your account."),
            "reserve_order": _("From the delegation's own waiting list. The delegation can change it too."),
            "note": _("Only staff read it."),
        }

    def __init__(self, *args: Any, events: QuerySet[Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reserve_order"].required = False  # what is not sent stays as it is
        event = self.fields["event"]
        if isinstance(event, forms.ModelChoiceField):
            event.queryset = events
        self.quota_fields: dict[str, Category] = {}
        if self.instance._state.adding:
            return
        event.disabled = True
        held = {quota.category_id: quota for quota in DelegationQuota.objects.filter(delegation=self.instance)}
        for category in Category.objects.filter(event=self.instance.event_id).order_by("position", "id"):
            quota = held.get(category.pk)
            name = f"places-{category.pk}"
            self.quota_fields[name] = category
            self.fields[name] = forms.IntegerField(
                label=_("Places as %(category)s") % {"category": category},
                min_value=0,
                max_value=9_999,
                required=False,
                initial=quota.places if quota else 0,
                help_text=_taken(quota),
            )

    def quotas(self) -> dict[Category, int]:
        """Places by category, as cleaned."""
        return {category: self.cleaned_data.get(name) or 0 for name, category in self.quota_fields.items()}


def _taken(quota: DelegationQuota | None) -> str:
    """How many places are taken, and what it means that there are fewer."""
    taken = _("%(taken)d taken.") % {"taken": quota.taken if quota else 0}
    if quota is None or not quota.over:
        return str(taken)
    over = _("%(over)d more than there are places: who is named stays, whoever is named now waits.")
    return f"{taken} {over % {'over': quota.over}}"


class ReopenForm(forms.Form):
    """A new deadline for a list that is closed, or a later one for one that is open."""

    deadline = forms.DateTimeField(
        label=_("New deadline"),
        widget=Moment,
        error_messages={"required": _("Choose a moment."), "invalid": _("Write it like 2027-05-14 18:00.")},
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, help_text=_("The focal point reads it on the workspace.")
    )

    def clean_deadline(self) -> Any:
        moment = self.cleaned_data["deadline"]
        if moment <= timezone.now():
            raise forms.ValidationError(_("This moment has passed already. Choose a later one."))
        return moment
