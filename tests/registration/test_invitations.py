"""Guest lists: what may go out and when, what the invited reply, once, in time, and with links that are theirs."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plenary.core import outbox
from plenary.core.actions import Actor
from plenary.core.links import make_link
from plenary.core.models import HistoryEntry, Message
from plenary.events.rules import ApprovalState
from registration.actions import Refused, withdraw
from registration.actions.invitation_replies import (
    accept_invitation,
    decline_invitation,
    send_substitute,
)
from registration.actions.invitations import (
    add_invitation,
    attach_assessment,
    change_invitation,
    send_again,
    send_invitations,
    send_reminders,
    take_back,
)
from registration.actions.signing_up import Particulars
from registration.emails import invitation_token
from registration.models import Draft, Invitation, Letter, Registration
from registration.rules import State
from registration.rules.invitations import Delivery, InvitationState
from registration.uploads import Checked
from tests.factories.events import EventFactory
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
OFFICE = Actor("Office Chen")
PAPER = Checked("assessment.pdf", "application/pdf", b"%PDF-1.7 assessment")


def soon(days: int = 30):
    return timezone.now().date() + timedelta(days=days)


def invited(**facts) -> Invitation:
    """Somebody whose invitation went out."""
    invitation = InvitationFactory(**{"reply_by": soon(), "delivery": Delivery.MAIL, **facts})
    assert send_invitations([invitation.pk], by=OFFICE).done == [invitation.pk]
    return Invitation.objects.with_event().get(pk=invitation.pk)


def page(invitation: Invitation, rest: str = "", language: str = "en") -> str:
    return f"/{language}/invitation/{invitation_token(invitation)}/{rest}"


def person(number: int = 1, **facts) -> Particulars:
    return Particulars(
        **{"email": f"other-{number}@example.org", "name": f"Ola Other {number}", "nationality": "KE", **facts}
    )


def why(report) -> str:
    [reason] = report.refused.values()
    return reason


# -- sending ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("delivery", list(Delivery))
def test_an_invitation_goes_out_in_the_guests_language_once_with_or_without_a_letter(delivery):
    invitation = InvitationFactory(language="fr", delivery=delivery, reply_by=soon())
    assert send_invitations([invitation.pk], by=OFFICE).done
    assert "already" in why(send_invitations([invitation.pk], by=OFFICE))
    message = Message.objects.get()
    assert message.language == "fr"
    assert "/fr/invitation/" in message.text
    assert f"/fr/{invitation.event.slug}/agenda/" in message.text
    assert [attached["kind"] for attached in message.attachments] == (["letter"] if delivery == "letter" else [])
    assert Letter.objects.count() == (delivery == "letter")


@pytest.mark.parametrize("facts", [{"approval": ApprovalState.LEADING_GROUP}, {"published": False}])
def test_nothing_goes_out_before_the_plan_is_in_force(facts):
    invitation = InvitationFactory(category=CategoryFactory(event=EventFactory(**facts)), reply_by=soon())
    assert "not in force" in why(send_invitations([invitation.pk], by=OFFICE))
    assert not Message.objects.exists()


def test_a_prominent_guest_is_held_until_a_risk_assessment_is_attached():
    invitation = InvitationFactory(prominent=True, reply_by=soon())
    assert "risk assessment" in why(send_invitations([invitation.pk], by=OFFICE))
    attach_assessment(invitation_id=invitation.pk, checked=PAPER, by=OFFICE)
    assert send_invitations([invitation.pk], by=OFFICE).done


def test_the_database_itself_holds_a_prominent_guest_back():
    invitation = InvitationFactory(prominent=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now(), state=InvitationState.SENT)


def test_one_address_has_one_open_invitation_however_its_case_is_typed():
    first = invited(email="Amina@Example.org")
    other = InvitationFactory.build(category=first.category, event=first.event, email="amina@example.ORG", chain=None)
    with pytest.raises(Refused, match="already"):
        add_invitation(other, by=OFFICE)
    decline_invitation(invitation_id=first.pk, text="")
    assert add_invitation(other, by=OFFICE).chain == other.pk


def test_the_last_day_must_be_ahead_when_it_is_sent():
    invitation = InvitationFactory(reply_by=soon(-3))
    assert "over" in why(send_invitations([invitation.pk], by=OFFICE))


def test_two_members_of_staff_who_change_one_invitation_do_not_overwrite_each_other():
    InvitationFactory()
    mine, theirs = Invitation.objects.get(), Invitation.objects.get()
    mine.name = "Amina Mine"
    change_invitation(mine, by=OFFICE)
    theirs.name = "Amina Theirs"
    with pytest.raises(Refused, match="in the meantime"):
        change_invitation(theirs, by=OFFICE)


def test_what_stands_in_a_sent_letter_cannot_be_changed_any_more_but_the_last_day_can():
    invitation = invited()
    invitation.name, invitation.reply_by = "Somebody Else", soon(60)
    change_invitation(invitation, by=OFFICE)
    stored = Invitation.objects.get()
    assert stored.name != "Somebody Else"
    assert stored.reply_by == soon(60)


# -- links --------------------------------------------------------------------------------------------------------------
def test_forged_foreign_unsent_and_replaced_links_open_nothing(client):
    invitation = invited()
    old = page(invitation)
    listed = InvitationFactory()
    for wrong in (old[:-5] + "AAAA/", f"/en/invitation/{make_link('guest', invitation.pk)}/", page(listed)):
        assert client.get(wrong).status_code == 404
    assert client.get(old).status_code == 200
    send_again([invitation.pk], by=OFFICE)
    assert client.get(old).status_code == 404
    invitation.refresh_from_db()
    assert client.get(page(invitation)).status_code == 200
    assert Message.objects.count() == 2


def test_an_invitation_taken_back_says_so_takes_no_reply_and_its_letter_falls(client):
    invitation = invited(delivery=Delivery.LETTER)
    assert "reason" in why(take_back([invitation.pk], by=OFFICE, reason=""))
    assert take_back([invitation.pk], by=OFFICE, reason="Invited by mistake").done
    response = client.get(page(invitation))
    assert "taken back" in response.content.decode()
    assert client.post(page(invitation)).status_code == 409
    assert not Letter.objects.valid().exists()


def test_an_invitation_taken_back_before_its_mail_left_leaves_no_more_and_nothing_is_tried_in_vain(client):
    invitation = InvitationFactory(delivery=Delivery.LETTER, reply_by=soon())
    assert send_invitations([invitation.pk], by=OFFICE).done
    assert take_back([invitation.pk], by=OFFICE, reason="Invited by mistake").done
    assert outbox.deliver_due() == 0
    message = Message.objects.of(invitation).get()
    assert (message.state, message.attempts) == (Message.State.CANCELLED, 0)


def test_looking_at_the_page_changes_nothing(client):
    invitation = invited()
    before = (HistoryEntry.objects.count(), Invitation.objects.get().version)
    for rest in ("", "decline/", "substitute/", "companion/"):
        assert client.get(page(invitation, rest)).status_code in {200, 302}
    assert (HistoryEntry.objects.count(), Invitation.objects.get().version) == before


# -- accepting ----------------------------------------------------------------------------------------------------------
def test_accepting_opens_a_prefilled_registration_in_a_category_the_public_cannot_choose(client):
    invitation = invited(salutation="Dr", name="أمينة الحسن", latin_name="Amina Al Hassan")
    response = client.post(page(invitation, language="ar"))
    draft = response["Location"].removesuffix("you/")
    form = client.get(draft + "you/").content.decode()
    for value in (invitation.email, "أمينة الحسن", "Amina Al Hassan", "Ministry of Water"):
        assert f'value="{value}"' in form
    kept = json.loads(Draft.objects.get().content)["you"]
    client.post(draft + "you/", {name: values[0] for name, values in kept.items()})
    assert client.post(draft + "review/").status_code == 302
    registration = Registration.objects.get()
    invitation.refresh_from_db()
    assert invitation.registration == registration
    assert (registration.state, registration.source, registration.language) == (State.SUBMITTED, "invitation", "ar")
    assert registration.confirmed_at is not None
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert "registration.confirm" not in kinds  # the link was mailed there: it needs no second proof
    assert "/my/" in client.get(page(invitation)).content.decode()


def test_a_guest_who_types_another_address_has_to_confirm_it(client):
    invitation = invited()
    draft = client.post(page(invitation))["Location"].removesuffix("you/")
    client.post(draft + "you/", {"email": "other@example.org", "name": "Amina Invited", "nationality": "KE"})
    client.post(draft + "review/")
    registration = Registration.objects.get()
    assert registration.state == State.UNCONFIRMED
    assert Message.objects.filter(kind="registration.confirm").exists()
    assert "/my/" not in client.get(page(invitation)).content.decode()  # its page is not for whoever holds this link


def test_an_invited_guest_registers_before_and_after_the_dates_of_the_public_but_never_past_the_quota(client):
    for dates, quota, expected in [
        ({"opens_at": timezone.now() + timedelta(days=9)}, None, 1),
        ({"closes_at": timezone.now() - timedelta(days=9)}, 5, 1),
        ({}, 0, 0),
    ]:
        invitation = invited(category=CategoryFactory(public=False, quota=quota, **dates))
        draft = client.post(page(invitation))["Location"].removesuffix("you/")
        kept = json.loads(Draft.objects.get(invitation=invitation).content)["you"]
        client.post(draft + "you/", {name: values[0] for name, values in kept.items()})
        client.post(draft + "review/")
        assert Registration.objects.filter(category=invitation.category).count() == expected


def test_accepted_twice_it_is_one_draft_and_one_reply():
    invitation = invited()
    drafts = {accept_invitation(invitation_id=invitation.pk, language="en").pk for _time in range(2)}
    assert len(drafts) == 1
    assert HistoryEntry.objects.of(invitation).filter(verb="accepted").count() == 1


def test_a_guest_whose_draft_was_forgotten_or_who_withdrew_can_begin_again():
    invitation = invited()
    accept_invitation(invitation_id=invitation.pk, language="en").delete()
    accept_invitation(invitation_id=invitation.pk, language="en")
    registration = RegistrationFactory(category=invitation.category, email=invitation.email)
    Invitation.objects.update(registration=registration)
    with pytest.raises(Refused, match="own page"):
        accept_invitation(invitation_id=invitation.pk, language="en")
    withdraw(registration_id=registration.pk)
    assert accept_invitation(invitation_id=invitation.pk, language="en")


# -- other replies ------------------------------------------------------------------------------------------------------
def test_declining_keeps_the_word_and_can_be_taken_back_until_the_last_day(client):
    invitation = invited()
    client.post(page(invitation, "decline/"), {"text": "I am at sea.\nSorry!"})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reply_text) == (InvitationState.DECLINED, "I am at sea.\nSorry!")
    client.post(page(invitation, "decline/"), {"text": "again"})
    assert Invitation.objects.get().reply_text == "I am at sea.\nSorry!"
    assert client.post(page(invitation)).status_code == 302
    assert Invitation.objects.get().state == InvitationState.ACCEPTED


def test_a_guest_who_declines_is_told_so_and_until_when_they_may_change_their_mind():
    invitation = invited(language="fr", reply_by=date(2027, 5, 4))
    for reply in (decline_invitation, decline_invitation):
        reply(invitation_id=invitation.pk, text="")
    [mail] = Message.objects.filter(kind="invitation.declined")
    assert (mail.recipient, mail.language) == (invitation.email, "fr")
    assert "4 mai 2027" in mail.text
    assert invitation_token(invitation) in mail.text
    accept_invitation(invitation_id=invitation.pk, language="fr")
    decline_invitation(invitation_id=invitation.pk, text="")
    assert Message.objects.filter(kind="invitation.declined").count() == 2


def test_a_guest_who_sends_somebody_else_is_told_so_without_the_others_name():
    invitation = invited()
    send_substitute(invitation_id=invitation.pk, particulars=person(), language="en")
    [mail] = Message.objects.filter(kind="invitation.substituted")
    assert mail.recipient == invitation.email
    assert "Ola" not in mail.text + mail.html


def test_after_the_last_day_no_reply_is_taken_and_the_page_says_what_to_do(client):
    invitation = invited()
    Invitation.objects.update(reply_by=soon(-2))
    said = client.get(page(invitation)).content.decode()
    assert "The last day to reply is over" in said
    assert "Accept the invitation" not in said
    assert client.post(page(invitation)).status_code == 409
    assert client.post(page(invitation, "decline/"), {"text": ""}).status_code == 409
    answer = client.post(page(invitation, "substitute/"), vars(person()) | {"language": "en"})
    assert answer.status_code == 409
    assert "Ola Other 1" in answer.content.decode()  # what was typed is still there
    assert Invitation.objects.get().state == InvitationState.SENT


# -- substitutes --------------------------------------------------------------------------------------------------------
def test_a_substitute_gets_an_invitation_of_their_own_and_the_first_one_ends(client):
    invitation = invited(companions_allowed=2, delivery=Delivery.LETTER)
    client.post(page(invitation, "substitute/"), vars(person(name="Buy at evil example now")) | {"language": "ru"})
    substitute = Invitation.objects.get(substitutes_for=invitation)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SUBSTITUTED
    assert (substitute.state, substitute.language, substitute.companions_allowed) == ("sent", "ru", 2)
    mail = Message.objects.get(subject_id=str(substitute.pk))
    assert "evil" not in mail.text + mail.html + mail.subject  # no guest has us write to a stranger
    assert client.post(page(invitation)).status_code == 409
    assert not Letter.objects.valid().filter(invitation=invitation).exists()


def test_a_substitute_cannot_send_the_invitation_back_nor_pass_it_on_for_ever():
    first = invited()
    with pytest.raises(Refused, match="your own address"):
        send_substitute(invitation_id=first.pk, particulars=person(email=first.email.upper()), language="en")
    second = send_substitute(invitation_id=first.pk, particulars=person(1), language="en")
    assert send_substitute(invitation_id=first.pk, particulars=person(1), language="en") == second  # sent twice
    with pytest.raises(Refused, match="already"):
        send_substitute(invitation_id=second.pk, particulars=person(email=first.email), language="en")
    third = send_substitute(invitation_id=second.pk, particulars=person(2), language="en")
    fourth = send_substitute(invitation_id=third.pk, particulars=person(3), language="en")
    with pytest.raises(Refused, match="too often"):
        send_substitute(invitation_id=fourth.pk, particulars=person(4), language="en")


def test_somebody_who_is_invited_already_cannot_be_named_and_the_guest_may_still_come():
    guest = invited()
    other = invited(category=guest.category)
    with pytest.raises(Refused, match="invited already"):
        send_substitute(invitation_id=guest.pk, particulars=person(email=other.email), language="en")
    guest.refresh_from_db()
    assert guest.state == InvitationState.SENT


def test_the_substitute_of_a_prominent_guest_waits_for_an_assessment_of_their_own():
    invitation = InvitationFactory(prominent=True, reply_by=soon(), delivery=Delivery.MAIL)
    attach_assessment(invitation_id=invitation.pk, checked=PAPER, by=OFFICE)
    send_invitations([invitation.pk], by=OFFICE)
    substitute = send_substitute(invitation_id=invitation.pk, particulars=person(), language="en")
    substitute.refresh_from_db()
    assert substitute.is_held
    assert substitute.state == InvitationState.LISTED
    assert not Message.objects.filter(subject_id=str(substitute.pk)).exists()


# -- reminders ----------------------------------------------------------------------------------------------------------
def test_reminders_go_out_by_schedule_once_a_stage_and_only_to_those_who_have_not_replied():
    waiting = invited(reply_by=soon(10))
    replied = invited(reply_by=soon(10), category=waiting.category)
    far = invited(reply_by=soon(40), category=waiting.category)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=20))
    decline_invitation(invitation_id=replied.pk, text="")
    assert [send_reminders(), send_reminders()] == [1, 0]
    Invitation.objects.filter(pk=waiting.pk).update(reply_by=soon(2))
    assert [send_reminders(), send_reminders()] == [1, 0]
    reminders = Message.objects.filter(kind="invitation.reminder")
    assert {message.subject_id for message in reminders} == {str(waiting.pk)}
    assert far.pk != waiting.pk


def test_nobody_is_reminded_on_the_day_of_sending_or_after_the_last_day():
    invited(reply_by=soon(10))
    assert send_reminders() == 0
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=20), reply_by=soon(-1))
    assert send_reminders() == 0
