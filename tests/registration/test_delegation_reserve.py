"""A delegation's own waiting list: who is named beyond the places waits in order, and moves up as the delegation has chosen."""

import uuid

import pytest
from django.urls import reverse

from plenary.core.models import Message
from registration import actions
from registration.actions import Particulars
from registration.emails import delegation_token
from registration.members import members_of
from registration.models import Category, DelegationQuota, Registration
from registration.rules import State
from registration.rules.delegations import ReserveOrder
from registration.tasks import run_waiting_lists
from tests.factories.delegations import DelegationFactory, DelegationQuotaFactory
from tests.factories.payments import OFFICER
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
NAMES = ("Ama Owusu", "Yaw Boateng", "Esi Badu", "Kojo Asante")


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=2, category__name={"en": "Delegate"})


@pytest.fixture
def members(quota):
    """Two with a place, two who wait."""
    return [name_one(quota, name) for name in NAMES]


def name_one(quota, name, **facts) -> Registration:
    person = Particulars(**{"email": "", "name": name, "nationality": "GH"} | facts)
    return actions.nominate(
        delegation_id=quota.delegation_id, category=quota.category, person=person, origin=uuid.uuid4()
    )


def states(members) -> list[str]:
    found = dict(Registration.objects.values_list("pk", "state"))
    return [found[member.pk] for member in members]


def position(member) -> int:
    [line] = members_of(member.delegation, only=[Registration.objects.select_related("category").get(pk=member.pk)])
    return line.position


def withdraw(member) -> None:
    actions.withdraw_member(delegation_id=member.delegation_id, member_id=member.pk)


def choose(member, **facts) -> Registration:
    return actions.choose_from_reserve(delegation_id=member.delegation_id, member_id=member.pk, **facts)


def by_choice(quota) -> None:
    actions.set_reserve_order(delegation_id=quota.delegation_id, order=ReserveOrder.CHOSEN)


def at(quota, rest="") -> str:
    return f"/en/delegation/{delegation_token(quota.delegation)}/{rest}"


def taken(quota) -> tuple[int, int]:
    quota.refresh_from_db()
    return quota.taken, Category.objects.get(pk=quota.category_id).taken


def test_who_is_named_beyond_the_places_waits_in_the_order_of_naming_and_holds_none(quota, members):
    assert states(members) == [State.NOMINATED, State.NOMINATED, State.RESERVE, State.RESERVE]
    assert [position(member) for member in members[2:]] == [1, 2]
    assert taken(quota) == (2, 2)


@pytest.mark.parametrize("how", ["by the delegation", "by an officer"])
def test_a_freed_place_goes_to_the_first_in_line_in_the_same_step_and_the_focal_point_is_told(quota, members, how):
    if how == "by the delegation":
        withdraw(members[0])
    else:
        actions.decide([members[0].pk], to=State.CANCELLED, by=OFFICER, reason="The list was shortened.")
    assert states(members)[1:] == [State.NOMINATED, State.NOMINATED, State.RESERVE]
    assert taken(quota) == (2, 2)
    message = Message.objects.get(kind="delegation.moved_up")
    assert message.recipient == quota.delegation.email
    assert NAMES[2] in message.text


def test_nobody_named_later_passes_who_waits(quota, members):
    by_choice(quota)
    withdraw(members[0])
    assert taken(quota) == (1, 1)  # the head has not chosen yet
    actions.set_reserve_order(delegation_id=quota.delegation_id, order=ReserveOrder.AUTOMATIC)
    assert states(members)[2:] == [State.NOMINATED, State.RESERVE]
    assert name_one(quota, "Abena Mensah").state == State.RESERVE


def test_where_the_head_chooses_the_place_stays_free_until_then_and_anybody_may_be_chosen(quota, members):
    by_choice(quota)
    with pytest.raises(actions.Refused, match="No place is free"):
        choose(members[3])
    withdraw(members[0])
    choose(members[3])
    choose(members[3])  # pressed twice
    assert states(members)[2:] == [State.RESERVE, State.NOMINATED]
    assert taken(quota) == (2, 2)
    assert not Message.objects.filter(kind="delegation.moved_up").exists()  # the head knows


def test_where_it_goes_by_itself_the_delegation_passes_nobody_but_staff_may(quota, members):
    quota.delegation.refresh_from_db()
    actions.save_delegation(quota.delegation, quotas={quota.category: 2}, by=OFFICER)
    Category.objects.filter(pk=quota.category_id).update(quota=2)
    DelegationQuota.objects.filter(pk=quota.pk).update(places=3)
    with pytest.raises(actions.Refused, match="first in line"):
        choose(members[3])
    with pytest.raises(actions.Refused, match="No place is free"):  # the category itself is full
        choose(members[3], by=OFFICER)
    Category.objects.filter(pk=quota.category_id).update(quota=3)
    choose(members[3], by=OFFICER)
    assert states(members)[2:] == [State.RESERVE, State.NOMINATED]
    assert Message.objects.filter(kind="delegation.moved_up").count() == 1


def test_a_raised_quota_lets_move_up_at_once_as_many_as_it_holds(quota, members):
    actions.save_delegation(quota.delegation, quotas={quota.category: 3}, by=OFFICER)
    assert states(members)[2:] == [State.NOMINATED, State.RESERVE]
    assert taken(quota) == (3, 3)


def test_a_full_category_makes_wait_too_and_its_raised_quota_lets_move_up(django_capture_on_commit_callbacks):
    quota = DelegationQuotaFactory(places=5, category__quota=1)
    members = [name_one(quota, name) for name in NAMES[:3]]
    assert states(members) == [State.NOMINATED, State.RESERVE, State.RESERVE]
    quota.category.refresh_from_db()
    quota.category.quota = 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.save_category(quota.category, by=OFFICER)
    assert states(members) == [State.NOMINATED, State.NOMINATED, State.RESERVE]
    assert taken(quota) == (2, 2)


def test_a_place_that_somebody_elses_delegation_gives_back_is_found_by_the_worker():
    quota = DelegationQuotaFactory(places=5, category__quota=1)
    other = DelegationQuotaFactory(
        delegation=DelegationFactory(event=quota.delegation.event), category=quota.category, places=5
    )
    first, waiting = name_one(quota, NAMES[0]), name_one(other, NAMES[1])
    assert waiting.state == State.RESERVE
    withdraw(first)
    run_waiting_lists.call()
    assert states([waiting]) == [State.NOMINATED]
    assert (taken(quota), taken(other)) == ((0, 1), (1, 1))


def test_a_quota_lowered_below_what_is_taken_passes_no_place_on_until_enough_have_left(quota, members):
    actions.save_delegation(quota.delegation, quotas={quota.category: 1}, by=OFFICER)
    withdraw(members[0])
    assert states(members)[2:] == [State.RESERVE, State.RESERVE]
    withdraw(members[1])
    assert states(members)[2:] == [State.NOMINATED, State.RESERVE]
    assert taken(quota) == (1, 1)


def test_a_substitute_takes_the_place_and_nobody_moves_up(quota, members):
    person = Particulars(email="", name="Abena Mensah", nationality="GH")
    actions.substitute(delegation_id=quota.delegation_id, member_id=members[0].pk, person=person, origin=uuid.uuid4())
    assert states(members)[2:] == [State.RESERVE, State.RESERVE]
    assert taken(quota) == (2, 2)


def test_who_waits_can_be_withdrawn_and_the_others_move_up_in_number(quota, members):
    withdraw(members[2])
    assert position(members[3]) == 1
    assert taken(quota) == (2, 2)


def test_guests_who_wait_for_the_category_keep_their_turn_behind_the_delegations_own_people():
    quota = DelegationQuotaFactory(places=1, category__quota=1, category__waiting_list="automatic")
    first, second = name_one(quota, NAMES[0]), name_one(quota, NAMES[1])
    guest = RegistrationFactory(category=quota.category, state=State.WAITLISTED)
    withdraw(first)
    assert states([second, guest]) == [State.NOMINATED, State.WAITLISTED]
    withdraw(second)
    assert states([guest]) == [State.OFFERED]
    assert taken(quota) == (0, 1)


# -- what is shown -----------------------------------------------------------------------------------------------------
def test_the_workspace_shows_the_list_in_order_with_what_to_do(client, quota, members):
    html = client.get(at(quota)).content.decode()
    assert html.index("Waiting list of your delegation") < html.index(NAMES[2]) < html.index(NAMES[3])
    assert "Give a free place" not in html
    client.post(at(quota, "reserve/"), {"order": "chosen"})
    assert "Give a free place" in client.get(at(quota)).content.decode()
    refused = client.post(at(quota, f"{members[3].pk}/move-up/"))
    assert refused.status_code == 409
    assert "No place is free as Delegate." in refused.content.decode()
    withdraw(members[0])
    assert client.post(at(quota, f"{members[3].pk}/move-up/"))["Location"].endswith(f"{members[3].pk}/")
    assert states([members[3]]) == [State.NOMINATED]
    assert client.post(at(quota, "reserve/"), {"order": "by lot"}).status_code == 404


def test_staff_see_who_waits_give_a_place_and_find_such_delegations(client, quota, members):
    client.force_login(staff("Conference office"))
    url = reverse("delegations:unit", args=[quota.delegation_id])
    html = client.get(url).content.decode()
    assert "Waiting list of the delegation" in html
    assert NAMES[3] in html
    assert quota.delegation.focal_name
    listed = client.get(reverse("delegations:index") + "?stands=reserve").content.decode()
    assert str(quota.delegation) in listed
    by_choice(quota)
    withdraw(members[0])
    client.post(reverse("delegations:move_up", args=[quota.delegation_id, members[3].pk]))
    assert states([members[3]]) == [State.NOMINATED]


def test_over_the_api_the_state_and_the_position_are_told(client, quota, members):
    token = delegation_token(quota.delegation)
    items = client.get(f"/api/v1/delegations/{token}/members/").json()["items"]
    assert [(item["state"], item["waiting_position"]) for item in items] == [
        ("nominated", None), ("nominated", None), ("reserve", 1), ("reserve", 2),
    ]  # fmt: skip
