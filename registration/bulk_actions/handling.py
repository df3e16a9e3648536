"""Take, hold or clear many: nobody is mailed, so one page says who it is about and one button does it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from registration import actions
from registration.actions.desks import seen_token
from registration.actions.overtaken import overtaken
from registration.bulk_actions.decisions import AT_MOST, chosen_of
from registration.models import Desk, DeskStanding, ReasonCode, Registration, Review
from registration.permissions import VET, desks_of, may_see_queue
from registration.rules import TO_ACT, Verdict
from registration.viewsets.forms import HoldForm


class HandleMany(BulkAction):
    """One act on the registrations ticked in the queue. Those that cannot go are named, and hold up nobody."""

    models = [Registration]
    form_class: type[forms.Form] = forms.Form
    template_name = "vetting/bulk_handling.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_queue(signed_in(request)) or not request.user.has_perm(VET):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def chosen(self) -> list[Registration]:
        return chosen_of(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            "form": kwargs.get("form") or self.get_form(),
            "title": self.display_name,
            "chosen": self.chosen[:AT_MOST],
            "at_most": AT_MOST if len(self.chosen) > AT_MOST else None,
            "next": self.next_url,
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}",
            "view": self,
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by, done = Actor.staff(signed_in(self.request)), 0
        for registration in self.chosen[:AT_MOST]:
            try:
                self.act(registration, form.cleaned_data, by)
            except actions.Refused as refusal:
                messages.warning(self.request, f"{registration.name}: {refusal}")
            else:
                done += 1
        if done:
            told = ngettext("Done for %(count)s registration.", "Done for %(count)s registrations.", done)
            messages.success(self.request, told % {"count": done})
        elif self.chosen and form.cleaned_data:  # nobody: what was typed stays, with the reasons above it
            self.__dict__.pop("chosen")
            return self.render_to_response(self.get_context_data(form=form))
        return HttpResponseRedirect(self.next_url)

    def act(self, registration: Registration, given: dict[str, Any], by: Actor) -> None:
        raise NotImplementedError


class TakeMany(HandleMany):
    display_name = gettext_lazy("Take")
    action_type = "take"
    aria_label = gettext_lazy("Take selected registrations")
    action_priority = 40

    def act(self, registration: Registration, given: dict[str, Any], by: Actor) -> None:
        actions.assign(registration_id=registration.pk, to=signed_in(self.request), by=by)


class HoldMany(HandleMany):
    display_name = gettext_lazy("Put on hold")
    action_type = "hold"
    aria_label = gettext_lazy("Put selected registrations on hold")
    action_priority = 50
    form_class = HoldForm

    def act(self, registration: Registration, given: dict[str, Any], by: Actor) -> None:
        actions.hold(registration_id=registration.pk, until=given["until"], reason=given["reason"], by=by)


class ClearForm(forms.Form):
    """For which desk, and why."""

    desk = forms.ModelChoiceField(label=gettext_lazy("Desk"), queryset=Desk.objects.none(), empty_label=None)
    reason_code = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=ReasonCode.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
    )

    def __init__(self, *args: Any, desks: list[Desk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [code.pk for code in ReasonCode.objects.filter(active=True) if Verdict.CLEAR in code.verdicts]
        for name, queryset in [
            ("desk", Desk.objects.filter(pk__in=[desk.pk for desk in desks])),
            ("reason_code", ReasonCode.objects.filter(pk__in=codes)),
        ]:
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = queryset


class ClearMany(HandleMany):
    """“No objection” of one's desk. With four eyes it is the first or the second opinion, as the case may be."""

    display_name = gettext_lazy("No objection")
    action_type = "clear"
    aria_label = gettext_lazy("Say for your desk that nothing speaks against the selected registrations")
    action_priority = 35
    form_class = ClearForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "desks": desks_of(signed_in(self.request))}

    @cached_property
    def _current(self) -> dict[tuple[UUID, int], Review]:
        ids = [registration.pk for registration in self.chosen[:AT_MOST]]
        counting = Review.objects.filter(registration__in=ids, closed="")
        return {(review.registration_id, review.desk_id): review for review in counting}

    def act(self, registration: Registration, given: dict[str, Any], by: Actor) -> None:
        desk = given["desk"]
        to_act = [state.value for state in TO_ACT]
        if not DeskStanding.objects.filter(registration=registration, desk=desk, state__in=to_act).exists():
            raise actions.Refused(_("Your desk has nothing to say here now."))
        current = self._current.get((registration.pk, desk.pk))
        if current is not None and current.verdict != Verdict.CLEAR:
            raise actions.Refused(overtaken(registration, desk=desk))  # who disagrees with a colleague opens the case
        actions.give_verdict(
            registration_id=registration.pk,
            desk=desk,
            verdict=Verdict.CLEAR,
            by=by,
            reason_code=given["reason_code"],
            seen=seen_token(current),
            expected_version=registration.version,
        )
