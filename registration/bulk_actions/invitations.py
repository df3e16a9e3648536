"""Send invitations to many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from plenary.core.actions import Actor
from plenary.core.permissions import signed_in
from registration.actions.invitations import send_invitations
from registration.actions.vetting import DecisionReport
from registration.bulk_actions.mailing_out import MailOut
from registration.emails import Mail, invite
from registration.models import Invitation
from registration.rules.invitations import InvitationState
from registration.viewsets.invitation import SEND
from registration.viewsets.invitations import InvitationFilterSet


class SendMany(MailOut):
    """The invitations ticked in the guest list, of one's own events; “all” means all of the list that were not sent."""

    models = [Invitation]
    template_name = "invitations_admin/send_many.html"
    display_name = gettext_lazy("Send")
    title = gettext_lazy("Send invitations")
    action_type = "send"
    aria_label = gettext_lazy("Send selected invitations")
    action_priority = 10

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in(request).has_perm(SEND):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def mine(self) -> QuerySet[Invitation]:
        return Invitation.objects.for_staff(signed_in(self.request)).with_event()

    def everything(self, filters: QueryDict) -> QuerySet[Invitation]:
        listed = Invitation.objects.for_staff(signed_in(self.request)).with_event()
        listed = listed.filter(state=InvitationState.LISTED).matching(filters.get("q", ""))
        chosen = InvitationFilterSet(filters, request=self.request)
        return chosen.filter_queryset(listed) if chosen.is_valid() else listed.none()

    def hindrances(self, chosen: list[Invitation]) -> dict[Invitation, str]:
        return {found: why for found in chosen if (why := hindrance(found))}

    def sample(self, first: Invitation, language: str) -> Mail:
        return invite(first, None)

    def send(self, keys: list[UUID], by: Actor) -> DecisionReport:
        return send_invitations(keys, by=by)

    def told(self, count: int) -> str:
        said = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
        return said % {"count": count}


def hindrance(invitation: Invitation) -> str:
    """Why an invitation cannot go out now, as the preview says it; the action decides again."""
    if not invitation.event.takes_registrations:
        return _("the plan of the event is not in force")
    if invitation.state != InvitationState.LISTED:
        return str(invitation.get_state_display())
    if invitation.is_held:
        return _("prominent: the risk assessment is missing")
    if not invitation.replies_open:
        return _("the last day to reply is over")
    return ""
