"""The waiting list: told in plain words, joined with one more click, offered in order, exactly one offer for a place."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.models import Message
from plenary.events.rules import ApprovalState
from registration import actions
from registration.actions import Particulars
from registration.actions.offer import save_category
from registration.emails import guest_token
from registration.models import Category, Registration
from registration.rules import Opening, State, WaitingList
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.guest import begin, finish, my

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")


def full(waiting_list=WaitingList.AUTOMATIC, quota=1, **facts):
    """A category whose places are all taken, and who holds them."""
    category = CategoryFactory(quota=quota, waiting_list=waiting_list, **facts)
    return category, RegistrationFactory.create_batch(quota, category=category)


def join(category, n=0, proved=True, language="fr"):
    category = Category.objects.select_related("event").get(pk=category.pk)
    registration = actions.sign_up(
        category=category,
        particulars=Particulars(email=f"waits-{n}@example.org", name=f"Waits {n}", nationality="KE"),
        answers={},
        language=language,
        origin=uuid.uuid4(),
        source="site",
        or_wait=True,
    )
    return actions.confirm_address(registration_id=registration.pk) if proved else registration


def now(registration):
    return Registration.objects.get(pk=registration.pk).state


def counts(category):
    category.refresh_from_db()
    return category.taken, category.waiting


def kinds(registration):
    return list(Message.objects.of(registration).order_by("created_at").values_list("kind", flat=True))


# -- joining ------------------------------------------------------------------------------------------------------------
def test_nobody_joins_a_list_that_there_is_not_or_without_asking_to():
    category, _holders = full(WaitingList.OFF)
    with pytest.raises(actions.CategoryClosed) as refusal:
        join(category)
    assert refusal.value.opening == Opening.FULL
    listed, _holders = full()
    with pytest.raises(actions.CategoryClosed):
        actions.sign_up(
            category=Category.objects.select_related("event").get(pk=listed.pk),
            particulars=Particulars(email="a@example.org", name="A"),
            answers={},
            language="en",
            origin=uuid.uuid4(),
            source="site",
        )


def test_one_waits_without_a_place_and_counts_only_with_a_proved_address():
    category, _holders = full()
    unproved = join(category, proved=False)
    assert (unproved.state, unproved.is_unproved, counts(category)) == (State.WAITLISTED, True, (1, 0))
    actions.confirm_address(registration_id=unproved.pk)
    assert counts(category) == (1, 1)
    actions.confirm_address(registration_id=unproved.pk)
    assert counts(category) == (1, 1)
    assert kinds(unproved) == ["registration.confirm", "registration.on_waiting_list"]


def test_the_position_is_by_who_proved_first_and_moves_up_when_somebody_leaves():
    category, _holders = full()
    late = join(category, 1, proved=False)
    first, second = join(category, 2), join(category, 3)
    late = actions.confirm_address(registration_id=late.pk)
    position = Registration.objects.position_of
    assert [position(one) for one in (first, second, late)] == [1, 2, 3]
    actions.withdraw(registration_id=first.pk)
    assert [position(one) for one in (second, late)] == [1, 2]
    assert counts(category) == (1, 2)
    assert kinds(first)[-1] == "registration.left_list"


def test_an_address_never_proved_leaves_the_list_without_freeing_anything():
    category, _holders = full()
    registration = join(category, proved=False)
    Registration.objects.filter(pk=registration.pk).update(created_at=timezone.now() - timedelta(hours=73))
    assert actions.expire_unconfirmed() == 1
    assert (now(registration), counts(category)) == (State.EXPIRED, (1, 0))


# -- offers -------------------------------------------------------------------------------------------------------------
def test_a_freed_place_is_offered_to_the_first_in_the_same_step():
    category, [holder] = full()
    first, second = join(category, 1), join(category, 2)
    actions.withdraw(registration_id=holder.pk)
    assert (now(first), now(second), counts(category)) == (State.OFFERED, State.WAITLISTED, (1, 1))
    assert kinds(first)[-1] == "registration.place_offered"
    assert Message.objects.of(first).order_by("created_at").last().language == "fr"


def test_an_accepted_place_goes_to_the_officers_or_straight_to_the_badge():
    for needs_review, state in ((True, State.SUBMITTED), (False, State.APPROVED)):
        category, [holder] = full(needs_review=needs_review)
        guest = join(category)
        actions.withdraw(registration_id=holder.pk)
        assert actions.accept_offer(registration_id=guest.pk).state == state
        assert actions.accept_offer(registration_id=guest.pk).state == state
        assert counts(category) == (1, 0)


@pytest.mark.parametrize("how", ["declined", "lapsed"])
def test_a_place_not_taken_goes_to_the_next(how):
    category, [holder] = full()
    first, second = join(category, 1), join(category, 2)
    actions.withdraw(registration_id=holder.pk)
    if how == "declined":
        actions.withdraw(registration_id=first.pk)
    else:
        Registration.objects.filter(pk=first.pk).update(offer_expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(actions.Refused, match="over"):
            actions.accept_offer(registration_id=first.pk)
        assert actions.expire_offers() == 1
        assert kinds(first)[-1] == "registration.offer_lapsed"
    assert (now(second), counts(category)) == (State.OFFERED, (1, 0))


def test_by_hand_staff_choose_whom_and_for_how_long():
    category, [holder] = full(WaitingList.MANUAL)
    first, second = join(category, 1), join(category, 2)
    actions.withdraw(registration_id=holder.pk)
    assert (now(first), counts(category)) == (State.WAITLISTED, (0, 2))
    report = actions.offer_places([second.pk, first.pk], hours=6, by=OFFICER)
    assert report.done == [second.pk]
    assert "No place is left" in report.refused[first.pk]
    offered = Registration.objects.get(pk=second.pk)
    assert offered.state == State.OFFERED
    assert timedelta(hours=5) < offered.offer_expires_at - timezone.now() <= timedelta(hours=6)
    assert counts(category) == (1, 1)


def test_nobody_new_passes_those_who_wait():
    category, [holder] = full(WaitingList.MANUAL)
    join(category, 1)
    actions.withdraw(registration_id=holder.pk)
    category = Category.objects.select_related("event").get(pk=category.pk)
    assert (category.taken, category.opening()) == (0, Opening.FULL)
    assert join(category, 2).state == State.WAITLISTED


def test_no_place_is_offered_to_an_address_that_is_not_proved():
    category, [holder] = full(WaitingList.MANUAL)
    unproved = join(category, proved=False)
    actions.withdraw(registration_id=holder.pk)
    report = actions.offer_places([unproved.pk], hours=6, by=OFFICER)
    assert "not proved" in report.refused[unproved.pk]


# -- quotas that change -------------------------------------------------------------------------------------------------
def test_a_quota_lowered_below_what_is_taken_lets_nobody_in_and_passes_nothing_on():
    category, holders = full(quota=3)
    guest = join(category)
    category.refresh_from_db()
    category.quota = 1
    save_category(category, by=OFFICER)
    actions.withdraw(registration_id=holders[0].pk)
    actions.withdraw(registration_id=holders[1].pk)
    assert (now(guest), counts(category)) == (State.WAITLISTED, (1, 1))
    actions.withdraw(registration_id=holders[2].pk)
    assert (now(guest), counts(category)) == (State.OFFERED, (1, 0))


def test_a_raised_quota_is_offered_down_the_list_at_once():
    category, _holders = full()
    guests = [join(category, n) for n in range(3)]
    category.refresh_from_db()
    category.quota = 3
    save_category(category, by=OFFICER)
    assert [now(guest) for guest in guests] == [State.OFFERED, State.OFFERED, State.WAITLISTED]
    assert counts(category) == (3, 1)


def test_the_worker_offers_what_slipped_through_but_not_for_an_event_that_takes_nobody():
    category, _holders = full()
    guest = join(category)
    Category.objects.filter(pk=category.pk).update(taken=0)
    type(category.event).objects.filter(pk=category.event_id).update(approval=ApprovalState.CANCELLED)
    assert actions.offer_free_places() == 0
    type(category.event).objects.filter(pk=category.event_id).update(approval=ApprovalState.IN_FORCE)
    assert actions.offer_free_places() == 1
    assert now(guest) == State.OFFERED


# -- pages --------------------------------------------------------------------------------------------------------------
def test_a_full_category_says_so_and_one_more_click_joins_its_list(client):
    category, _holders = full()
    page = client.get(f"/en/register/{category.event.slug}/").content.decode()
    assert "Fully booked: waiting list" in page
    draft = begin(client, category)
    client.post(draft + "you/", {"email": "amina@example.org", "name": "Amina Osman", "nationality": "KE"})
    review = client.get(draft + "review/").content.decode()
    assert "All places in this category are taken." in review
    assert "Join the waiting list" in review
    client.post(draft + "review/", {"list": "join"})
    assert Registration.objects.latest("created_at").state == State.WAITLISTED
    assert "You are not on the waiting list until" in client.get(draft + "sent/").content.decode()


def test_who_loses_the_last_place_while_typing_is_told_and_joins_with_one_more_click(client):
    category = CategoryFactory(quota=1, waiting_list=WaitingList.AUTOMATIC)
    draft = begin(client, category)
    client.post(draft + "you/", {"email": "amina@example.org", "name": "Amina Osman", "nationality": "KE"})
    RegistrationFactory(category=category)
    response = client.post(draft + "review/", {})
    assert response.status_code == 409
    assert 'name="list" value="join"' in response.content.decode()
    assert finish(client, draft, list="join").status_code == 302
    assert Registration.objects.filter(state=State.WAITLISTED).count() == 1


def test_the_own_page_tells_the_position_and_the_offer_is_answered_by_a_button_alone(client):
    category, [holder] = full()
    guest = join(category)
    assert "You are number 1 on the waiting list." in client.get(my(guest)).content.decode()
    actions.withdraw(registration_id=holder.pk)
    guest.refresh_from_db()
    assert "Accept or decline your place" in client.get(my(guest)).content.decode()
    assert client.get(my(guest, "offer/")).status_code == 200
    assert now(guest) == State.OFFERED
    assert client.post(my(guest, "offer/"), {"answer": "accept"}).status_code == 302
    assert now(guest) == State.SUBMITTED


def test_over_the_api_one_is_told_or_joins_on_request(client):
    category, _holders = full()
    body = {"category": category.slug, "email": "api@example.org", "name": "Api", "nationality": "KE"}
    address = f"/api/v1/events/{category.event.slug}/registrations/"

    def send(key, **more):
        return client.post(address, body | more, content_type="application/json", headers={"Idempotency-Key": key})

    refused = send("key-one-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "category_closed")
    joined = send("key-two-2", waiting_list=True)
    assert (joined.status_code, joined.json()["state"]) == (201, "waitlisted")
    again = send("key-three-3", waiting_list=True)  # an address that is on the list: the same answer
    assert (again.status_code, again.json()["state"]) == (201, "waitlisted")
    assert Registration.objects.filter(state=State.WAITLISTED).count() == 1


def test_position_offer_and_its_end_are_told_alike_on_the_page_in_the_mail_and_over_the_api(client):
    """The first does not answer; the second gets the place after it, and the third moves up."""
    category, [holder] = full()
    first, second = join(category, language="en"), join(category, 2, language="en")

    def facts(guest):
        return client.get(f"/api/v1/registrations/{guest_token(guest)}/").json()

    def mail(guest, kind):
        return Message.objects.of(guest).get(kind=f"registration.{kind}")

    assert [facts(guest)["waiting_position"] for guest in (first, second)] == [1, 2]
    assert "You are number 2 on the list." in mail(second, "on_waiting_list").text
    actions.withdraw(registration_id=holder.pk)
    told = facts(first)
    assert (told["state"], told["waiting_position"], "offer" in told["links"]) == ("offered", None, True)
    assert told["offer_expires_at"]
    offered = mail(first, "place_offered").text
    assert "it is kept for you until" in offered
    assert "the place goes to the next on the list" in offered
    assert facts(second)["waiting_position"] == 1
    assert "You are number 1 on the waiting list." in client.get(my(second)).content.decode()
    Registration.objects.filter(pk=first.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    assert actions.expire_offers() == 1
    assert "it has gone to the next on the list" in mail(first, "offer_lapsed").text
    assert "The offered place has gone" in client.get(my(first)).content.decode()
    assert (facts(first)["state"], facts(second)["state"]) == ("expired", "offered")
    assert mail(second, "place_offered")
