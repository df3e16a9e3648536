"""A delegation decided as one: each member keeps the route of the own category, and what is shown is what happens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plenary.core.models import Message
from registration.actions.desks import route_objections
from registration.models import ReasonCode, Registration, Sponsorship
from registration.rules import State, Verdict
from tests.factories.delegations import DelegationQuotaFactory, MemberFactory
from tests.factories.payments import FeeFactory
from tests.factories.registration import CategoryFactory
from tests.factories.staff import staff
from tests.registration.test_desks import PROTOCOL, SECURITY, officer, route, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=9, category__name={"en": "Delegate"})


@pytest.fixture
def office(client):
    client.force_login(staff("Conference office"))
    return client


def member(quota, name, **facts) -> Registration:
    given = {"category": quota.category, "state": State.SUBMITTED, "checked_at": timezone.now()} | facts
    return MemberFactory(delegation=quota.delegation, name=name, **given)


def url(quota, to="approved") -> str:
    return reverse("delegations:decide", args=[quota.delegation_id]) + f"?to={to}"


def decide(client, quota, *members, to="approved", **facts) -> str:
    seen = [f"{one.pk}:{Registration.objects.get(pk=one.pk).version}" for one in members]
    sent = {"seen": seen, "confirmed": "on"} | facts
    return client.post(url(quota, to), sent, follow=True).content.decode()


def states(*members) -> list[str]:
    return [Registration.objects.get(pk=one.pk).state for one in members]


def test_members_whose_desks_have_not_spoken_are_left_and_named_with_the_desks_before_any_mail(office, quota):
    """Several desks, one after the other, in one category of the delegation; none in the other."""
    route(quota.category, ("security", 1), ("protocol", 2))
    free = CategoryFactory(event=quota.delegation.event)
    waits, cleared = member(quota, "Ama Owusu"), member(quota, "Yaw Boateng")
    simple = member(quota, "Esi Badu", category=free)
    say(cleared, "security", Verdict.CLEAR, officer(SECURITY))
    say(cleared, "protocol", Verdict.CLEAR, officer(PROTOCOL))
    say(waits, "security", Verdict.CLEAR, officer(SECURITY))
    html = office.get(url(quota)).content.decode()
    assert "1 member is left as it is" in html
    assert "Ama Owusu</bdi>: These desks have not spoken yet: Protocol" in html
    assert str(waits.pk) not in html.split('name="seen"', 1)[1]
    decide(office, quota, waits, cleared, simple)
    assert states(waits, cleared, simple) == [State.SUBMITTED, State.APPROVED, State.APPROVED]


def test_one_officers_decision_on_the_whole_stands_for_no_second_pair_of_eyes(office, quota):
    route(quota.category, ("security", 1, {"four_eyes": True}))
    one, both = member(quota, "Ama Owusu"), member(quota, "Yaw Boateng")
    first, second = officer(SECURITY), officer(SECURITY)
    say(one, "security", Verdict.CLEAR, first)
    say(both, "security", Verdict.CLEAR, first)
    say(both, "security", Verdict.CLEAR, second)
    assert "These desks have not spoken yet: Security" in office.get(url(quota)).content.decode()
    decide(office, quota, one, both)
    assert states(one, both) == [State.SUBMITTED, State.APPROVED]


def test_a_veto_a_watch_list_and_nobodys_look_keep_a_member_out_of_the_whole(office, quota):
    route(quota.category, ("security", 1, {"may_veto": True}))
    vetoed, watched, passed = (member(quota, name) for name in ("Ama Owusu", "Yaw Boateng", "Esi Badu"))
    by = officer(SECURITY)
    code = next(found.slug for found in ReasonCode.objects.filter(active=True) if Verdict.OBJECT in found.verdicts)
    say(vetoed, "security", Verdict.OBJECT, by, code=code, note="Known.")
    say(watched, "security", Verdict.CLEAR, by)
    Registration.objects.filter(pk=watched.pk).update(watch_level=3)
    say(passed, "security", Verdict.ABSTAIN, by)
    html = office.get(url(quota)).content.decode()
    for words in ("veto objects", "has not released", "Every desk has passed this on"):
        assert words in html
    assert "None of these members can be decided this way." in html
    decide(office, quota, vetoed, watched, passed)
    assert set(states(vetoed, watched, passed)) == {State.SUBMITTED}
    decide(office, quota, vetoed, to="rejected", reason="The organiser cannot admit this person.")
    assert states(vetoed) == [State.REJECTED]


def test_a_desk_that_takes_its_word_back_between_the_look_and_the_button_is_heard(office, quota):
    route(quota.category, ("security", 1))
    one = member(quota, "Ama Owusu")
    by = officer(SECURITY)
    say(one, "security", Verdict.CLEAR, by)
    assert 'name="confirmed"' in office.get(url(quota)).content.decode()
    say(one, "security", Verdict.ABSTAIN, by)
    decide(office, quota, one)
    assert states(one) == [State.SUBMITTED]
    assert not Message.objects.filter(kind="delegation.decisions").exists()


def test_asking_all_members_for_more_needs_no_desk(office, quota):
    route(quota.category, ("security", 1))
    one = member(quota, "Ama Owusu")
    decide(office, quota, one, to="information_requested", reason="Send the credentials letter.")
    assert states(one) == [State.INFORMATION_REQUESTED]


def test_the_preview_is_the_mail_with_the_sum_to_be_paid(office, quota):
    FeeFactory(event=quota.delegation.event)
    one = member(quota, "Ama Owusu")
    html = office.get(url(quota)).content.decode()
    assert "News about your delegation, payment due" in html
    assert "€120.00 until" in html
    decide(office, quota, one)
    assert "€120.00 until" in Message.objects.get(kind="delegation.decisions").text


def test_where_a_sponsor_pays_the_preview_says_approved(office, quota):
    FeeFactory(event=quota.delegation.event)
    Sponsorship.objects.create(event=quota.delegation.event, payer="Ministry", delegation=quota.delegation)
    member(quota, "Ama Owusu")
    html = office.get(url(quota)).content.decode()
    assert "payment due" not in html
    assert "Ama Owusu: approved" in html


def test_the_desks_of_many_members_are_asked_in_the_same_number_of_statements(quota):
    route(quota.category, ("security", 1), ("protocol", 2))
    counts = []
    for number in (1, 4):
        people = [member(quota, f"Person {number} {n}") for n in range(number)]
        with CaptureQueriesContext(connection) as caught:
            found = route_objections(people, State.APPROVED)
        assert len(found) == number
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 3
