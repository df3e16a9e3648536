"""Invitations and letters under many hands at once: sent once, answered once, numbered without gaps."""

import pytest

from plenary.core.actions import Actor
from plenary.core.models import Message
from registration.actions.invitation_replies import (
    accept_invitation,
    bring_companion,
    decline_invitation,
    send_substitute,
)
from registration.actions.invitations import attach_assessment, send_invitations
from registration.actions.letters import issue_letter
from registration.actions.visas import note_authority, open_case
from registration.models import (
    AuthorityLetter,
    Category,
    Draft,
    Invitation,
    Letter,
    Registration,
    RiskAssessment,
    VisaCase,
)
from registration.rules import State
from registration.rules.invitations import InvitationState
from registration.rules.letters import LetterKind
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.test_concurrency import at_once, no_delivery
from tests.registration.test_invitations import PAPER, person, soon

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency, pytest.mark.slow]
__all__ = ["no_delivery"]


def test_two_members_of_staff_who_send_at_once_send_one_mail_and_one_letter():
    invitation = InvitationFactory(reply_by=soon())
    reports = at_once(4, lambda n: send_invitations([invitation.pk], by=Actor(f"Office {n}")))
    assert sorted(len(report.done) for report in reports) == [0, 0, 0, 1]
    assert Message.objects.count() == Letter.objects.count() == 1


def test_letters_issued_at_once_are_numbered_without_gaps_and_none_twice():
    category = CategoryFactory()
    guests = RegistrationFactory.create_batch(6, category=category, state=State.APPROVED)
    found = at_once(
        12, lambda n: issue_letter(kind=LetterKind.VISA_SUPPORT, subject=guests[n % 6], by=Actor("Officer"))
    )
    assert not [one for one in found if isinstance(one, Exception)]
    assert sorted(Letter.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_guest_who_accepts_and_sends_somebody_else_at_once_does_one_of_them():
    invitation = InvitationFactory(state=InvitationState.SENT, reply_by=soon(), delivery="mail")

    def act(n):
        if n % 2:
            return accept_invitation(invitation_id=invitation.pk, language="en")
        return send_substitute(invitation_id=invitation.pk, particulars=person(), language="en")

    at_once(8, act)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SUBSTITUTED  # an acceptance may still be passed on, never taken twice
    assert Invitation.objects.filter(substitutes_for=invitation).count() == 1
    assert Draft.objects.count() <= 1


def test_of_assessments_attached_at_once_one_is_kept_and_no_file_is_left_behind():
    invitation = InvitationFactory(prominent=True)
    found = at_once(6, lambda n: attach_assessment(invitation_id=invitation.pk, checked=PAPER, by=Actor(f"Desk {n}")))
    assert not [one for one in found if isinstance(one, Exception)]
    invitation.refresh_from_db()
    assert [one.pk for one in RiskAssessment.objects.all()] == [invitation.assessment_id]


def test_of_an_authoritys_letters_scanned_at_once_one_is_kept_and_no_file_is_left_behind():
    case = open_case(registration_id=RegistrationFactory(state=State.APPROVED).pk, by=Actor("Desk"))
    facts = {"state": VisaCase.Authority.RECEIVED, "number": "MFA-1", "dated": soon(-1), "checked": PAPER}
    found = at_once(6, lambda n: note_authority(case_id=case.pk, by=Actor(f"Desk {n}"), **facts))
    assert not [one for one in found if isinstance(one, Exception)]
    case.refresh_from_db()
    assert [one.pk for one in AuthorityLetter.objects.all()] == [case.authority_file_id]


def test_a_guest_who_declines_many_times_at_once_gets_one_mail():
    invitation = InvitationFactory(state=InvitationState.SENT, reply_by=soon(), delivery="mail")
    at_once(6, lambda n: decline_invitation(invitation_id=invitation.pk, text=""))
    assert Message.objects.filter(kind="invitation.declined").count() == 1


def test_companions_added_at_once_never_exceed_the_limit():
    category = CategoryFactory()
    registration = RegistrationFactory(category=category)
    invitation = InvitationFactory(
        category=Category.objects.get(pk=category.pk),
        email=registration.email,
        state=InvitationState.ACCEPTED,
        registration=registration,
        companions_allowed=2,
    )

    def act(n):
        return bring_companion(invitation_id=invitation.pk, particulars=person(n, email=""), language="en")

    found = at_once(8, act)
    assert len([one for one in found if isinstance(one, Registration)]) == 2, found
    assert invitation.companions.count() == 2
