"""What the verbs of registration promise: once, within the quota, with place, history, mail and badge in step."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from plenary.core.actions import SYSTEM, Actor
from plenary.core.links import BadLink, ExpiredLink, make_link
from plenary.core.models import HistoryEntry, Message
from plenary.events.rules import ApprovalState
from registration import actions
from registration.actions import Particulars
from registration.emails import guest_token
from registration.models import Registration, Upload
from registration.rules import LIVE, Opening, State
from registration.uploads import Checked
from tests.factories.events import EventFactory
from tests.factories.registration import (
    CategoryFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
AMINA = Particulars(email="Amina@Example.org", name="أمينة الحسن", latin_name="Amina Al Hassan", nationality="EG")


def sign_up(category, particulars=AMINA, **more):
    more = {"answers": {}, "language": "ar", "origin": uuid.uuid4(), "source": "site", **more}
    return actions.sign_up(category=category, particulars=particulars, **more)


def taken(category) -> int:
    category.refresh_from_db()
    return category.taken


def kinds_to(registration) -> list[str]:
    return [message.kind for message in Message.objects.of(registration).order_by("created_at")]


# -- signing up ---------------------------------------------------------------------------------------------------------
def test_signing_up_holds_a_place_and_asks_the_address_to_confirm():
    category = CategoryFactory(quota=2)
    registration = sign_up(category, answers={"diet": "vegan"})
    assert registration.state == State.UNCONFIRMED
    assert taken(category) == 1
    message = Message.objects.of(registration).get()
    assert (message.kind, message.language, message.recipient) == ("registration.confirm", "ar", "Amina@Example.org")
    assert HistoryEntry.objects.of(registration).get().verb == "signed_up"
    stored = Registration.objects.get(pk=registration.pk)
    assert stored.answer_data == {"diet": "vegan"}
    assert "amina al hassan" in stored.search_text
    assert stored.name_key == "al amina hassan"


def test_address_and_answers_do_not_stand_in_the_database_in_clear(django_assert_num_queries):
    registration = sign_up(CategoryFactory(), answers={"passport": "X1234567"})
    raw = Registration.objects.filter(pk=registration.pk).extra(select={"raw": "email || answers"}).values_list("raw")
    assert "xample" not in raw[0][0]
    assert "X1234567" not in raw[0][0]


def test_one_address_has_one_live_registration_in_a_category_whatever_its_case():
    category = CategoryFactory()
    first = sign_up(category)
    with pytest.raises(actions.AlreadyRegistered) as refusal:
        sign_up(category, Particulars(email="AMINA@example.ORG", name="Somebody"))
    assert refusal.value.existing == first
    assert taken(category) == 1
    assert sign_up(CategoryFactory(event=category.event)).pk != first.pk


def test_an_address_may_sign_up_again_after_withdrawing():
    category = CategoryFactory()
    actions.withdraw(registration_id=sign_up(category).pk)
    assert sign_up(category).state == State.UNCONFIRMED
    assert taken(category) == 1


def test_the_same_origin_again_is_the_same_registration():
    category, origin = CategoryFactory(), uuid.uuid4()
    first = sign_up(category, origin=origin)
    assert sign_up(category, origin=origin) == first
    assert (Registration.objects.count(), taken(category), Message.objects.count()) == (1, 1, 1)


def test_the_place_after_the_last_is_refused_by_the_database_too():
    category = CategoryFactory(quota=1)
    seen_before = type(category).objects.select_related("event").get(pk=category.pk)
    sign_up(category)
    assert seen_before.opening() == Opening.OPEN  # what a second process loaded a moment ago
    with pytest.raises(actions.CategoryClosed) as refusal:
        sign_up(seen_before, Particulars(email="late@example.org", name="Late"))
    assert refusal.value.opening == Opening.FULL
    assert Registration.objects.count() == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (lambda: CategoryFactory(opens_at=timezone.now() + timedelta(hours=1)), Opening.NOT_YET),
        (lambda: CategoryFactory(closes_at=timezone.now() - timedelta(hours=1)), Opening.OVER),
        (lambda: CategoryFactory(event=EventFactory(approval=ApprovalState.JOINT_REVIEW)), Opening.EVENT_CLOSED),
        (lambda: CategoryFactory(quota=0), Opening.FULL),
    ],
)
def test_a_category_that_is_not_open_takes_nobody(category, expected):
    with pytest.raises(actions.CategoryClosed) as refusal:
        sign_up(category())
    assert refusal.value.opening == expected


# -- the address --------------------------------------------------------------------------------------------------------
def test_confirming_the_address_brings_it_to_the_officers():
    registration = sign_up(CategoryFactory())
    confirmed = actions.confirm_address(registration_id=registration.pk)
    assert (confirmed.state, confirmed.confirmed_at is not None) == (State.SUBMITTED, True)
    assert kinds_to(registration) == ["registration.confirm", "registration.received"]


def test_confirming_twice_changes_nothing():
    registration = sign_up(CategoryFactory())
    actions.confirm_address(registration_id=registration.pk)
    actions.confirm_address(registration_id=registration.pk)
    assert Message.objects.of(registration).count() == 2


def test_a_category_without_review_approves_at_once_and_issues_the_badge():
    registration = sign_up(CategoryFactory(needs_review=False))
    approved = actions.confirm_address(registration_id=registration.pk)
    assert approved.state == State.APPROVED
    assert approved.credential.withdrawn_at is None
    entry = HistoryEntry.objects.of(registration).first()
    assert (entry.verb, entry.actor_label) == ("approved", SYSTEM.label)
    message = Message.objects.of(registration).get(kind="registration.approved")
    assert message.attachments == [{"kind": "badge", "id": str(registration.pk)}]


def test_what_is_never_confirmed_lapses_and_gives_its_place_back():
    category = CategoryFactory(quota=1)
    registration = sign_up(category)
    assert actions.expire_unconfirmed() == 0
    Registration.objects.filter(pk=registration.pk).update(created_at=timezone.now() - timedelta(hours=73))
    assert actions.expire_unconfirmed() == 1
    registration.refresh_from_db()
    assert registration.state == State.EXPIRED
    assert taken(category) == 0
    assert kinds_to(registration) == ["registration.confirm"]  # nothing more to an address nobody proved
    with pytest.raises(actions.Refused):
        actions.confirm_address(registration_id=registration.pk)


def test_links_are_bound_to_their_purpose_their_time_and_the_record():
    registration = RegistrationFactory()
    assert actions.read_guest_link(guest_token(registration)) == registration
    with pytest.raises(BadLink):
        actions.read_confirmation_link(guest_token(registration))
    with pytest.raises(BadLink):
        actions.read_guest_link(guest_token(registration)[:-2])
    with pytest.raises(BadLink):
        actions.read_guest_link("ü" * 40)
    with pytest.raises(ExpiredLink):
        actions.read_confirmation_link(make_link("confirm", registration.pk, 1, lifetime=-10))
    old = guest_token(registration)
    registration.link_version += 1
    registration.save()
    with pytest.raises(BadLink):
        actions.read_guest_link(old)


# -- officers -----------------------------------------------------------------------------------------------------------
def test_approving_issues_a_badge_and_tells_the_guest_in_the_guests_language():
    registration = RegistrationFactory(language="ru")
    report = actions.decide([registration.pk], to=State.APPROVED, by=OFFICER)
    assert (report.done, report.refused) == ([registration.pk], {})
    registration.refresh_from_db()
    assert (registration.state, registration.version) == (State.APPROVED, 1)
    assert registration.decided_at is not None
    assert registration.credential
    assert Message.objects.of(registration).get().language == "ru"
    assert HistoryEntry.objects.of(registration).get().actor_label == "Officer Lin"


@pytest.mark.parametrize("target", [State.REJECTED, State.INFORMATION_REQUESTED, State.CANCELLED])
def test_a_refusal_or_question_needs_a_reason_which_the_guest_reads(target):
    registration = RegistrationFactory()
    assert registration.pk in actions.decide([registration.pk], to=target, by=OFFICER, reason="  ").refused
    actions.decide([registration.pk], to=target, by=OFFICER, reason="The letter is missing.")
    registration.refresh_from_db()
    assert registration.state == target
    message = Message.objects.of(registration).get()
    assert "The letter is missing." in message.text
    assert "The letter is missing." in message.html


def test_cancelling_withdraws_the_badge_and_frees_the_place():
    registration = RegistrationFactory(category=CategoryFactory(quota=1))
    actions.approve([registration.pk], by=OFFICER)
    actions.decide([registration.pk], to=State.CANCELLED, by=OFFICER, reason="Security")
    registration.refresh_from_db()
    assert registration.credential.withdrawn_at is not None
    assert taken(registration.category) == 0


def test_the_second_officer_is_told_that_the_case_has_moved():
    registration = RegistrationFactory()
    looked_at = registration.version
    actions.decide([registration.pk], to=State.APPROVED, by=OFFICER, expected_version=looked_at)
    report = actions.decide(
        [registration.pk],
        to=State.CANCELLED,
        by=Actor("Other"),
        reason="?",
        expected_version={registration.pk: looked_at},
    )
    assert "approved" in report.refused[registration.pk]
    registration.refresh_from_db()
    assert registration.state == State.APPROVED


def test_one_that_cannot_go_does_not_hold_up_its_neighbours():
    waiting, done, unknown = RegistrationFactory(), RegistrationFactory(state=State.WITHDRAWN), uuid.uuid4()
    report = actions.approve([done.pk, unknown, waiting.pk], by=OFFICER)
    assert report.done == [waiting.pk]
    assert set(report.refused) == {done.pk, unknown}
    assert Message.objects.count() == 1


def test_reopening_takes_a_place_again_or_is_refused():
    category = CategoryFactory(quota=1)
    rejected = RegistrationFactory(category=category)
    actions.reject([rejected.pk], by=OFFICER, reason="No letter")
    assert taken(category) == 0
    other = RegistrationFactory(category=category)
    report = actions.decide([rejected.pk], to=State.SUBMITTED, by=OFFICER, reason="Appeal")
    assert "place" in report.refused[rejected.pk]
    actions.withdraw(registration_id=other.pk)
    assert actions.decide([rejected.pk], to=State.SUBMITTED, by=OFFICER, reason="Appeal").done == [rejected.pk]
    assert taken(category) == 1


def test_reopening_is_refused_while_the_address_is_registered_again():
    rejected = RegistrationFactory(state=State.REJECTED, email="a@example.org")
    RegistrationFactory(category=rejected.category, email="A@example.org")
    report = actions.decide([rejected.pk], to=State.SUBMITTED, by=OFFICER, reason="Appeal")
    assert "another registration" in report.refused[rejected.pk]


def test_the_count_of_places_always_equals_the_live_registrations():
    category = CategoryFactory(quota=10)
    guests = [RegistrationFactory(category=category) for _number in range(5)]
    actions.approve([guest.pk for guest in guests[:3]], by=OFFICER)
    actions.reject([guests[3].pk], by=OFFICER, reason="x")
    actions.withdraw(registration_id=guests[0].pk)
    actions.decide([guests[1].pk], to=State.CANCELLED, by=OFFICER, reason="x")
    assert taken(category) == Registration.objects.filter(category=category, state__in=LIVE).count() == 2


# -- guests -------------------------------------------------------------------------------------------------------------
def test_a_guest_may_change_answers_until_the_decision_and_history_names_fields_only():
    registration = RegistrationFactory(answers=json.dumps({"diet": "none"}))
    new = Particulars(email="other@example.org", name="Amina Osman", nationality="KE", organisation="Ministry of Water")
    changed = actions.change_answers(registration_id=registration.pk, particulars=new, answers={"diet": "vegan"})
    assert (changed.name, changed.answer_data) == ("Amina Osman", {"diet": "vegan"})
    assert changed.email == registration.email  # the address is what was proved
    assert "osman" in changed.search_text
    entry = HistoryEntry.objects.of(registration).get()
    assert entry.data == {"fields": ["name", "diet"]}
    actions.approve([registration.pk], by=OFFICER)
    with pytest.raises(actions.Refused):
        actions.change_answers(registration_id=registration.pk, particulars=AMINA, answers={})


def test_saving_without_a_change_leaves_no_trace():
    registration = RegistrationFactory()
    same = Particulars(email="", name=registration.name, organisation=registration.organisation, nationality="KE")
    actions.change_answers(registration_id=registration.pk, particulars=same, answers={})
    assert not HistoryEntry.objects.of(registration).exists()
    assert Registration.objects.get(pk=registration.pk).version == 0


def test_a_change_from_an_outdated_page_is_refused():
    registration = RegistrationFactory(version=3)
    with pytest.raises(actions.Refused):
        actions.change_answers(registration_id=registration.pk, particulars=AMINA, answers={}, expected_version=2)


def test_a_reply_goes_back_to_the_queue_with_its_file():
    registration = RegistrationFactory()
    actions.ask_for_more([registration.pk], by=OFFICER, reason="Your press card, please.")
    actions.reply_to_request(
        registration_id=registration.pk, text="Here it is.", checked=Checked("card.png", "image/png", b"card")
    )
    stored = Registration.objects.get(pk=registration.pk)
    assert (stored.state, stored.information_request) == (State.SUBMITTED, "")
    assert [reply["text"] for reply in stored.reply_list] == ["Here it is."]
    assert Upload.objects.of_registration(stored).get().question is None
    with pytest.raises(actions.Refused):
        actions.reply_to_request(registration_id=registration.pk, text="Again")


def test_withdrawing_frees_the_place_once():
    registration = RegistrationFactory(category=CategoryFactory(quota=5))
    actions.withdraw(registration_id=registration.pk)
    actions.withdraw(registration_id=registration.pk)
    assert taken(registration.category) == 0
    assert kinds_to(registration) == ["registration.withdrawn"]


def test_a_lost_link_goes_to_the_address_itself_at_most_once_an_hour():
    registration = RegistrationFactory(email="amina@example.org")
    for _attempt in range(2):
        actions.send_lost_link(event=registration.event, email="AMINA@EXAMPLE.ORG")
    message = Message.objects.get()
    assert message.recipient == "amina@example.org"
    assert guest_token(registration) in message.text


def test_a_lost_link_of_a_stranger_sends_nothing():
    actions.send_lost_link(event=EventFactory(), email="nobody@example.org")
    assert not Message.objects.exists()


def test_seeding_counts_places_and_can_be_found():
    category = CategoryFactory(quota=1)
    guests = [actions.SeedGuest(category=category, email=f"{n}@example.org", name=f"مريم {n}") for n in range(3)]
    [batch] = list(actions.seed_approved(event=category.event, guests=guests))
    assert (len(batch), taken(category)) == (3, 3)
    assert Registration.objects.matching("mrym").count() == 3
    assert Registration.objects.of_address(category.event, "1@EXAMPLE.org").get().email == "1@example.org"


def test_a_decision_that_fails_half_way_leaves_no_trace(settings):
    registration = RegistrationFactory()
    settings.PLENARY_ISSUE_CREDENTIALS = "tests.registration.test_actions.no_such_port"
    with pytest.raises(ImportError):
        actions.approve([registration.pk], by=OFFICER)
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED
    assert not Message.objects.exists()
    assert not HistoryEntry.objects.exists()
    assert mail.outbox == []
