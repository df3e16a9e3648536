"""Two focal points, officers and the public at once: neither quota is ever passed, nobody is doubled, nobody waits for ever."""

import uuid

import pytest

from registration import actions
from registration.actions import Particulars
from registration.models import Category, DelegationQuota, Registration
from registration.rules import HOLDS_PLACE, State
from registration.rules.delegations import ReserveOrder
from tests.factories.delegations import DelegationFactory, DelegationQuotaFactory, MemberFactory
from tests.registration.test_concurrency import at_once, no_delivery

__all__ = ["no_delivery"]  # a fixture for every test here
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency, pytest.mark.slow]


def person(n) -> Particulars:
    return Particulars(email="", name=f"Member Number {n}x", nationality="GH")


def refused(answers) -> int:
    return sum(isinstance(answer, actions.Refused) for answer in answers)


def broken(answers) -> list[Exception]:
    """What is neither done nor refused in words."""
    expected = (actions.Refused, actions.CategoryClosed)
    return [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, expected)]


def test_forty_nominations_for_ten_places_of_a_delegation_are_exactly_ten():
    quota = DelegationQuotaFactory(places=10)

    def act(n):
        return actions.nominate(
            delegation_id=quota.delegation_id, category=quota.category, person=person(n), origin=uuid.uuid4()
        )

    answers = at_once(40, act)
    assert refused(answers) == 0
    assert Registration.objects.filter(state=State.NOMINATED).count() == 10
    assert Registration.objects.filter(state=State.RESERVE).count() == 30
    assert DelegationQuota.objects.get().taken == Category.objects.get().taken == 10


def test_two_delegations_and_the_public_share_the_last_places_of_a_category():
    first = DelegationQuotaFactory(places=30, category__quota=12)
    second = DelegationQuotaFactory(
        delegation=DelegationFactory(event=first.delegation.event), category=first.category, places=30
    )

    def act(n):
        if n % 3 == 0:
            category = Category.objects.select_related("event").get(pk=first.category_id)
            facts = Particulars(email=f"guest-{n}@example.org", name=f"Guest {n}", nationality="GH")
            return actions.sign_up(
                category=category, particulars=facts, answers={}, language="en", origin=uuid.uuid4(), source="site"
            )
        quota = first if n % 3 == 1 else second
        return actions.nominate(
            delegation_id=quota.delegation_id, category=quota.category, person=person(n), origin=uuid.uuid4()
        )

    answers = at_once(45, act)
    assert broken(answers) == []
    held = Registration.objects.filter(state__in=HOLDS_PLACE)
    assert held.count() == Category.objects.get().taken == 12
    for quota in (first, second):
        members = held.filter(delegation=quota.delegation_id).count()
        assert DelegationQuota.objects.get(pk=quota.pk).taken == members


def test_one_button_pressed_twenty_times_at_once_names_one_member():
    quota, origin = DelegationQuotaFactory(), uuid.uuid4()

    def act(n):
        return actions.nominate(
            delegation_id=quota.delegation_id, category=quota.category, person=person(0), origin=origin
        )

    assert {answer.pk for answer in at_once(20, act)} == {Registration.objects.get().pk}
    assert DelegationQuota.objects.get().taken == 1


def test_one_member_replaced_by_two_focal_points_at_once_is_replaced_once():
    quota = DelegationQuotaFactory(places=1)
    member = MemberFactory(delegation=quota.delegation, category=quota.category)

    def act(n):
        return actions.substitute(
            delegation_id=quota.delegation_id,
            member_id=member.pk,
            person=person(n),
            origin=uuid.uuid4(),
            expected_version=member.version,
        )

    answers = at_once(8, act)
    assert refused(answers) == 7
    assert (
        Registration.objects.live().count() == DelegationQuota.objects.get().taken == Category.objects.get().taken == 1
    )


def test_withdrawing_deciding_and_confirming_at_once_leaves_the_counts_right():
    quota = DelegationQuotaFactory(places=8)
    members = [
        MemberFactory(delegation=quota.delegation, category=quota.category, state=State.SUBMITTED) for _n in range(8)
    ]

    def act(n):
        member = members[n % 8]
        if n < 8:
            return actions.withdraw_member(delegation_id=quota.delegation_id, member_id=member.pk)
        if n < 16:
            return actions.decide([member.pk], to=State.REJECTED, by=actions.DELEGATION, reason="No letter")
        return actions.confirm_list(delegation_id=quota.delegation_id)

    answers = at_once(17, act)
    unexpected = [a for a in answers if isinstance(a, Exception) and not isinstance(a, actions.Refused)]
    assert unexpected == []
    live = Registration.objects.live().count()
    assert DelegationQuota.objects.get().taken == Category.objects.get().taken == live


def test_confirming_and_naming_at_once_confirms_no_list_that_was_not_seen():
    quota = DelegationQuotaFactory(places=20)
    MemberFactory(delegation=quota.delegation, category=quota.category)
    seen = quota.delegation.version

    def act(n):
        if n == 0:
            return actions.confirm_list(delegation_id=quota.delegation_id, expected_version=seen)
        return actions.nominate(
            delegation_id=quota.delegation_id, category=quota.category, person=person(n), origin=uuid.uuid4()
        )

    confirmed, *named = at_once(6, act)
    if isinstance(confirmed, actions.Refused):
        assert refused(named) == 0
    else:
        assert refused(named) == 5  # whoever came after the confirmation was told so


def test_withdrawing_naming_choosing_and_public_sign_ups_at_once_pass_neither_quota_and_leave_no_place_to_nobody():
    first = DelegationQuotaFactory(places=6, category__quota=14)
    second = DelegationQuotaFactory(
        delegation=DelegationFactory(event=first.delegation.event, reserve_order=ReserveOrder.CHOSEN),
        category=first.category,
        places=6,
    )
    leaving, waiting = [], []
    for quota in (first, second):
        for n in range(6):
            leaving.append(name_one(quota, n))
        for n in range(6, 10):
            waiting.append(name_one(quota, n))
    assert {member.state for member in waiting} == {State.RESERVE}

    def act(n):
        if n < 12:
            one = leaving[n]
            return actions.withdraw_member(delegation_id=one.delegation_id, member_id=one.pk)
        if n < 20:
            one = waiting[n - 12]
            return actions.choose_from_reserve(delegation_id=one.delegation_id, member_id=one.pk)
        if n < 26:
            category = Category.objects.select_related("event").get(pk=first.category_id)
            facts = Particulars(email=f"guest-{n}@example.org", name=f"Guest {n}", nationality="GH")
            return actions.sign_up(
                category=category, particulars=facts, answers={}, language="en", origin=uuid.uuid4(), source="site"
            )
        return name_one(first if n % 2 else second, n)

    answers = at_once(32, act)
    assert broken(answers) == []
    actions.fill_from_reserve()  # as the worker does: what slipped through while somebody was just being named
    held = Registration.objects.filter(state__in=HOLDS_PLACE)
    category = Category.objects.get()
    assert held.count() == category.taken <= 14
    for quota in (first, second):
        quota.refresh_from_db()
        assert quota.taken == held.filter(delegation=quota.delegation_id).count() <= 6
    waits = Registration.objects.filter(state=State.RESERVE, delegation=first.delegation_id).exists()
    assert not waits or first.taken == 6 or category.taken == 14


def name_one(quota, n):
    return actions.nominate(
        delegation_id=quota.delegation_id, category=quota.category, person=person(n), origin=uuid.uuid4()
    )
