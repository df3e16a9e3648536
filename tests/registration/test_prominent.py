"""Prominent persons: nothing goes out before a risk assessment, whatever way somebody takes; a refusal is called out."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from plenary.core.models import HistoryEntry, Message
from registration.actions import Refused
from registration.actions.erasing import erase_event
from registration.actions.invitation_replies import accept_invitation, decline_invitation, send_substitute
from registration.actions.invitations import (
    attach_assessment,
    note_reply,
    send_again,
    send_invitations,
    send_reminders,
)
from registration.actions.letters import issue_letter
from registration.models import Invitation, Letter, RiskAssessment
from registration.rules.invitations import Delivery, InvitationState
from registration.rules.letters import LetterKind
from registration.tasks import remind_invited
from registration.viewsets.invitation_forms import InvitationForm
from tests.factories.letters import InvitationFactory
from tests.factories.staff import staff
from tests.registration.test_api_invitations import at
from tests.registration.test_invitations import OFFICE, PAPER, person, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Invitation:
    return InvitationFactory(prominent=True, reply_by=soon(3), delivery=Delivery.LETTER)


def office() -> Client:
    client = Client()
    client.force_login(staff("Conference office"))
    return client


def by_itself(held):
    send_invitations([held.pk], by=OFFICE)


def again(held):
    send_again([held.pk], by=OFFICE)


def by_schedule(held):
    send_reminders()
    remind_invited.call()


def by_a_letter(held):
    with pytest.raises(Refused, match="risk assessment"):
        issue_letter(kind=LetterKind.INVITATION, subject=held, by=OFFICE)


def by_the_page_of_staff(held):
    office().post(f"/cms/invitations/{held.pk}/", {"send": "1"})


def by_many(held):
    office().post(f"/cms/bulk/registration/invitation/send/?id={held.pk}", {"confirmed": "on", "seen": f"{held.pk}:0"})


def by_all(held):
    office().post("/cms/bulk/registration/invitation/send/?id=all", {"confirmed": "on", "seen": f"{held.pk}:0"})


def by_the_api(held):
    for rest in ("accept/", "decline/", "substitute/", "registration/"):
        assert Client().post(at(held, rest), "{}", content_type="application/json").status_code in {404, 422}


def by_the_reply_page(held):
    with pytest.raises(Refused):
        accept_invitation(invitation_id=held.pk, language="en")
    with pytest.raises(Refused):
        send_substitute(invitation_id=held.pk, particulars=person(), language="en")


def by_the_database(held):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=held.pk).update(state=InvitationState.SENT, sent_at=timezone.now())


WAYS = [
    by_itself,
    again,
    by_schedule,
    by_a_letter,
    by_the_page_of_staff,
    by_many,
    by_all,
    by_the_api,
    by_the_reply_page,
    by_the_database,
]


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_no_way_leads_around_the_risk_assessment(held, way):
    way(held)
    held.refresh_from_db()
    assert (held.state, held.sent_at) == (InvitationState.LISTED, None)
    assert not Message.objects.exists()
    assert not Letter.objects.exists()


def test_the_printed_draft_of_a_held_guests_letter_has_no_number_and_verifies_nothing(held):
    assert office().get(f"/cms/invitations/{held.pk}/letter.pdf").status_code == 200
    assert not Letter.objects.exists()


def test_who_may_not_assess_cannot_take_the_mark_away(held):
    user = staff("Conference office")
    assert not InvitationForm(instance=held, for_user=user).fields["prominent"].disabled
    guest = staff("Vetting: press desk")
    assert InvitationForm(instance=held, for_user=guest).fields["prominent"].disabled


def answered(held, reply) -> Invitation:
    attach_assessment(invitation_id=held.pk, checked=PAPER, by=OFFICE)
    send_invitations([held.pk], by=OFFICE)
    reply()
    held.refresh_from_db()
    return held


def test_that_a_prominent_guest_cannot_come_is_called_out_until_somebody_takes_note(held):
    client = office()
    answered(held, lambda: decline_invitation(invitation_id=held.pk, text="An urgent session."))
    ordinary = InvitationFactory(state=InvitationState.DECLINED, event=held.event, category=held.category)
    assert list(Invitation.objects.refused_unnoted()) == [held]
    assert "prominent, cannot come" in client.get("/cms/").content.decode()
    listed = client.get("/cms/invitations/?attention=refused").content.decode()
    assert (held.name in listed, ordinary.name in listed) == (True, False)
    page = f"/cms/invitations/{held.pk}/"
    assert "Take note" in client.get(page).content.decode()
    client.post(page, {"note": "1"})
    note_reply(invitation_id=held.pk, by=OFFICE)
    assert not Invitation.objects.refused_unnoted().exists()
    assert HistoryEntry.objects.filter(verb="reply_noted").count() == 1
    assert "Take note" not in client.get(page).content.decode()
    # whoever changes their mind twice is called out again
    accept_invitation(invitation_id=held.pk, language="en")
    decline_invitation(invitation_id=held.pk, text="")
    assert list(Invitation.objects.refused_unnoted()) == [held]


def test_so_is_that_they_send_somebody_else_who_waits_for_an_assessment_of_their_own(held):
    answered(held, lambda: send_substitute(invitation_id=held.pk, particulars=person(), language="en"))
    assert list(Invitation.objects.refused_unnoted()) == [held]
    assert Invitation.objects.held().count() == 1


def test_an_assessment_is_erased_when_its_time_is_over_although_the_invitation_went_out(held):
    answered(held, lambda: None)
    erase_event(held.event, today=held.event.ends_on + timedelta(days=400))
    assert not RiskAssessment.objects.exists()
    held.refresh_from_db()
    assert (held.assessment_id, held.state) == (None, InvitationState.SENT)
    assert HistoryEntry.objects.filter(verb="assessed").exists()
