"""Badges in the admin: print a category at once or in the background, find one, replace a lost one."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from checkin.actions import reprint_badge
from checkin.actions.printing import PART
from checkin.badges import MEDIA_TYPE, PROVISIONAL, badge_pdf, badges_pdf, file_name, provisional_badge_pdf
from checkin.designs import Pile
from checkin.models import Credential, PrintRun
from checkin.permissions import PRINT_BADGE, PRINT_DESK_BADGE
from checkin.querysets import CredentialQuerySet
from checkin.viewsets.printing import PrintRunView, pile_of, prepare, printed_file
from checkin.viewsets.shared import EventPage, PermittedMenuItem, permitted
from plenary.core.actions import Actor, record_look, record_looks
from plenary.core.permissions import of_own_events, signed_in
from plenary.events.models import Event
from registration.models import Category, Registration
from registration.querysets import RegistrationQuerySet
from registration.rules import State

MOST_FOUND = 20
LONGEST_WORDS = 200  # a badge text has 122


@dataclass(frozen=True)
class Part:
    """One file of badges: the first and the last it holds, counted from one."""

    number: int
    first: int
    last: int


def parts(count: int) -> list[Part]:
    return [
        Part(number, start + 1, min(start + PART, count)) for number, start in enumerate(range(0, count, PART), start=1)
    ]


class BadgesView(EventPage):
    """What there is to print."""

    permissions = (PRINT_BADGE, PRINT_DESK_BADGE)
    template_name = "checkin/badges.html"
    page_title = gettext_lazy("Badges")
    header_icon = "user"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.event is None:
            return context
        words = self.request.GET.get("q", "").strip()[:LONGEST_WORDS]
        more = self._found(self.event, words) if _is_enough(words) else []
        found = more[:MOST_FOUND]
        if found:
            record_looks(found, part="badge search", by=Actor.staff(signed_in(self.request)))
        waiting = _provisional(self.request).filter(pk__in=[guest.pk for guest in found])
        provisional = set(waiting.values_list("pk", flat=True))
        valid = {guest.pk for guest in found if _has_badge(guest)}
        context |= {
            **{"words": words, "found": found, "is_cut": len(more) > MOST_FOUND},
            **{"provisional": provisional, "valid": valid, "prints_all": self.prints_all},
            # One guest alone is the one who stands there: Enter prints.
            "is_sure": len(found) == 1 and bool(valid | provisional),
            "print_now": next((guest.pk for guest in found if str(guest.pk) == self.request.GET.get("print")), None),
        }
        # Who looks for one guest waits for nothing else.
        return {**context, **self._all(self.event)} if self.prints_all and not words else context

    @property
    def prints_all(self) -> bool:
        return signed_in(self.request).has_perm(PRINT_BADGE)

    def _found(self, event: Event, words: str) -> list[Registration]:
        guests = Credential.objects.search(event, words)
        return list((guests if self.prints_all else guests.entered_at_desk())[: MOST_FOUND + 1])

    def _all(self, event: Event) -> dict[str, Any]:
        """Of every category: how many badges, in which files."""
        counts = Credential.objects.counts_by_category(event)
        return {
            "categories_shown": True,
            "piles": Pile.choices,
            "pile": pile_of(self.request.GET.get("order", "")),
            "total": sum(counts.values()),
            "runs": PrintRun.objects.of(event),
            "categories": [
                {"category": category, "count": counts.get(category.pk, 0), "parts": parts(counts.get(category.pk, 0))}
                for category in Category.objects.filter(event=event)
            ],
        }


def _is_enough(words: str) -> bool:
    """Whether to look: a single letter finds half of the guests, a single ideograph is a name."""
    return len(words) > 1 or words > "\u2e80"


def _has_badge(guest: Registration) -> bool:
    badge = getattr(guest, "credential", None)
    return guest.state == State.APPROVED and badge is not None and badge.withdrawn_at is None


def _credentials(request: HttpRequest) -> CredentialQuerySet:
    """What badges are printed from, of guests this person may print."""
    found = of_own_events(Credential.objects.for_badges(), signed_in(request))
    return found if signed_in(request).has_perm(PRINT_BADGE) else found.entered_at_desk()


def _provisional(request: HttpRequest) -> RegistrationQuerySet:
    """Whom this person may give a badge that opens no door: those the desk has registered, while nothing is decided."""
    if not signed_in(request).has_perm(PRINT_DESK_BADGE):
        return Registration.objects.none()
    waiting = Registration.objects.with_event().entered_at_desk().filter(state__in=PROVISIONAL)
    return of_own_events(waiting, signed_in(request))


@require_safe
def many(request: HttpRequest, event: str, category: str, part: int) -> FileResponse:
    """One file of a category's badges, in the order asked for; who took it is logged."""
    by = permitted(request, PRINT_BADGE)
    mine = of_own_events(Category.objects.select_related("event"), signed_in(request))
    found = get_object_or_404(mine, event__slug=event, slug=category)
    pile = pile_of(request.GET.get("order", ""))
    badges = Credential.objects.valid().filter(registration__category=found).piled(pile)
    chosen = Credential.objects.for_badges().in_order(badges[(part - 1) * PART : part * PART])
    if not chosen:
        raise Http404
    record_look(
        found.event,
        part=f"badges of {found.slug}, part {part}"[:60],
        by=by,
        detail={"rows": len(chosen), "filters": {}},
    )
    name = f"badges-{event}-{category}-{part}.pdf"
    return FileResponse(BytesIO(badges_pdf(chosen)), content_type=MEDIA_TYPE, filename=name, as_attachment=True)


@require_safe
def one(request: HttpRequest, registration: UUID) -> HttpResponse:
    """One guest's badge; of a walk-in who waits for a decision, the provisional one."""
    by = permitted(request, PRINT_BADGE, PRINT_DESK_BADGE)
    credential = _credentials(request).filter(registration_id=registration).first()
    guest = credential.registration if credential else get_object_or_404(_provisional(request), pk=registration)
    record_look(guest, part="badge" if credential else "provisional badge", by=by)
    badge = badge_pdf(credential) if credential else provisional_badge_pdf(guest)
    response = HttpResponse(badge, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(guest)}"'
    return response


@require_POST
def replace(request: HttpRequest, registration: UUID) -> HttpResponse:
    """Replace a lost badge: the old one is refused from now on."""
    by = permitted(request, PRINT_BADGE)
    credential = get_object_or_404(_credentials(request), registration_id=registration)
    reprint_badge(credential, by=by, reason=request.POST.get("reason", "").strip()[:500])
    messages.success(request, _("Replaced: print the new badge; doors refuse the old one."))
    event, code = credential.event, credential.registration.code
    return HttpResponseRedirect(f"{reverse('badges:index')}?event={event.slug}&q={code}&print={registration}")


class BadgesViewSet(ViewSet):
    name = "badges"
    url_prefix = "check-in/badges"
    icon = "user"
    menu_label = gettext_lazy("Badges")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BadgesView.as_view(), name="index"),
            path("one/<uuid:registration>/", one, name="one"),
            path("one/<uuid:registration>/replace/", replace, name="replace"),
            path("<slug:event>/prepare/", prepare, name="prepare"),
            path("runs/<uuid:run>/", PrintRunView.as_view(), name="run"),
            path("runs/<uuid:run>/<int:first>/", printed_file, name="printed_file"),
            path("<slug:event>/<slug:category>/<int:part>/", many, name="many"),
        ]

    def get_menu_item(self, order: int | None = None) -> PermittedMenuItem:
        return PermittedMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.name,
            icon_name=self.icon,
            order=order,
            permissions=BadgesView.permissions,
        )
