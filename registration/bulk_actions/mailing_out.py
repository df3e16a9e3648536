"""What sending invitations and issuing letters to many share: everything that was chosen, in portions a person can look over.

First who gets what and who is left out with the reason, then the sending, one by one. Where more were chosen than one
portion holds, the page says so and the next portion follows; each row is shown once, whatever became of it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.forms import BooleanField, Form, HiddenInput
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from plenary.core import languages
from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from registration.actions.vetting import DecisionReport
from registration.bulk_actions.decisions import keys_of

PORTION = 200  # what a person can look over, and what a request can do in its time
AFTER, SEEN, LAST = "after", "seen", "last"


class ConfirmForm(Form):
    """Set once the list was looked at."""

    confirmed = BooleanField(required=False, widget=HiddenInput)


class MailOut(BulkAction):
    """One portion of what was chosen. Those that cannot go are named, and hold up nobody."""

    form_class = ConfirmForm
    title: str | Promise

    def mine(self) -> QuerySet[Any]:
        """All rows this person may choose from."""
        raise NotImplementedError

    def everything(self, filters: QueryDict) -> QuerySet[Any]:
        """What “all” means: the rows the list showed with these filters, as far as they come into question."""
        raise NotImplementedError

    def hindrances(self, chosen: list[Any]) -> dict[Any, str]:
        """Why some cannot go, as the preview says it; the action decides again."""
        raise NotImplementedError

    def send(self, keys: list[UUID], by: Actor) -> DecisionReport:
        raise NotImplementedError

    def told(self, count: int) -> str:
        raise NotImplementedError

    def sample(self, first: Any, language: str) -> Any:
        """What the first reader of a language gets."""
        raise NotImplementedError

    @cached_property
    def rows(self) -> QuerySet[Any]:
        asked = self.request.GET.getlist("id")
        if "all" not in asked:
            found = self.mine().filter(pk__in=keys_of(asked))
        else:
            query = self.request.GET.copy()
            for name in ("id", "next", "childOf", AFTER):
                query.pop(name, None)
            found = self.everything(query)
        return found.order_by("created_at", "pk")

    def behind(self, key: str) -> QuerySet[Any]:
        """The rows that follow one; all of them where the key is nobody's."""
        last = self.mine().filter(pk__in=keys_of([key])).values_list("created_at", "pk").first()
        if last is None:
            return self.rows
        return self.rows.filter(Q(created_at__gt=last[0]) | Q(created_at=last[0], pk__gt=last[1]))

    @cached_property
    def chosen(self) -> list[Any]:
        """This portion; once confirmed, no other rows than those that were looked at."""
        if self.request.method == "POST":
            return list(self.rows.filter(pk__in=keys_of(self.seen)))
        return list(self.behind(self.request.GET.get(AFTER, ""))[:PORTION])

    @cached_property
    def seen(self) -> dict[str, str]:
        """Versions by key, as they were looked at."""
        pairs = (pair.split(":", 1) for pair in self.request.POST.getlist(SEEN)[:PORTION] if ":" in pair)
        return dict(pairs)

    @cached_property
    def impossible(self) -> dict[Any, str]:
        found = self.hindrances(self.chosen)
        if self.request.method == "POST":
            changed = [one for one in self.chosen if self.seen.get(str(one.pk)) != str(one.version)]
            found |= {one: _("has changed since you looked") for one in changed if one not in found}
        return found

    @cached_property
    def possible(self) -> list[Any]:
        return [one for one in self.chosen if one not in self.impossible]

    def next_portion(self, last: str) -> str:
        """The address of what follows a row."""
        query = self.request.GET.copy()
        query[AFTER] = last
        return f"{self.request.path}?{query.urlencode()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        readers: dict[str, list[Any]] = {}
        for one in self.possible:
            readers.setdefault(one.language, []).append(one)
        last = str(self.chosen[-1].pk) if self.chosen else ""
        remaining = self.behind(last).count() if last else 0
        return {
            "form": self.get_form(),
            "title": self.title,
            "possible": self.possible,
            "impossible": self.impossible.items(),
            "previews": [
                {"language": languages.get(code), "guests": guests, "sample": self.sample(guests[0], code)}
                for code, guests in readers.items()
            ],
            "seen": self.chosen,
            "last": last,
            "remaining": remaining,
            "skip_url": self.next_portion(last) if remaining else "",
            "next": self.next_url,
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}",
            "view": self,
        }

    def form_valid(self, form: ConfirmForm) -> HttpResponse:
        names = {one.pk: one.name for one in self.chosen}
        left_out = [f"{one.name}: {why}" for one, why in self.impossible.items()]
        last = self.request.POST.get(LAST, "")
        report = self.send([one.pk for one in self.possible], Actor.staff(signed_in(self.request)))
        if count := len(report.done):
            messages.success(self.request, self.told(count))
        left_out += [f"{names.get(key, '')}: {why}" for key, why in report.refused.items()]
        for line in left_out[:20]:
            messages.warning(self.request, line)
        remaining = self.behind(last).count() if last else 0
        if not remaining:
            return HttpResponseRedirect(self.next_url)
        said = ngettext(
            "%(count)s more was chosen: here it is.", "%(count)s more were chosen: these follow.", remaining
        )
        messages.info(self.request, said % {"count": remaining})
        return HttpResponseRedirect(self.next_portion(last))
