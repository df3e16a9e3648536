"""Replies to invitations over the API: the same steps, limits and refusals as on the reply page."""

import base64
import json

import pytest

from plenary.core.models import HistoryEntry, Message
from registration.actions.invitations import send_again, take_back
from registration.emails import invitation_token
from registration.models import Companion, Invitation, Question, Registration, Upload
from registration.rules import State
from registration.rules.invitations import InvitationState
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.registration.files import pdf
from tests.registration.test_companions import registered
from tests.registration.test_concurrency import at_once, no_delivery
from tests.registration.test_invitations import OFFICE, invited, soon

pytestmark = pytest.mark.django_db
__all__ = ["no_delivery"]
GUEST = {"name": "Amina Mwangi", "nationality": "KE"}


def at(invitation, rest="") -> str:
    return f"/api/v1/invitations/{invitation_token(invitation)}/{rest}"


def post(client, invitation, rest, body=None, key="key-number-1"):
    return client.post(
        at(invitation, rest),
        json.dumps(body) if body is not None else None,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def code(answer) -> str:
    return answer.json()["code"]


def test_a_program_reads_what_its_guest_is_invited_to_and_looking_changes_nothing(client):
    invitation = invited(companions_allowed=2)
    QuestionFactory(event=invitation.event, key="diet", required=True)
    before = HistoryEntry.objects.count()
    told = client.get(at(invitation)).json()
    assert (told["state"], told["may"]) == ("sent", ["accept", "register", "decline", "substitute"])
    assert told["person"]["name"] == invitation.name
    assert told["category"]["slug"] == invitation.category.slug
    assert told["category"]["questions"]["required"] == ["diet"]
    assert told["companion_category"]["slug"] == invitation.category.slug
    assert (told["registration"], told["companions"]) == (None, [])
    assert invitation.email not in json.dumps(told)
    assert HistoryEntry.objects.count() == before


def test_forged_replaced_and_unsent_links_open_nothing(client):
    invitation = invited()
    address = at(invitation)
    unsent = InvitationFactory(reply_by=soon())
    send_again([invitation.pk], by=OFFICE)
    for url in (address, at(unsent), "/api/v1/invitations/" + "A" * 51 + "/"):
        assert client.get(url).status_code == 404
        assert client.post(f"{url}accept/", content_type="application/json").status_code == 404


def test_accepting_declining_and_accepting_again_each_count_once(client):
    invitation = invited()
    assert post(client, invitation, "accept/").json()["may"] == ["register", "decline", "substitute"]
    assert "/you/" in post(client, invitation, "accept/").json()["links"]["form"]
    declined = post(client, invitation, "decline/", {"text": "Another duty calls."})
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    assert post(client, invitation, "decline/", {"text": "Twice"}).json()["state"] == "declined"
    assert Invitation.objects.get().reply_text == "Another duty calls."
    verbs = HistoryEntry.objects.filter(verb__in=["accepted", "declined"]).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["accepted", "declined"]


def test_naming_a_substitute_ends_the_invitation_and_mails_the_other_in_their_language(client):
    invitation = invited()
    body = {"name": "Ola Other", "nationality": "SE", "email": "ola@example.org", "language": "fr"}
    for _twice in range(2):
        assert post(client, invitation, "substitute/", body).json()["state"] == "substituted"
    substitute = Invitation.objects.get(substitutes_for=invitation)
    assert (substitute.state, substitute.language) == (InvitationState.SENT, "fr")
    other = post(client, invitation, "substitute/", body | {"email": "third@example.org"})
    assert (other.status_code, code(other)) == (409, "invitation_refused")


def test_an_invited_guest_registers_in_one_step_and_needs_no_confirmation(client):
    invitation = invited(category=CategoryFactory(public=False, quota=1))
    QuestionFactory(event=invitation.event, key="diet", required=True)
    QuestionFactory(event=invitation.event, key="cv", kind=Question.Kind.FILE, required=False)
    missing = post(client, invitation, "registration/", GUEST)
    assert [error["pointer"] for error in missing.json()["errors"]] == ["#/answers/diet"]
    assert Invitation.objects.get().state == InvitationState.SENT
    body = GUEST | {"answers": {"diet": "none", "cv": {"name": "cv.pdf", "content": base64.b64encode(pdf()).decode()}}}
    first = post(client, invitation, "registration/", body)
    assert first.status_code == 201, first.content
    registration = Registration.objects.get()
    assert (registration.state, registration.email) == (State.SUBMITTED, invitation.email)
    assert registration.answer_data == {"diet": "none"}
    assert Upload.objects.get(registration=registration).question.key == "cv"
    told = client.get(f"/api/v1/registrations/{first.json()['registration']}/").json()
    assert told["person"]["name"] == "Amina Mwangi"
    # the same request again does nothing, another body under the same key is refused, another key finds it done
    assert post(client, invitation, "registration/", body).json() == first.json()
    assert code(post(client, invitation, "registration/", body | {"name": "Ben Okri"})) == "idempotency_key_reused"
    assert code(post(client, invitation, "registration/", body, "key-number-2")) == "invitation_refused"
    assert Registration.objects.count() == 1


def test_a_guest_who_registers_with_another_address_confirms_it_and_the_link_does_not_open_their_page(client):
    invitation = invited()
    told = post(client, invitation, "registration/", GUEST | {"email": "private@example.org"}).json()
    assert Registration.objects.get().state == State.UNCONFIRMED
    assert (told["registration"], "own_page" in told["links"]) == (None, False)


def test_a_full_category_an_over_day_and_a_taken_back_invitation_are_told_apart(client):
    category = CategoryFactory(public=False, quota=0)
    full = invited(category=category)
    assert code(post(client, full, "registration/", GUEST)) == "category_closed"
    assert Invitation.objects.get(pk=full.pk).state == InvitationState.SENT
    late = invited()
    Invitation.objects.filter(pk=late.pk).update(reply_by=soon(-2))
    refused = post(client, late, "accept/")
    assert (refused.status_code, "last day to reply is over" in refused.json()["detail"]) == (409, True)
    assert client.get(at(late)).json()["may"] == []
    gone = invited()
    take_back([gone.pk], by=OFFICE, reason="The visit was cancelled.")
    assert client.get(at(gone)).json()["state"] == "withdrawn"
    assert code(post(client, gone, "decline/", {})) == "invitation_refused"


def test_a_companion_answers_the_questions_of_their_own_category_within_the_limit(client):
    invitation = registered(companions_allowed=1)
    spouse = CategoryFactory(event=invitation.event, slug="spouse", public=False)
    Invitation.objects.update(companion_category=spouse)
    question = QuestionFactory(event=invitation.event, key="diet", required=True)
    question.categories.set([spouse])
    assert client.get(at(invitation)).json()["companion_category"]["questions"]["required"] == ["diet"]
    unanswered = post(client, invitation, "companions/", GUEST)
    assert [error["pointer"] for error in unanswered.json()["errors"]] == ["#/answers/diet"]
    body = GUEST | {"answers": {"diet": "vegan"}}
    first, again = (post(client, invitation, "companions/", body) for _twice in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    companion = Companion.objects.get().registration
    assert (companion.category, companion.answer_data) == (spouse, {"diet": "vegan"})
    assert code(post(client, invitation, "companions/", body, "key-number-2")) == "invitation_refused"


def test_wrong_values_are_named_each_with_its_place(client):
    invitation = invited()
    wrong = post(client, invitation, "substitute/", {"name": "王伟", "nationality": "CN", "email": "not an address"})
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"#/email", "#/latin_name"}
    for body in ({"text": "x" * 1_001}, {"reason": "no"}):
        assert post(client, invitation, "decline/", body).status_code == 422
    assert (
        client.post(at(invitation, "companions/"), json.dumps(GUEST), content_type="application/json").status_code
        == 422
    )


def test_reading_an_invitation_costs_the_same_statements_however_many_companions(client, statements_of):
    invitation = registered(companions_allowed=5)

    def bring(place):
        guest = RegistrationFactory(category=invitation.category)
        Companion.objects.create(invitation=invitation, place=place, registration=guest)

    bring(1)
    one = statements_of(lambda: client.get(at(invitation)))
    for place in (2, 3, 4):
        bring(place)
    assert statements_of(lambda: client.get(at(invitation))) == one


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.slow
def test_one_registration_sent_many_times_at_once_is_one(client):
    invitation = invited(category=CategoryFactory(public=False, quota=3))

    def act(n):
        return post(client, invitation, "registration/", GUEST, f"key-number-{n % 2}")

    answered = at_once(8, act)
    assert sorted({one.status_code for one in answered}) in ([201], [201, 409])
    assert Registration.objects.count() == 1
    assert Message.objects.filter(kind="registration.received").count() == 1
