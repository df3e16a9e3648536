"""A delegation's list over the API: the same places, refusals and silence about others as on its page."""

import json

import pytest

from registration import actions
from registration.emails import delegation_token
from registration.models import Delegation, Registration
from tests.factories.delegations import DelegationQuotaFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=2, delegation__name={"en": "Ghana"})


def at(quota, rest="") -> str:
    return f"/api/v1/delegations/{delegation_token(quota.delegation)}/{rest}"


def name_one(client, quota, key="key-number-1", **facts):
    body = {"category": quota.category.slug, "name": "Ama Owusu"} | facts
    return client.post(
        at(quota, "members/"), json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_a_program_reads_places_and_list(client, quota):
    MemberFactory(delegation=quota.delegation, category=quota.category, nationality="")
    told = client.get(at(quota)).json()
    assert (told["name"], told["stage"]) == ("Ghana", "open")
    assert told["places"][0] | {"name": ""} == {
        "category": quota.category.slug, "name": "", "places": 2, "taken": 1, "left": 1,
    }  # fmt: skip
    [member] = client.get(at(quota, "members/")).json()["items"]
    assert (member["state"], member["missing"]) == ("nominated", ["Nationality"])


def test_a_link_that_was_closed_or_made_up_opens_nothing(client, quota):
    address = at(quota)
    actions.revoke_workspace_link(delegation_id=quota.delegation_id, by=actions.DELEGATION)
    for url in (address, at(quota), "/api/v1/delegations/" + "A" * 51 + "/"):
        assert client.get(url).status_code == 404


def test_one_key_is_one_member(client, quota):
    first, again = name_one(client, quota), name_one(client, quota)
    assert (first.status_code, first.json()) == (201, again.json())
    assert name_one(client, quota, name="Yaw Boateng").json()["type"].endswith("/idempotency_key_reused/")
    assert Registration.objects.count() == 1


def test_refusals_are_problems_with_what_to_do(client, quota):
    name_one(client, quota)
    assert name_one(client, quota, "key-number-2").json()["type"].endswith("/delegation_namesake/")
    assert name_one(client, quota, "key-number-3", namesake=True).status_code == 201
    full = name_one(client, quota, "key-number-4", name="Esi Badu")
    assert (full.status_code, full.json()["state"], full.json()["waiting_position"]) == (201, "reserve", 1)
    wrong = name_one(client, quota, "key-number-5", name="王伟", category="astronaut")
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"#/category", "#/latin_name"}
    Delegation.objects.update(deadline=quota.delegation.created_at)
    assert name_one(client, quota, "key-number-6", name="Yaw B").json()["type"].endswith("/delegation_list_closed/")
