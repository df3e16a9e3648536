"""Many invitations or letters at once: all that was chosen, in portions, by the filters of the list, and nothing unseen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registration.bulk_actions import mailing_out
from registration.models import Invitation, Letter, Registration
from registration.rules import State
from registration.rules.invitations import Delivery, InvitationState
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.test_invitations import soon

pytestmark = pytest.mark.django_db
SEND = "/cms/bulk/registration/invitation/send/"
ISSUE = "/cms/bulk/registration/registration/issue_letters/"


@pytest.fixture
def office(monkeypatch) -> Client:
    monkeypatch.setattr(mailing_out, "PORTION", 2)
    client = Client()
    client.force_login(staff("Conference office"))
    return client


def guests(number: int, **facts) -> list[Invitation]:
    category = CategoryFactory(public=False)
    made = [
        InvitationFactory(category=category, reply_by=soon(), delivery=Delivery.MAIL, **facts) for _one in range(number)
    ]
    for age, one in enumerate(made):  # a whole minute apart, the first the oldest
        Invitation.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(minutes=number - age))
    return made


def confirm(client: Client, address: str):
    """Look at a portion, and press its button with what the page holds."""
    page = client.get(address)
    context = page.context
    if not context["possible"]:
        return client.get(context["skip_url"]) if context["skip_url"] else None
    sent = {"confirmed": "on", "seen": [f"{one.pk}:{one.version}" for one in context["seen"]], "last": context["last"]}
    for key in sent["seen"]:
        assert f'value="{key}"' in page.content.decode()
    return client.post(context["submit_url"], sent)


def go_through(client: Client, address: str) -> int:
    """Confirm portion after portion until the list comes back; answers how many there were."""
    for number in range(1, 20):
        answer = confirm(client, address)
        address = answer["Location"]
        if not address.startswith("/cms/bulk/"):
            return number
    raise AssertionError("it never ends")


def test_all_means_all_portion_after_portion_and_the_page_says_how_many_follow(office):
    guests(5)
    address = f"{SEND}?id=all&next=/cms/invitations/"
    said = office.get(address).content.decode()
    assert "You see 2 of those you chose; 3 more follow after these." in said
    assert go_through(office, address) == 3
    assert set(Invitation.objects.values_list("state", flat=True)) == {InvitationState.SENT}


def test_more_than_a_portion_that_were_ticked_one_by_one_are_all_taken(office):
    ticked = guests(5)[:4]
    assert go_through(office, SEND + "?" + "&".join(f"id={one.pk}" for one in ticked) + "&next=/cms/") == 2
    assert Invitation.objects.filter(state=InvitationState.SENT).count() == 4


def test_those_who_cannot_go_are_passed_over_and_never_block_the_rest(office):
    guests(2, prominent=True)
    later = guests(1)[0]
    Invitation.objects.filter(pk=later.pk).update(created_at=timezone.now() + timedelta(minutes=1))
    first = office.get(f"{SEND}?id=all&next=/cms/").context
    assert (first["possible"], first["remaining"]) == ([], 1)
    assert confirm(office, first["skip_url"])["Location"] == "/cms/"
    later.refresh_from_db()
    assert later.state == InvitationState.SENT


@pytest.mark.parametrize("query", ["language=fr", "delivery=letter", "attention=held", "q=Zanele", "event={event}"])
def test_all_takes_what_the_filters_of_the_list_show_and_nothing_else(office, query):
    fits = InvitationFactory(
        name="Zanele Mbeki", search_text="zanele mbeki", language="fr", prominent=True, delivery=Delivery.LETTER, reply_by=soon()
    )  # fmt: skip
    InvitationFactory(language="en", delivery=Delivery.MAIL, reply_by=soon())
    page = office.get(f"{SEND}?id=all&next=/cms/&{query.format(event=fits.event_id)}")
    assert page.context["seen"] == [fits]


def test_a_filter_that_is_no_filter_takes_nobody(office):
    guests(1)
    assert office.get(f"{SEND}?id=all&next=/cms/&state=nonsense").context["seen"] == []


def test_who_joined_the_list_after_the_look_is_not_sent_to(office):
    seen = guests(1)[0]
    sent = {"confirmed": "on", "seen": [f"{seen.pk}:0"], "last": seen.pk}
    unseen = guests(1)[0]
    office.post(f"{SEND}?id=all&next=/cms/", sent)
    unseen.refresh_from_db()
    assert unseen.state == InvitationState.LISTED


def test_an_invitation_that_a_colleague_changed_after_the_look_stays_and_is_named(office):
    seen = guests(1)[0]
    Invitation.objects.filter(pk=seen.pk).update(version=1)
    answer = office.post(f"{SEND}?id={seen.pk}&next=/cms/invitations/", {"seen": [f"{seen.pk}:0"]}, follow=True)
    assert "has changed since you looked" in answer.content.decode()
    seen.refresh_from_db()
    assert seen.state == InvitationState.LISTED


def test_letters_go_to_all_approved_guests_of_the_filtered_queue_once(office):
    category = CategoryFactory()
    approved = [RegistrationFactory(category=category, state=State.APPROVED) for _one in range(3)]
    RegistrationFactory(category=category, state=State.SUBMITTED)
    elsewhere = RegistrationFactory(state=State.APPROVED)
    address = f"{ISSUE}?id=all&next=/cms/vetting/&state=approved&event={category.event_id}"
    assert go_through(office, address) == 2
    assert set(Letter.objects.values_list("registration", flat=True)) == {one.pk for one in approved}
    assert not office.get(address).context["possible"]
    assert Registration.objects.filter(pk=elsewhere.pk, letters__isnull=True).exists()


@pytest.mark.parametrize("address", [SEND, ISSUE])
def test_a_portion_costs_the_same_statements_for_few_and_many_in_the_list(office, statements_of, address):
    guests(3)
    RegistrationFactory.create_batch(3, category=CategoryFactory())
    few = statements_of(lambda: office.get(f"{address}?id=all&next=/cms/"))
    guests(3)
    RegistrationFactory.create_batch(3, category=CategoryFactory())
    assert statements_of(lambda: office.get(f"{address}?id=all&next=/cms/")) <= few + 1
