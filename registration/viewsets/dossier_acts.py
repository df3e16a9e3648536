"""What an officer does in a dossier besides the decision: verdict of the desk, hold, assignment, note, what a flag is worth.

Each act answers a form that is wrong, to be shown again, or None with what to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import formats
from django.utils.translation import gettext as _

from plenary.core.actions import Actor
from registration import actions
from registration.models import Finding
from registration.permissions import WATCH_LIST, desks_of, officers_for
from registration.querysets.flags import WATCH_LIST as WATCH_LIST_KIND
from registration.rules import Verdict
from registration.viewsets.forms import AssignForm, FlagForm, HoldForm, look_again

if TYPE_CHECKING:
    from registration.viewsets.dossier import DossierView


@dataclass(frozen=True)
class Outcome:
    """What came of an act: a form to mend, or something to tell."""

    form: forms.Form | None = None
    told: str = ""


def _attempt(form: forms.Form, act: Callable[[], str]) -> Outcome:
    if not form.is_valid():
        return Outcome(form)
    try:
        return Outcome(told=act())
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
        return Outcome(form)


def verdict(view: DossierView, by: Actor) -> Outcome:
    desk = (
        next((one for one in desks_of(by.user) if one.slug == view.request.POST.get("desk")), None) if by.user else None
    )
    if desk is None:  # another desk's form was never shown
        raise PermissionDenied
    form = view.verdict_form(desk, data=view.request.POST)

    def act() -> str:
        given = form.cleaned_data
        review = actions.give_verdict(
            registration_id=view.registration.pk,
            desk=desk,
            verdict=Verdict(given["verdict"]),
            by=by,
            reason_code=given["reason_code"],
            note=given["note"],
            fields=given["fields_asked"],
            seen=given["seen"],
            expected_version=given["version"],
        )
        return _("%(desk)s: %(verdict)s.") % {"desk": desk, "verdict": review.get_verdict_display()}

    outcome = _attempt(form, act)
    if outcome.form is None or not (why := view.look_anew(desk)):
        return outcome
    form = view.verdict_form(desk, data=view.request.POST)
    look_again(form, why, choice="verdict", **{name: form.initial[name] for name in ("version", "seen")})
    return Outcome(form)


def hold(view: DossierView, by: Actor) -> Outcome:
    form = HoldForm(view.request.POST)

    def act() -> str:
        given = form.cleaned_data
        actions.hold(registration_id=view.registration.pk, until=given["until"], reason=given["reason"], by=by)
        return _("On hold until %(day)s.") % {"day": formats.date_format(given["until"])}

    return _attempt(form, act)


def resume(view: DossierView, by: Actor) -> Outcome:
    actions.resume(registration_id=view.registration.pk, by=by)
    return Outcome(told=_("Back in the queue."))


def assign(view: DossierView, by: Actor) -> Outcome:
    form = AssignForm(view.request.POST, officers=officers_for(view.registration))

    def act() -> str:
        chosen, holder = form.cleaned_data["officer"], form.cleaned_data["holder"]
        if not chosen:
            actions.release(registration_id=view.registration.pk, by=by)
            return _("Anybody can take it now.")
        to = User.objects.get(pk=chosen)
        expected = int(holder) if holder.isdecimal() else None
        actions.assign(registration_id=view.registration.pk, to=to, by=by, expected=expected)
        return _("Assigned to %(officer)s.") % {"officer": to.get_full_name() or to.get_username()}

    return _attempt(form, act)


def note(view: DossierView, by: Actor) -> Outcome:
    form = view.note_form(data=view.request.POST)

    def act() -> str:
        given = form.cleaned_data
        actions.add_note(
            registration_id=view.registration.pk,
            text=given["text"],
            about=given["about"],
            desk=given.get("own_desk"),
            by=by,
        )
        return _("Noted.")

    return _attempt(form, act)


def flag(view: DossierView, by: Actor) -> Outcome:
    form = FlagForm(view.request.POST)
    if not form.is_valid():
        return Outcome(form)
    finding = Finding.objects.filter(pk=form.cleaned_data["finding"], registration=view.registration.pk).first()
    if finding is None or (finding.kind == WATCH_LIST_KIND and not view.request.user.has_perm(WATCH_LIST)):
        raise PermissionDenied

    def act() -> str:
        state = Finding.State(form.cleaned_data["state"])
        actions.decide_flag(finding_id=finding.pk, state=state, reason=form.cleaned_data["reason"], by=by)
        return _("Flag: %(state)s.") % {"state": state.label}

    return _attempt(form, act)


ACTS: Mapping[str, Callable[[Any, Actor], Outcome]] = {
    "verdict": verdict,
    "hold": hold,
    "resume": resume,
    "assign": assign,
    "note": note,
    "flag": flag,
}
