"""What an invited guest may answer now: the same on the reply page and over the API. Reads, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from registration.actions.invitation_replies import companion_category
from registration.facts import sign_up_facts
from registration.forms import QuestionsForm
from registration.models import Category, Companion, Invitation, Question, Registration
from registration.rules import LIVE
from registration.rules.invitations import InvitationState, keeps_place, may_reply


@dataclass(frozen=True)
class ReplyStanding:
    """Where a reply stands and what can be answered; the actions decide again."""

    invitation: Invitation
    registration: Registration | None = None  # the guest's own, while it lives
    is_own: bool = False  # made with the address the invitation went to: the reply link opens its page too
    companions: list[Registration] = field(default_factory=list)
    may_accept: bool = False
    may_register: bool = False  # accepted, and the registration is still to come
    may_decline: bool = False
    may_substitute: bool = False
    may_bring: bool = False
    is_over: bool = False  # the last day passed without an acceptance


def standing_of(invitation: Invitation) -> ReplyStanding:
    """Two statements where somebody is registered, none before."""
    registration = invitation.registration
    live = registration if registration is not None and registration.state in LIVE else None
    open_now = invitation.event.takes_registrations
    takes_replies = open_now and invitation.replies_open and live is None
    companions = []
    if live is not None and invitation.companions_allowed:
        found = Companion.objects.filter(invitation=invitation).select_related("registration__category")
        companions = [one.registration for one in found]
    held = sum(keeps_place(one.state) for one in companions)
    return ReplyStanding(
        invitation,
        registration=live,
        is_own=live is not None and live.email_index == invitation.email_index,
        companions=companions,
        may_accept=takes_replies and may_reply(invitation.state, InvitationState.ACCEPTED),
        may_register=open_now and live is None and invitation.state == InvitationState.ACCEPTED,
        may_decline=takes_replies and may_reply(invitation.state, InvitationState.DECLINED),
        may_substitute=takes_replies and may_reply(invitation.state, InvitationState.SUBSTITUTED),
        may_bring=open_now and live is not None and held < invitation.companions_allowed,
        is_over=not invitation.replies_open and invitation.state in {InvitationState.SENT, InvitationState.DECLINED},
    )


def invited_questions(category: Category, nationality: str, *given: Any, **more: Any) -> QuestionsForm:
    """The sign-up questions of a category for somebody who comes by an invitation."""
    facts = sign_up_facts(category, nationality, invited=True)
    return QuestionsForm(Question.objects.asked_in(category), *given, facts=facts, **more)


def companion_questions(invitation: Invitation, nationality: str, *given: Any, **more: Any) -> QuestionsForm:
    """What an accompanying person is asked: the questions of their own category."""
    return invited_questions(companion_category(invitation), nationality, *given, **more)
