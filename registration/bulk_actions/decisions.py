"""Approve, ask or reject for many: first who gets which mail in which language, then the decision, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from plenary.core import languages
from plenary.core.actions import Actor
from plenary.core.languages import Language
from plenary.core.permissions import signed_in
from registration.actions import decide
from registration.actions.overtaken import overtaken_each
from registration.actions.standing import ripe
from registration.emails import Mail, decision_mail
from registration.models import Question, Registration, Review
from registration.permissions import DECISIONS, IDENTITY, decisions_for, may_see_queue, sight_of, visible_to
from registration.rules import State, transition
from registration.viewsets.field_names import askable
from registration.viewsets.forms import VERBS, BulkDecisionForm
from registration.viewsets.queue import QueueFilterSet

AT_MOST = 200  # in one go: what a person can look over, and what a request can do in its time


@dataclass(frozen=True)
class Preview:
    """The mail of one language, as its first reader will get it, and all who get it."""

    language: Language
    mail: Mail | None
    readers: list[Registration]


def chosen_of(request: HttpRequest) -> list[Registration]:
    """What was ticked, of the officer's own desks, with what its mails show; one more than can be taken in one go."""
    found = visible_to(signed_in(request)).select_related("event__venue", "category__event")
    asked = request.GET.getlist("id")
    if "all" in asked:
        query = request.GET.copy()
        filters = QueueFilterSet(_only_filters(query), request=request)
        found = filters.filter_queryset(found) if filters.is_valid() else found.none()
        found = found.matching(query.get("q", ""))
    else:
        found = found.filter(pk__in=keys_of(asked))
    return list(found.order_by("created_at", "id")[: AT_MOST + 1])


class DecideMany(BulkAction):
    """One decision on the registrations ticked in the queue. Those that cannot go are named, and hold up nobody."""

    models = [Registration]
    form_class = BulkDecisionForm
    template_name = "vetting/bulk_decision.html"
    target: State

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_queue(signed_in(request)) or not request.user.has_perm(DECISIONS[self.target]):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def needs_reason(self) -> bool:
        step = transition(State.SUBMITTED, self.target)
        return bool(step and step.needs_reason)

    @cached_property
    def chosen(self) -> list[Registration]:
        return chosen_of(self.request)

    @cached_property
    def possible(self) -> list[Registration]:
        """Those the role may decide and the route allows: a desk that has not spoken is not passed over in bulk either."""
        chosen, user = self.chosen[:AT_MOST], signed_in(self.request)
        return ripe([r for r in chosen if self.target in decisions_for(user, r)], to=self.target)

    @cached_property
    def impossible(self) -> list[Registration]:
        return [r for r in self.chosen[:AT_MOST] if r not in self.possible]

    @cached_property
    def askable(self) -> list[tuple[str, Any]]:
        """What can be asked of all these guests; only AskMany asks."""
        return []

    def previews(self, reason: str, fields: Sequence[str] = ()) -> list[Preview]:
        """One mail for each language that these guests read."""
        readers: dict[str, list[Registration]] = {}
        for registration in self.possible:
            readers.setdefault(registration.language, []).append(registration)
        return [
            Preview(languages.get(code), decision_mail(group[0], self.target, reason, fields), group)
            for code, group in readers.items()
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_reason": self.needs_reason, "askable": self.askable}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        given = form.cleaned_data if form is not None and form.is_bound else {}
        reason, fields = given.get("reason", ""), given.get("fields_asked", [])
        wrong = form is not None and form.is_bound and bool(form.errors)
        words = Review.objects.last_words(self.possible)
        ready = bool(self.possible) and (not self.needs_reason or bool(reason)) and not wrong
        return {
            "form": form or self.get_form(),
            "title": VERBS[self.target],
            "possible": self.possible,
            "seen": [f"{r.pk}:{r.version}:{words[r.pk]}" for r in self.possible],
            "impossible": self.impossible,
            "at_most": AT_MOST if len(self.chosen) > AT_MOST else None,
            "needs_reason": self.needs_reason,
            "reason": reason,
            "previews": self.previews(reason, fields) if ready else [],
            "ready": ready,
            "danger": self.target == State.REJECTED,
            "next": self.next_url,
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}",
            "view": self,
        }

    def form_valid(self, form: BulkDecisionForm) -> HttpResponse:
        """First press shows the mails, second sends them. No transaction around it: each registration has its own."""
        if not form.cleaned_data["confirmed"]:
            return self.render_to_response(self.get_context_data(form=form))
        report = decide(
            [registration.pk for registration in self.possible],
            to=self.target,
            by=Actor.staff(signed_in(self.request)),
            reason=form.cleaned_data["reason"],
            expected_version=self._versions(),
            expected_words={r.pk: self._seen.get(str(r.pk), ["", ""])[1] for r in self.possible},
            fields=form.cleaned_data["fields_asked"],
        )
        if report.done:
            messages.success(self.request, self.told(len(report.done)))
        if owing := list(report.became.values()).count(State.PAYMENT_DUE):
            text = ngettext(
                "%(count)s of them owes a payment: the badge waits for it.",
                "%(count)s of them owe a payment: their badges wait for it.",
                owing,
            )
            messages.info(self.request, text % {"count": owing})
        self._name_refused(report.refused)
        if not report.done and form.cleaned_data["reason"]:
            return self._show_again(form)
        return HttpResponseRedirect(self.next_url)

    def _show_again(self, form: BulkDecisionForm) -> HttpResponse:
        """Nobody was decided: the page as it is now, with the words that were typed."""
        for name in ("chosen", "possible", "impossible", "askable"):
            self.__dict__.pop(name, None)
        return self.render_to_response(self.get_context_data(form=form))

    @cached_property
    def _seen(self) -> dict[str, list[str]]:
        """What the officer saw in the preview, by key: the version, and when a desk had last spoken."""
        pairs = (pair.split(":", 2) for pair in self.request.POST.getlist("seen"))
        return {key: [*facts, ""] for key, *facts in pairs if facts}

    def _versions(self) -> dict[UUID, int]:
        """The versions the officer saw in the preview; one that is missing or changed is refused."""
        versions = {r.pk: self._seen.get(str(r.pk), ["-1"])[0] for r in self.possible}
        return {pk: int(version) if version.isdecimal() else -1 for pk, version in versions.items()}

    def _name_refused(self, refused: dict[UUID, str]) -> None:
        names = {registration.pk: registration.name for registration in self.possible}
        lines = [f"{names.get(pk, '')}: {why}" for pk, why in refused.items()]
        since = overtaken_each([r for r in self.impossible if str(r.pk) in self._seen])
        lines += [
            f"{r.name}: {since[r.pk]}"
            if r.pk in since
            else _("%(name)s: this registration is “%(state)s”.") % {"name": r.name, "state": r.get_state_display()}
            for r in self.impossible
        ]
        for line in lines[:20]:
            messages.warning(self.request, line)
        if len(lines) > 20:
            more = ngettext(
                "%(count)s more was left as it is.", "%(count)s more were left as they are.", len(lines) - 20
            )
            messages.warning(self.request, more % {"count": len(lines) - 20})

    def told(self, count: int) -> str:
        raise NotImplementedError


class ApproveMany(DecideMany):
    display_name: str | Promise = VERBS[State.APPROVED]
    action_type = "approve"
    aria_label = gettext_lazy("Approve selected registrations")
    action_priority = 10
    target = State.APPROVED

    def told(self, count: int) -> str:
        return ngettext("%(count)s guest approved and told.", "%(count)s guests approved and told.", count) % {
            "count": count
        }


class AskMany(DecideMany):
    display_name: str | Promise = VERBS[State.INFORMATION_REQUESTED]
    action_type = "ask"
    aria_label = gettext_lazy("Ask selected guests for more information")
    action_priority = 20
    target = State.INFORMATION_REQUESTED

    @cached_property
    def askable(self) -> list[tuple[str, Any]]:
        """The person's own fields, and what every one of these guests was asked at sign-up and this officer may read."""
        user = signed_in(self.request)
        if not user.has_perm(IDENTITY):
            return askable(())
        categories = {registration.category_id: registration.category for registration in self.possible}
        closed = sight_of(user).hidden_kinds
        asked = [
            list(Question.objects.asked_in(one).readable_by(user).exclude(kind__in=closed))
            for one in categories.values()
        ]
        if not asked:
            return askable(())
        common = set.intersection(*({question.key for question in questions} for questions in asked))
        return askable(question for question in asked[0] if question.key in common)

    def told(self, count: int) -> str:
        return ngettext(
            "%(count)s guest asked for more information.", "%(count)s guests asked for more information.", count
        ) % {"count": count}


class RejectMany(DecideMany):
    display_name: str | Promise = VERBS[State.REJECTED]
    action_type = "reject"
    aria_label = gettext_lazy("Reject selected registrations")
    action_priority = 30
    classes = {"serious"}
    target = State.REJECTED

    def told(self, count: int) -> str:
        return ngettext("%(count)s guest rejected and told.", "%(count)s guests rejected and told.", count) % {
            "count": count
        }


def keys_of(texts: Iterable[str]) -> list[UUID]:
    """The keys among what an address carried; anything else is nobody's registration."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _only_filters(query: QueryDict) -> QueryDict:
    for name in ("id", "next", "childOf"):
        query.pop(name, None)
    return query
