"""Issue visa letters to many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from plenary.core.actions import Actor
from plenary.core.permissions import of_own_events, signed_in
from registration.actions.letters import missing_facts
from registration.actions.vetting import DecisionReport
from registration.actions.visas import issue_visa_letters
from registration.bulk_actions.mailing_out import MailOut
from registration.letters import compose
from registration.models import Letter, Registration
from registration.permissions import may_see_queue, visible_to
from registration.querysets import RegistrationQuerySet
from registration.rules import State
from registration.rules.letters import LetterKind
from registration.viewsets.letters_desk import ISSUE, PASSPORT
from registration.viewsets.queue import QueueFilterSet

VISA = LetterKind.VISA_SUPPORT


class IssueLetters(MailOut):
    """Visa letters for the registrations ticked in the queue; “all” means all approved ones of the list without a letter."""

    models = [Registration]
    template_name = "letters_admin/issue_many.html"
    display_name = title = gettext_lazy("Issue visa letters")
    action_type = "issue_letters"
    aria_label = gettext_lazy("Issue visa letters to selected registrations")
    action_priority = 60

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_queue(signed_in(request)) or not request.user.has_perm(ISSUE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def mine(self) -> RegistrationQuerySet:
        user = signed_in(self.request)
        return of_own_events(visible_to(user), user).select_related("event__venue", "category__event")

    def everything(self, filters: QueryDict) -> QuerySet[Registration]:
        queue = QueueFilterSet(filters, request=self.request)
        shown = queue.filter_queryset(self.mine()) if queue.is_valid() else self.mine().none()
        having = Letter.objects.valid().filter(kind=VISA, registration__isnull=False).values("registration")
        return shown.filter(state=State.APPROVED).exclude(pk__in=having).matching(filters.get("q", ""))

    def hindrances(self, chosen: list[Registration]) -> dict[Registration, str]:
        letters = Letter.objects.valid().filter(registration__in=[one.pk for one in chosen], kind=VISA)
        having = set(letters.values_list("registration_id", flat=True))
        return {one: why for one in chosen if (why := _hindrance(one, one.pk in having))}

    def sample(self, first: Registration, language: str) -> dict[str, Any]:
        return compose(first, kind=VISA, reference=_("DRAFT"), language=language)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "sees_passports": signed_in(self.request).has_perm(PASSPORT)}

    def send(self, keys: list[UUID], by: Actor) -> DecisionReport:
        return issue_visa_letters(keys, by=by)

    def told(self, count: int) -> str:
        said = ngettext("%(count)s letter issued and mailed.", "%(count)s letters issued and mailed.", count)
        return said % {"count": count}


def _hindrance(registration: Registration, has_one: bool) -> str:
    if registration.state != State.APPROVED:
        return str(registration.get_state_display())
    if has_one:
        return _("has a letter already")
    if not registration.event.takes_registrations:
        return _("the plan of the event is not in force")
    if missing := missing_facts(registration, VISA):
        return _("missing: %(what)s") % {"what": _(", ").join(missing)}
    return ""
