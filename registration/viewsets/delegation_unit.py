"""One delegation as a unit: its list, its papers, its link, and a decision on all of it or on some of its members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core import languages
from plenary.core.actions import Actor, record_look
from plenary.core.languages import Language
from plenary.core.models import Message
from plenary.core.permissions import signed_in
from registration import actions
from registration.actions.desks import route_objections
from registration.actions.orders import due_date
from registration.emails import Mail, decision_mail, delegation_decisions, payments
from registration.log import told_of
from registration.members import ORDER, Show, numbers_of, page_of, quotas_of, reserve_of
from registration.models import Delegation, DelegationPaper, Order, Registration
from registration.permissions import (
    CHANGE_DELEGATION,
    DECISIONS,
    IDENTITY,
    SEND_DELEGATION_LINK,
    VIEW_DELEGATION,
    decisions_for,
    delegations_for,
    may_see_queue,
    visible_to,
)
from registration.prices import price_of, sum_of
from registration.querysets import RegistrationQuerySet
from registration.rules import HOLDS_PLACE, LIVE, Stage, State, transition
from registration.rules.payments import OrderState
from registration.views.delegations import paper_response
from registration.views.workspace import FORMER_SHOWN
from registration.viewsets.delegation_forms import ReopenForm
from registration.viewsets.forms import VERBS, BulkDecisionForm

DECIDED_TOGETHER = (State.APPROVED, State.INFORMATION_REQUESTED, State.REJECTED)


class UnitPage(WagtailAdminTemplateMixin):
    """What the pages of one delegation share."""

    header_icon = "group"
    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in(request).has_perm(VIEW_DELEGATION):
            raise PermissionDenied
        found: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return found

    @cached_property
    def delegation(self) -> Delegation:
        return get_object_or_404(delegations_for(signed_in(self.request)).with_event(), pk=self.kwargs["pk"])

    @cached_property
    def rows(self) -> RegistrationQuerySet:
        """Members of the officer's own desks."""
        mine = visible_to(signed_in(self.request)).filter(delegation=self.delegation)
        return mine.select_related("category__event", "event__venue", "draft", "delegation__event").order_by(*ORDER)

    @property
    def actor(self) -> Actor:
        return Actor.staff(signed_in(self.request))

    def get_page_title(self) -> str:
        return str(self.delegation)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("delegations:index"), "label": _("Delegations")},
            {"url": "", "label": self.get_page_title()},
        ]

    def unit_address(self) -> str:
        return reverse("delegations:unit", args=[self.delegation.pk])


class UnitView(UnitPage, TemplateView):
    """Looking is logged: the page names everybody."""

    template_name = "delegations_admin/unit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, delegation = signed_in(self.request), self.delegation
        record_look(delegation, part="delegation", by=self.actor)
        may_change, may_send = user.has_perm(CHANGE_DELEGATION), user.has_perm(SEND_DELEGATION_LINK)
        stage, sent = delegation.stage(), self.request.GET
        show, papers = sent.get("show", ""), list(delegation.papers.all())
        return super().get_context_data(**kwargs) | {
            "delegation": delegation,
            "page": page_of(delegation, self.rows.filter(state__in=HOLDS_PLACE), show=show, number=sent.get("page")),
            "show": show,
            "shows": Show,
            "reserve": reserve_of(self.rows),
            "former": list(self.rows.exclude(state__in=LIVE)[:FORMER_SHOWN]),
            "numbers": numbers_of(self.rows),
            "quotas": quotas_of(delegation),
            "stage": stage,
            "is_closed": stage in {Stage.CONFIRMED, Stage.OVER},
            "decisions": [(state, VERBS[state]) for state in DECIDED_TOGETHER if user.has_perm(DECISIONS[state])]
            if may_see_queue(user)
            else [],
            "sees_identity": user.has_perm(IDENTITY),
            "may_change": may_change,
            "may_send": may_send,
            "papers": papers,
            "lacks_credentials": all(paper.kind != DelegationPaper.Kind.CREDENTIALS for paper in papers),
            "log": told_of(delegation),
            "sent": Message.objects.of(delegation).defer("recipient", "text", "html")[:20],
            "reopen_form": ReopenForm(),
            "language": languages.get(delegation.language),
        }


Verb = Callable[..., Delegation]
# Step of the page → permission, verb, what is told afterwards.
STEPS: Mapping[str, tuple[str, Verb]] = {
    "send": (SEND_DELEGATION_LINK, actions.send_workspace_link),
    "renew": (SEND_DELEGATION_LINK, actions.send_workspace_link),
    "revoke": (SEND_DELEGATION_LINK, actions.revoke_workspace_link),
    "remind": (SEND_DELEGATION_LINK, actions.remind_delegation),
    "confirm": (CHANGE_DELEGATION, actions.confirm_list),
    "reopen": (CHANGE_DELEGATION, actions.reopen_list),
}


class StepView(UnitPage, View):
    """One button of the page: send, renew or revoke the link, remind, confirm for the delegation, open the list again."""

    def get(self, request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
        return HttpResponseRedirect(self.unit_address())

    def post(self, request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
        if step not in STEPS:
            raise Http404
        permission, verb = STEPS[step]
        if not signed_in(request).has_perm(permission):
            raise PermissionDenied
        facts: dict[str, Any] = {"renew": True} if step == "renew" else {}
        if step == "reopen":
            form = ReopenForm(request.POST)
            if not form.is_valid():
                for errors in form.errors.values():
                    messages.error(request, " ".join(str(error) for error in errors))
                return HttpResponseRedirect(self.unit_address())
            facts = form.cleaned_data
        try:
            verb(delegation_id=self.delegation.pk, by=self.actor, **facts)
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _told(step))
        return HttpResponseRedirect(self.unit_address())


def uuids(texts: Iterable[str]) -> list[UUID]:
    """Keys from an address; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


class MoveUpView(UnitPage, View):
    """Staff give a free place to somebody on the delegation's waiting list, whoever it is that should choose."""

    def post(self, request: HttpRequest, pk: UUID, member: UUID) -> HttpResponse:
        if not signed_in(request).has_perm(CHANGE_DELEGATION):
            raise PermissionDenied
        heir = get_object_or_404(self.rows, pk=member)
        try:
            actions.choose_from_reserve(delegation_id=self.delegation.pk, member_id=heir.pk, by=self.actor)
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s has the place, and the focal point is told.") % {"name": heir.name})
        return HttpResponseRedirect(self.unit_address())


def _told(step: str) -> str:
    return {
        "send": _("The link is on its way to the focal point."),
        "renew": _("A new link is on its way. Those sent before open nothing now."),
        "revoke": _("Every link of this delegation is closed. Send a new one when you know whom to trust."),
        "remind": _("The reminder is on its way."),
        "confirm": _("The list is confirmed."),
        "reopen": _("The delegation can change its list until the new deadline."),
    }[step]


@dataclass(frozen=True)
class Preview:
    """One mail as its first reader will get it, and everybody who gets one like it."""

    language: Language
    mail: Mail
    readers: list[str]


class DecideView(UnitPage, FormView):
    """One decision on a delegation or on the members that were ticked; first who reads what, then the button."""

    template_name = "delegations_admin/decide.html"
    form_class = BulkDecisionForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    @cached_property
    def target(self) -> State:
        wanted = self.request.GET.get("to", "")
        if wanted not in {state.value for state in DECIDED_TOGETHER}:
            raise Http404
        state = State(wanted)
        user = signed_in(self.request)
        if not may_see_queue(user) or not user.has_perm(DECISIONS[state]):
            raise PermissionDenied
        return state

    @cached_property
    def chosen(self) -> list[Registration]:
        """Who was ticked; everybody who waits, where nobody was."""
        if ticked := self.request.GET.getlist("member"):
            return list(self.rows.filter(pk__in=uuids(ticked)))
        return list(self.rows.filter(state__in=[State.SUBMITTED, State.INFORMATION_REQUESTED]))

    @cached_property
    def allowed(self) -> list[Registration]:
        """Whom the role may decide this way, were there no desks."""
        user = signed_in(self.request)
        return [row for row in self.chosen if self.target in decisions_for(user, row)]

    @cached_property
    def objections(self) -> dict[UUID, str]:
        """Who is left because of the desks, and why: nobody is shown a mail that will not go out."""
        return route_objections(self.allowed, self.target)

    @cached_property
    def possible(self) -> list[Registration]:
        return [row for row in self.allowed if row.pk not in self.objections]

    @property
    def needs_reason(self) -> bool:
        step = transition(State.SUBMITTED, self.target)
        return bool(step and step.needs_reason)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_reason": self.needs_reason}

    def previews(self, reason: str) -> list[Preview]:
        """The mails to members who have an address of their own, by language, and the one to the focal point."""
        groups: dict[str, list[tuple[Registration, Mail]]] = {}
        for row in self.possible:
            if row.confirmed_at is not None and (mail := decision_mail(row, self.target, reason)):
                groups.setdefault(row.language, []).append((row, mail))
        found = [
            Preview(languages.get(code), group[0][1], [row.name for row, _mail in group])
            for code, group in groups.items()
        ]
        digest = self._digest(reason)
        return [digest, *found] if digest else found

    def _digest(self, reason: str) -> Preview | None:
        """Its link leads nowhere: it is the focal point's alone."""
        if not self.possible:
            return None
        imagined = Delegation.objects.with_event().get(pk=self.delegation.pk)
        imagined.link_version = 0
        decided = [_as_decided(row, self.target) for row in self.possible]
        reasons = {str(row.pk): reason for row in decided}
        pairs = zip(self.possible, decided, strict=True)
        owed = {row.pk: _as_owed(row) for row, one in pairs if one.state == State.PAYMENT_DUE}
        mail = delegation_decisions(imagined, decided, reasons, owed)
        return Preview(languages.get(imagined.language), mail, [self.delegation.focal_name])

    def get_page_title(self) -> str:
        return f"{VERBS[self.target]}: {self.delegation}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or self.get_form()
        reason = form.cleaned_data.get("reason", "") if form.is_bound and form.is_valid() else ""
        ready = bool(self.possible) and (not self.needs_reason or bool(reason))
        return super().get_context_data(**{**kwargs, "form": form}) | {
            "delegation": self.delegation,
            "possible": self.possible,
            "impossible": [
                (row, self.objections.get(row.pk) or row.get_state_display())
                for row in self.chosen
                if row not in self.possible
            ],
            "needs_reason": self.needs_reason,
            "previews": self.previews(reason) if ready else [],
            "ready": ready,
            "danger": self.target == State.REJECTED,
            "verb": VERBS[self.target],
            "back": self.unit_address(),
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}",
        }

    def form_valid(self, form: BulkDecisionForm) -> HttpResponse:
        if not form.cleaned_data["confirmed"]:
            return self.render_to_response(self.get_context_data(form=form))
        report = actions.decide_members(
            delegation_id=self.delegation.pk,
            member_ids=[row.pk for row in self.possible],
            to=self.target,
            by=self.actor,
            reason=form.cleaned_data["reason"],
            expected_version=self._versions(),
        )
        if count := len(report.done):
            text = ngettext("%(count)s member decided and told.", "%(count)s members decided and told.", count)
            messages.success(self.request, text % {"count": count})
        names = {row.pk: row.name for row in self.possible}
        for pk, why in report.refused.items():
            messages.warning(self.request, f"{names.get(pk, '')}: {why}")
        return HttpResponseRedirect(self.unit_address())

    def _versions(self) -> dict[UUID, int]:
        """The versions that were looked at; one that is missing or changed is refused."""
        seen = dict(pair.split(":", 1) for pair in self.request.POST.getlist("seen") if ":" in pair)
        found = {row.pk: seen.get(str(row.pk), "") for row in self.possible}
        return {pk: int(version) if version.isdecimal() else -1 for pk, version in found.items()}


def _as_decided(row: Registration, target: State) -> Registration:
    """The member as it would stand afterwards, for a preview."""
    state = payments.what_approval_means(row) if target == State.APPROVED else target
    imagined = Registration(pk=row.pk, name=row.name, state=state, confirmed_at=row.confirmed_at)
    imagined.category = row.category
    return imagined


def _as_owed(row: Registration) -> Order:
    """The order as it would be made, for a preview: its reference does not exist yet."""
    due = sum_of(price_of(row))
    return Order(
        registration=row,
        event=row.event,
        state=OrderState.OPEN,
        currency=due.currency if due else "",
        total_minor=due.minor if due else 0,
        due_at=due_date(row, timezone.now()),
        reference="…",
    )


def paper_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A paper a delegation handed in: with the right to see identity, of one's own events, and every look is logged."""
    user = signed_in(request)
    if not user.has_perm(VIEW_DELEGATION) or not user.has_perm(IDENTITY):
        raise PermissionDenied
    paper = get_object_or_404(DelegationPaper, pk=pk, delegation__in=delegations_for(user))
    record_look(paper.delegation, part=f"file {paper.pk}", by=Actor.staff(user))
    return paper_response(paper)
