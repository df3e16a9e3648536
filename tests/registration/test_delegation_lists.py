"""Long lists of a delegation come in pages; what a member misses is told with the papers; the head reminds with one click."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plenary.core.models import Message
from registration import actions
from registration.actions.identity import save_travel_document
from registration.emails import delegation_token
from registration.members import members_of
from registration.models import Delegation, DelegationQuota, Registration
from registration.querysets import address_index
from registration.rules import State
from registration.uploads import Checked
from tests.factories.delegations import DelegationQuotaFactory, MemberFactory
from tests.factories.payments import OFFICER, FeeFactory
from tests.factories.registration import QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.papers import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=900, delegation__name={"en": "Ghana"}, category__name={"en": "Delegate"})


@pytest.fixture
def delegation(quota):
    return quota.delegation


def at(delegation, rest="") -> str:
    return f"/en/delegation/{delegation_token(delegation)}/{rest}"


def crowd(quota, number: int) -> None:
    people = RegistrationFactory.build_batch(
        number,
        category=quota.category,
        event=quota.delegation.event,
        delegation=quota.delegation,
        state=State.NOMINATED,
        email="",
        email_index="",
        confirmed_at=None,
    )
    for n, one in enumerate(people):
        one.code = f"{uuid.uuid4().hex[:8].upper()}"
        one.name_key = f"person {n:04}"
    Registration.objects.bulk_create(people)
    DelegationQuota.objects.filter(pk=quota.pk).update(taken=number)


def cost(client, url) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as caught:
        html = client.get(url).content.decode()
    return len(caught), html


# -- pages -------------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_five_hundred_members_come_in_pages_and_cost_no_more_statements_than_three(client, quota, delegation):
    crowd(quota, 3)
    few, _html = cost(client, at(delegation))
    crowd(quota, 497)
    many, html = cost(client, at(delegation))
    assert many == few < 30
    assert html.count('class="member"') == 50
    assert "500 members" in html
    assert "Page 1 of 10" in html
    last = client.get(at(delegation, "?page=10")).content.decode()
    assert (last.count('class="member"'), "Next page" in last) == (50, False)
    assert client.get(at(delegation, "?page=rubbish&show=rubbish")).status_code == 200
    assert client.get(at(delegation, "?show=missing")).content.decode().count('class="member"') <= 50


def test_the_unit_of_staff_comes_in_pages_too_and_costs_no_more(client, quota, delegation):
    client.force_login(staff("Conference office"))
    url = reverse("delegations:unit", args=[delegation.pk])
    client.get(url)
    crowd(quota, 3)
    few, _html = cost(client, url)
    crowd(quota, 497)
    many, html = cost(client, url)
    assert many == few
    assert html.count('class="plenary-member"') == 50
    assert "Page 1 of 10" in html


@pytest.mark.slow
def test_a_decision_on_everybody_who_waits_reaches_beyond_the_page(client, quota, delegation):
    client.force_login(staff("Conference office"))
    crowd(quota, 60)
    Registration.objects.update(state=State.SUBMITTED, checked_at=timezone.now())
    url = reverse("delegations:decide", args=[delegation.pk]) + "?to=rejected"
    seen = [f"{row.pk}:{row.version}" for row in Registration.objects.all()]
    client.post(url, {"seen": seen, "confirmed": "on", "reason": "No credentials."})
    assert Registration.objects.filter(state=State.REJECTED).count() == 60


# -- what is missing ---------------------------------------------------------------------------------------------------
def missing(member) -> list[str]:
    found = Registration.objects.select_related("category", "draft").get(pk=member.pk)
    [line] = members_of(found.delegation, only=[found])
    return line.missing


def test_papers_of_identity_stand_among_what_a_member_misses_until_they_are_there(client, quota, delegation):
    category = quota.category
    category.asks_passport = category.asks_passport_scan = category.asks_portrait = True
    category.asks_assignment_letter = True
    category.save()
    member = MemberFactory(delegation=delegation, category=category)
    assert missing(member) == [
        "Travel document", "Picture of the travel document", "Portrait", "Letter of assignment",
    ]  # fmt: skip
    save_travel_document(registration_id=member.pk, facts=document())
    assert "Travel document" not in missing(member)
    html = client.get(at(delegation)).content.decode()
    assert "Portrait" in html


def test_who_waits_for_a_place_is_asked_for_nothing_yet(quota, delegation):
    quota.category.asks_portrait = True
    quota.category.save()
    assert missing(MemberFactory(delegation=delegation, category=quota.category, state=State.RESERVE)) == []


def test_the_form_after_approval_is_missed_until_it_is_complete(quota, delegation):
    QuestionFactory(event=delegation.event, stage="after_approval")
    member = MemberFactory(delegation=delegation, category=quota.category, state=State.APPROVED)
    assert missing(member) == ["Form after approval"]
    Registration.objects.update(second_form_complete=True)
    assert missing(member) == []


def test_that_the_credentials_letter_is_missing_is_told_to_both_sides_until_it_is_handed_in(client, quota, delegation):
    told = "</strong> Credentials letter"
    assert told in client.get(at(delegation)).content.decode()
    client.force_login(staff("Conference office"))
    url = reverse("delegations:unit", args=[delegation.pk])
    assert "The credentials letter is missing." in client.get(url).content.decode()
    letter = Checked(name="a.pdf", media_type="application/pdf", content=b"%PDF-1.4")
    actions.attach_paper(delegation_id=delegation.pk, kind="credentials", checked=letter)
    assert "The credentials letter is missing." not in client.get(url).content.decode()
    assert told not in client.get(at(delegation)).content.decode()


# -- reminding ---------------------------------------------------------------------------------------------------------
def remind(client, member):
    return client.post(at(member.delegation, f"{member.pk}/remind/"))


def with_address(quota, proved=True, **facts) -> Registration:
    return MemberFactory(
        delegation=quota.delegation,
        category=quota.category,
        email="ama@example.org",
        email_index=address_index("ama@example.org"),
        confirmed_at=timezone.now() if proved else None,
        **facts,
    )


def test_one_click_reminds_a_member_of_what_is_missing_in_the_members_language_once_a_day(client, quota, delegation):
    quota.category.asks_portrait = True
    quota.category.save()
    member = with_address(quota, state=State.APPROVED, language="fr")
    assert ">Remind<" in client.get(at(delegation)).content.decode()
    for _click in range(2):
        assert remind(client, member).status_code == 200
    [message] = Message.objects.all()
    assert (message.kind, message.recipient, message.language) == (
        "delegation.member_reminder", "ama@example.org", "fr",
    )  # fmt: skip
    assert "/fr/" in message.text


def test_a_member_who_has_to_pay_is_reminded_of_that(client, quota, delegation):
    FeeFactory(event=delegation.event)
    member = with_address(quota, state=State.SUBMITTED)
    actions.approve([member.pk], by=OFFICER)
    remind(client, member)
    assert "the payment" in Message.objects.get(kind="delegation.member_reminder").text


def test_who_has_not_confirmed_the_address_gets_the_invitation_again_and_no_typed_word(client, quota, delegation):
    member = with_address(quota, proved=False, nationality="", name="Ama Owusu")
    remind(client, member)
    [message] = Message.objects.all()
    assert (message.kind, "Ama" in message.text) == ("delegation.invitation", False)


def test_nobody_is_reminded_of_nothing_or_without_an_address_or_by_another_delegation(client, quota, delegation):
    complete = with_address(quota, state=State.APPROVED)
    nameless = MemberFactory(delegation=delegation, category=quota.category, nationality="")
    assert "Nothing is missing" in remind(client, complete).content.decode()
    assert "has no own address" in remind(client, nameless).content.decode()
    stranger = MemberFactory(nationality="")
    assert client.post(at(delegation, f"{stranger.pk}/remind/")).status_code == 404
    assert not Message.objects.exists()
    assert Delegation.objects.count() == 2
