"""What a head or focal point can do with the list: places hold, nobody is lost, nobody else's delegation is told about."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from plenary.core.links import BadLink
from plenary.core.models import HistoryEntry, Message
from registration import actions
from registration.actions import Particulars
from registration.actions.flags import check_pending
from registration.emails import delegation_token, guest_token
from registration.models import Category, DelegationQuota, Finding, Registration
from registration.rules import State, Who
from tests.factories.delegations import DelegationFactory, DelegationQuotaFactory, MemberFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


def person(name="Ama Owusu", **facts) -> Particulars:
    return Particulars(**{"email": "", "name": name, "nationality": "GH"} | facts)


def name_one(delegation, category, name="Ama Owusu", **facts) -> Registration:
    return actions.nominate(
        delegation_id=delegation.pk, category=category, person=person(name, **facts), origin=uuid.uuid4()
    )


def taken(delegation, category) -> tuple[int, int]:
    quota = DelegationQuota.objects.get(delegation=delegation, category=category)
    return quota.taken, Category.objects.get(pk=category.pk).taken


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=2)


@pytest.fixture
def delegation(quota):
    return quota.delegation


@pytest.fixture
def category(quota):
    return quota.category


def test_a_named_member_holds_a_place_of_the_delegation_and_of_the_category(delegation, category):
    member = name_one(delegation, category)
    assert (member.state, member.source, member.email_index) == (State.NOMINATED, "delegation", "")
    assert taken(delegation, category) == (1, 1)
    assert HistoryEntry.objects.of(member).get().verb == "nominated"
    assert not Message.objects.exists()  # nothing goes to an address nobody proved


def test_a_form_sent_twice_names_one_member(delegation, category):
    origin = uuid.uuid4()
    found = {
        actions.nominate(delegation_id=delegation.pk, category=category, person=person(), origin=origin).pk
        for _again in range(2)
    }
    assert len(found) == 1
    assert taken(delegation, category) == (1, 1)


@pytest.mark.parametrize(("places", "category_quota"), [(1, None), (9, 1)])
def test_nobody_is_named_beyond_the_places_of_either(places, category_quota):
    quota = DelegationQuotaFactory(places=places, category__quota=category_quota)
    name_one(quota.delegation, quota.category)
    second = name_one(quota.delegation, quota.category, "Yaw Boateng")
    assert (second.state, taken(quota.delegation, quota.category)) == (State.RESERVE, (1, 1))


def test_a_delegation_has_no_place_in_a_category_it_was_given_none_in(delegation):
    other = CategoryFactory(event=delegation.event)
    with pytest.raises(actions.Refused, match="no places as"):
        name_one(delegation, other)
    assert not Registration.objects.exists()


def test_a_quota_lowered_below_what_is_taken_keeps_who_is_there_and_lets_nobody_new_in(delegation, category):
    first, _second = name_one(delegation, category), name_one(delegation, category, "Yaw Boateng")
    actions.save_delegation(delegation, quotas={category: 1}, by=actions.DELEGATION)
    waiting = name_one(delegation, category, "Esi Badu")
    actions.withdraw_member(delegation_id=delegation.pk, member_id=first.pk)
    assert taken(delegation, category) == (1, 1)
    waiting.refresh_from_db()
    assert waiting.state == State.RESERVE  # one place, one member: still full


def test_somebody_of_the_same_name_is_asked_about_before_a_second_place_goes(delegation, category):
    name_one(delegation, category)
    with pytest.raises(actions.Namesake, match="already"):
        name_one(delegation, category, "OWUSU Ama")
    actions.nominate(
        delegation_id=delegation.pk, category=category, person=person(), origin=uuid.uuid4(), namesake=True
    )
    assert taken(delegation, category) == (2, 2)


def test_an_address_in_use_is_refused_without_a_word_about_who_uses_it(delegation, category):
    other = DelegationQuotaFactory(delegation=DelegationFactory(event=delegation.event, name={"en": "Togo"}),
                                   category=category)  # fmt: skip
    name_one(other.delegation, category, "Afi Mensah", email="afi@example.org")
    with pytest.raises(actions.Refused) as refusal:
        name_one(delegation, category, "Afi Mensah", email="AFI@example.org")
    assert "Togo" not in str(refusal.value)
    assert "registered" not in str(refusal.value)
    assert taken(delegation, category) == (0, 1)


def test_the_focal_points_own_address_means_none_of_the_members_own(delegation, category):
    members = [name_one(delegation, category, name, email=delegation.email.upper()) for name in ("Ama A", "Yaw B")]
    assert [member.email for member in members] == ["", ""]


def test_a_member_named_by_two_delegations_is_shown_to_the_desks_of_both(
    delegation, category, django_capture_on_commit_callbacks
):
    togo = DelegationFactory(event=delegation.event, name={"en": "Togo"})
    DelegationQuotaFactory(delegation=togo, category=category)
    mine, theirs = name_one(delegation, category, "Afi Mensah"), name_one(togo, category, "Mensah Afi")
    for member in (mine, theirs):
        with django_capture_on_commit_callbacks(execute=True):
            actions.complete_nomination(registration_id=member.pk, who=Who.DELEGATION)
    check_pending()
    for member, other in ((mine, theirs), (theirs, mine)):
        assert Finding.objects.get(registration=member).other == other


@pytest.mark.parametrize("change", [{"confirmed_at": timezone.now()}, {"deadline": timezone.now() - timedelta(1)}])
def test_a_list_that_is_closed_takes_nobody_new_but_still_gives_somebody_up(delegation, category, change):
    member = name_one(delegation, category)
    type(delegation).objects.filter(pk=delegation.pk).update(**change)
    with pytest.raises(actions.Refused, match="write to the organiser"):
        name_one(delegation, category, "Yaw Boateng")
    with pytest.raises(actions.Refused, match="write to the organiser"):
        actions.substitute(
            delegation_id=delegation.pk, member_id=member.pk, person=person("Esi Badu"), origin=uuid.uuid4()
        )
    actions.withdraw_member(delegation_id=delegation.pk, member_id=member.pk)
    assert taken(delegation, category) == (0, 0)


def test_a_substitute_takes_the_place_even_where_none_is_free(delegation, category):
    leaving = name_one(delegation, category)
    actions.save_delegation(delegation, quotas={category: 1}, by=actions.DELEGATION)
    Category.objects.filter(pk=category.pk).update(quota=0)
    origin = uuid.uuid4()
    new = [
        actions.substitute(delegation_id=delegation.pk, member_id=leaving.pk, person=person("Esi Badu"), origin=origin)
        for _again in range(2)
    ]
    assert new[0] == new[1]
    leaving.refresh_from_db()
    assert (leaving.state, new[0].state) == (State.WITHDRAWN, State.NOMINATED)
    assert taken(delegation, category) == (1, 1)


def test_nobody_touches_a_member_of_another_delegation(delegation):
    stranger = MemberFactory()
    with pytest.raises(Registration.DoesNotExist):
        actions.withdraw_member(delegation_id=delegation.pk, member_id=stranger.pk)


def test_what_the_focal_point_fills_in_goes_to_the_officer_and_proves_no_address(delegation, category):
    member = name_one(delegation, category)
    actions.fill_in_member(
        delegation_id=delegation.pk,
        member_id=member.pk,
        particulars=person(email="ama@example.org", organisation="Ministry"),
        answers={"diet": "none"},
    )
    member.refresh_from_db()
    assert (member.state, member.email, member.confirmed_at) == (State.SUBMITTED, "ama@example.org", None)
    assert HistoryEntry.objects.of(member).filter(actor_label="delegation").count() == 4
    assert not Message.objects.exists()


def test_where_no_officer_decides_a_complete_member_is_in(delegation):
    quota = DelegationQuotaFactory(delegation=delegation, category__needs_review=False)
    member = name_one(delegation, quota.category)
    actions.complete_nomination(registration_id=member.pk, who=Who.DELEGATION)
    member.refresh_from_db()
    assert member.state == State.APPROVED


def test_an_invited_member_proves_the_address_by_filling_in_and_the_mail_holds_no_typed_word(delegation, category):
    member = name_one(delegation, category, "Buy Cheap Now")
    actions.invite_member(delegation_id=delegation.pk, member_id=member.pk, email="ama@example.org")
    message = Message.objects.get()
    assert message.recipient == "ama@example.org"
    assert "Buy Cheap" not in message.text + message.subject
    actions.invite_member(delegation_id=delegation.pk, member_id=member.pk, email="ama@example.org")
    assert Message.objects.count() == 1  # an impatient finger sends no second mail
    actions.complete_nomination(registration_id=member.pk, who=Who.GUEST)
    member.refresh_from_db()
    assert member.state == State.SUBMITTED
    assert member.confirmed_at


def test_a_new_address_closes_the_links_sent_to_the_old_one(delegation, category):
    member = name_one(delegation, category, email="wrong@example.org")
    before = member.link_version
    actions.invite_member(delegation_id=delegation.pk, member_id=member.pk, email="right@example.org")
    member.refresh_from_db()
    assert member.link_version == before + 1


def test_a_question_about_a_member_without_address_goes_to_the_focal_point_and_comes_back(delegation, category):
    member = MemberFactory(delegation=delegation, category=category, state=State.SUBMITTED)
    actions.ask_for_more([member.pk], by=actions.DELEGATION, reason="Which ministry?")
    message = Message.objects.get()
    assert message.recipient == delegation.email
    assert "Which ministry?" in message.text
    actions.reply_for_member(delegation_id=delegation.pk, member_id=member.pk, text="Water.", checked=None)
    member.refresh_from_db()
    assert (member.state, member.reply_list[0]["text"]) == (State.SUBMITTED, "Water.")


def test_two_focal_points_at_once_the_second_confirms_only_what_was_seen(delegation, category):
    seen = delegation.version
    name_one(delegation, category)
    with pytest.raises(actions.Refused, match="has changed"):
        actions.confirm_list(delegation_id=delegation.pk, expected_version=seen)
    delegation.refresh_from_db()
    confirmed = actions.confirm_list(delegation_id=delegation.pk, expected_version=delegation.version)
    assert confirmed.confirmed_at
    assert Message.objects.get().recipient == delegation.email
    assert actions.confirm_list(delegation_id=delegation.pk).confirmed_at == confirmed.confirmed_at


def test_nobody_confirms_an_empty_list_or_one_whose_deadline_has_passed(delegation, category):
    with pytest.raises(actions.Refused, match="nobody on the list"):
        actions.confirm_list(delegation_id=delegation.pk)
    name_one(delegation, category)
    type(delegation).objects.filter(pk=delegation.pk).update(deadline=timezone.now())
    with pytest.raises(actions.Refused, match="deadline has passed"):
        actions.confirm_list(delegation_id=delegation.pk)


def test_an_old_look_at_a_member_is_refused(delegation, category):
    member = name_one(delegation, category)
    actions.fill_in_member(delegation_id=delegation.pk, member_id=member.pk, particulars=person("Ama B"), answers={})
    with pytest.raises(actions.Refused, match="Somebody else has changed"):
        actions.substitute(
            delegation_id=delegation.pk,
            member_id=member.pk,
            person=person("Esi Badu"),
            origin=uuid.uuid4(),
            expected_version=member.version,
        )


def test_a_leaked_link_is_closed_and_a_new_one_opens(delegation, mailoutbox):
    old = delegation_token(delegation)
    assert actions.read_delegation_link(old) == delegation
    actions.revoke_workspace_link(delegation_id=delegation.pk, by=actions.DELEGATION)
    delegation.refresh_from_db()
    for token in (old, delegation_token(delegation)):
        with pytest.raises(BadLink):
            actions.read_delegation_link(token)
    delegation = actions.send_workspace_link(delegation_id=delegation.pk, by=actions.DELEGATION)
    assert actions.read_delegation_link(delegation_token(delegation)) == delegation
    with pytest.raises(BadLink):
        actions.read_delegation_link(old)


@pytest.mark.parametrize("how", ["revoked", "renewed", "moved"])
def test_with_a_leaked_link_go_the_pages_of_members_it_led_to_and_no_others(delegation, category, how):
    """Whoever had the workspace could have copied them."""
    through = name_one(delegation, category)
    own = MemberFactory(delegation=delegation, category=category, confirmed_at=timezone.now(), email="own@example.org")
    copied = guest_token(through), guest_token(own)
    if how == "revoked":
        actions.revoke_workspace_link(delegation_id=delegation.pk, by=actions.DELEGATION)
    elif how == "renewed":
        actions.send_workspace_link(delegation_id=delegation.pk, by=actions.DELEGATION, renew=True)
    else:
        delegation.refresh_from_db()
        delegation.email = "successor@mission.example"
        actions.save_delegation(delegation, quotas={category: 3}, by=actions.DELEGATION)
    with pytest.raises(BadLink):
        actions.read_guest_link(copied[0])
    assert actions.read_guest_link(copied[1]) == own


def test_another_address_of_the_focal_point_closes_the_link_the_old_one_has(delegation, category):
    old = delegation_token(delegation)
    delegation.email = "successor@mission.example"
    actions.save_delegation(delegation, quotas={category: 2}, by=actions.DELEGATION)
    with pytest.raises(BadLink):
        actions.read_delegation_link(old)


def test_decisions_on_a_delegation_reach_the_focal_point_in_one_mail(delegation, category, django_user_model):
    from plenary.core.actions import Actor

    officer = Actor.staff(django_user_model.objects.create(username="officer"))
    members = [
        MemberFactory(delegation=delegation, category=category, state=State.SUBMITTED, name=name)
        for name in ("Ama Owusu", "Yaw Boateng")
    ]
    report = actions.decide_members(
        delegation_id=delegation.pk, member_ids=[m.pk for m in members], to=State.APPROVED, by=officer
    )
    assert len(report.done) == 2
    message = Message.objects.get()
    assert message.kind == "delegation.decisions"
    assert all(member.name in message.text for member in members)
    assert [attachment["kind"] for attachment in message.attachments] == ["badge", "badge"]
    delegation.refresh_from_db()
    assert delegation.news_since is None


def test_single_decisions_are_told_together_after_ten_minutes(delegation, category, django_user_model):
    from plenary.core.actions import Actor

    officer = Actor.staff(django_user_model.objects.create(username="officer"))
    member = MemberFactory(delegation=delegation, category=category, state=State.SUBMITTED)
    actions.reject([member.pk], by=officer, reason="No credentials letter.")
    assert actions.send_digests() == 0
    type(delegation).objects.filter(pk=delegation.pk).update(news_since=timezone.now() - timedelta(minutes=11))
    assert actions.send_digests() == 1
    assert "No credentials letter." in Message.objects.get().text
    assert actions.send_digests() == 0


def test_members_of_another_delegation_are_not_decided_with_it(delegation):
    stranger = MemberFactory(state=State.SUBMITTED)
    report = actions.decide_members(
        delegation_id=delegation.pk, member_ids=[stranger.pk], to=State.APPROVED, by=actions.DELEGATION
    )
    assert (report.done, report.refused) == ([], {})


def test_a_reminder_goes_once_in_the_last_week_and_never_for_a_confirmed_list():
    near = timezone.now() + timedelta(days=3)
    due = DelegationFactory(deadline=near)
    DelegationFactory(deadline=near, confirmed_at=timezone.now())
    DelegationFactory(deadline=near, link_revoked_at=timezone.now())
    DelegationFactory(deadline=timezone.now() + timedelta(days=30))
    DelegationFactory(deadline=near, link_sent_at=None)
    assert actions.remind_due() == 1
    assert Message.objects.get().recipient == due.email
    assert actions.remind_due() == 0


def test_a_list_is_opened_again_by_staff_alone_with_a_deadline_to_come(delegation):
    type(delegation).objects.filter(pk=delegation.pk).update(confirmed_at=timezone.now())
    with pytest.raises(actions.Refused, match="passed already"):
        actions.reopen_list(delegation_id=delegation.pk, deadline=timezone.now(), by=actions.DELEGATION)
    later = timezone.now() + timedelta(days=2)
    reopened = actions.reopen_list(delegation_id=delegation.pk, deadline=later, by=actions.DELEGATION)
    assert reopened.confirmed_at is None


def test_a_walk_in_or_guest_without_an_address_gets_no_mail():
    registration = RegistrationFactory(email="", email_index="")
    actions.approve([registration.pk], by=actions.DELEGATION)
    assert not Message.objects.exists()
