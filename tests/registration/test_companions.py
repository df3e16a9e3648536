"""Who accompanies an invited guest: asked what their category asks, within the limit, each once."""

from uuid import uuid4

import pytest

from registration.actions import Refused, withdraw
from registration.actions.invitation_replies import accept_invitation, bring_companion
from registration.actions.signing_up import submit
from registration.models import Invitation, Registration
from registration.rules import State
from registration.rules.invitations import InvitationState
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.registration.test_invitations import invited, page, person

pytestmark = pytest.mark.django_db


def registered(**facts) -> Invitation:
    invitation = invited(**facts)
    registration = RegistrationFactory(category=invitation.category, email=invitation.email)
    Invitation.objects.filter(pk=invitation.pk).update(registration=registration, state=InvitationState.ACCEPTED)
    return Invitation.objects.with_event().get(pk=invitation.pk)


def test_companions_are_registrations_of_their_own_up_to_the_limit(client):
    invitation = registered(companions_allowed=2)
    for number in (1, 2):
        sent = vars(person(number, email=""))
        assert client.post(page(invitation, "companion/"), sent).status_code == 302
    refused = client.post(page(invitation, "companion/"), vars(person(3, email="")))
    assert refused.status_code == 409
    companions = Registration.objects.filter(companion_of__invitation=invitation)
    assert companions.count() == 2
    assert {one.state for one in companions} == {State.SUBMITTED}
    assert {one.email for one in companions} == {invitation.email}
    said = client.get(page(invitation)).content.decode()
    assert "Ola Other 1" in said
    assert "Add a person" not in said


def test_a_companion_with_an_address_of_their_own_confirms_it():
    invitation = registered(companions_allowed=1)
    companion = bring_companion(invitation_id=invitation.pk, particulars=person(), language="en")
    assert (companion.state, companion.email) == (State.UNCONFIRMED, "other-1@example.org")


def test_nobody_is_brought_along_before_the_guest_has_registered():
    with pytest.raises(Refused, match="Register yourself first"):
        bring_companion(invitation_id=invited(companions_allowed=1).pk, particulars=person(), language="en")


def test_a_companion_is_asked_on_the_page_what_their_category_asks(client):
    invitation = registered(companions_allowed=1)
    QuestionFactory(event=invitation.event, key="diet", required=True)
    assert 'name="q-diet"' in client.get(page(invitation, "companion/")).content.decode()
    sent = vars(person(email=""))
    unanswered = client.post(page(invitation, "companion/"), sent)
    assert "Answer this question." in unanswered.content.decode()
    assert not Registration.objects.filter(companion_of__invitation=invitation).exists()
    assert client.post(page(invitation, "companion/"), sent | {"q-diet": "vegan"}).status_code == 302
    companion = Registration.objects.get(companion_of__invitation=invitation)
    assert companion.answer_data == {"diet": "vegan"}
    assert companion.answer_versions == {"diet": 1}


def test_a_companions_form_pressed_twice_is_one_person(client):
    invitation = registered(companions_allowed=3)
    sent = vars(person(email="")) | {"origin": str(uuid4())}
    for _twice in range(2):
        assert client.post(page(invitation, "companion/"), sent).status_code == 302
    assert Registration.objects.filter(companion_of__invitation=invitation).count() == 1


def test_an_origin_made_up_reaches_nobody_elses_registration():
    stranger = RegistrationFactory(category=CategoryFactory(), origin=uuid4())
    invitation = registered(companions_allowed=1)
    mine = bring_companion(
        invitation_id=invitation.pk, particulars=person(email=""), language="en", origin=stranger.origin
    )
    assert mine.pk != stranger.pk


def test_a_companion_who_withdrew_makes_room_and_one_who_was_refused_does_not(client):
    invitation = registered(companions_allowed=1)
    first = bring_companion(invitation_id=invitation.pk, particulars=person(1, email=""), language="en")
    Registration.objects.filter(pk=first.pk).update(state=State.REJECTED)
    with pytest.raises(Refused, match="no more accompanying"):
        bring_companion(invitation_id=invitation.pk, particulars=person(2, email=""), language="en")
    Registration.objects.filter(pk=first.pk).update(state=State.SUBMITTED)
    withdraw(registration_id=first.pk)
    assert "Add a person" in client.get(page(invitation)).content.decode()
    second = bring_companion(invitation_id=invitation.pk, particulars=person(2, email=""), language="en")
    assert [one.registration for one in invitation.companions.all()] == [second]


def test_two_invited_guests_who_type_one_address_both_get_an_answer(client):
    category = CategoryFactory(public=False)
    mails = {"email": "secretary@example.org", "nationality": "KE"}
    for name in ("Amina Mwangi", "Ben Okri"):
        invitation = invited(category=category)
        draft = accept_invitation(invitation_id=invitation.pk, language="en")
        submit(draft=draft, particulars=person(name=name, **mails), answers={}, upload_ids=set(), language="en")
    assert Registration.objects.count() == 1
    assert Invitation.objects.filter(registration__isnull=False).count() == 1
