"""What staff fill in about a guest's problem: owner and day, an answer or a note, a problem told by telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plenary.core.actions import Actor
from registration.models import Issue
from registration.rules.issues import IssueState, Urgency
from registration.viewsets.moments import MomentField


def people() -> Any:
    """Accounts that may take on a problem."""
    may = Q(groups__permissions__codename="handle_issue") | Q(is_superuser=True)
    return User.objects.filter(may, is_active=True).distinct().order_by("first_name", "last_name", "username")


class OwnerChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name() or obj.get_username()


class AssignForm(forms.Form):
    """Who takes care of it, until when, how urgent it is."""

    owner = OwnerChoice(label=gettext_lazy("Owner"), queryset=User.objects.none(), required=False)
    due_at = MomentField(label=gettext_lazy("Due"))
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, issue: Issue, apply: Callable[..., Issue]) -> None:
        initial = {
            "owner": issue.owner_id,
            "due_at": issue.due_at,
            "urgency": issue.urgency,
            "version": issue.version,
        }
        super().__init__(data, initial=initial, prefix="a")
        self._apply = apply
        owner, due = self.fields["owner"], self.fields["due_at"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset, owner.empty_label = people(), _("nobody yet")
        if isinstance(due, MomentField):
            due.of(issue.event)

    def apply(self, issue: Issue, *, by: Actor) -> None:
        given = self.cleaned_data
        self._apply(
            issue_id=issue.pk,
            by=by,
            owner=given["owner"],
            due_at=given["due_at"],
            urgency=given["urgency"],
            expected_version=given["version"],
        )

    def done(self, issue: Issue) -> str:
        return _("Kept.")


class AnswerForm(forms.Form):
    """Something to write, to whom, and how the problem stands afterwards."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    to_guest = forms.ChoiceField(
        label=gettext_lazy("Who reads it?"),
        choices=[("yes", gettext_lazy("the guest, by mail")), ("no", gettext_lazy("staff only"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    to = forms.ChoiceField(label=gettext_lazy("The problem is then"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, issue: Issue, states: Sequence[IssueState], apply: Callable[..., Issue]
    ) -> None:
        super().__init__(data, initial={"version": issue.version}, prefix="w")
        self._apply = apply
        to = self.fields["to"]
        if isinstance(to, forms.ChoiceField):
            to.choices = [
                ("", _("as it is (%(state)s)") % {"state": issue.get_state_display()}),
                *((state.value, state.label) for state in states),
            ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("text") and not cleaned.get("to"):
            self.add_error("text", _("Write something, or choose another state."))
        return cleaned

    def apply(self, issue: Issue, *, by: Actor) -> None:
        given = self.cleaned_data
        self._apply(
            issue_id=issue.pk,
            by=by,
            text=given["text"],
            to=IssueState(given["to"]) if given["to"] else None,
            to_guest=given["to_guest"] == "yes",
            expected_version=given["version"],
        )

    def done(self, issue: Issue) -> str:
        if self.cleaned_data["to_guest"] == "yes" and self.cleaned_data["text"]:
            return _("Written to the guest.")
        return _("Kept.")


class RaiseForm(forms.Form):
    """A problem that a guest has told by telephone or at the desk."""

    subject = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = forms.CharField(
        label=gettext_lazy("What has happened"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy("The guest can read it on the own page."),
    )
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices)
    origin = forms.UUIDField(widget=forms.HiddenInput)

    @staticmethod
    def fresh() -> dict[str, Any]:
        return {"origin": uuid4(), "urgency": Urgency.NORMAL}
