"""Every way an answer can be written keeps the wording of the question that it answers."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.links import make_link
from registration import actions
from registration.actions import Particulars, save_question
from registration.actions.consents import withdraw_consent
from registration.actions.desk import register_at_desk
from registration.actions.seeding import SeedGuest, seed_approved
from registration.models import Consent, Question, Registration
from registration.rules import State
from tests.factories.delegations import DelegationQuotaFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.guest import my

pytestmark = pytest.mark.django_db
OFFICE = Actor("Office Wei")


@pytest.fixture
def diet() -> Question:
    found: Question = QuestionFactory(event=CategoryFactory().event, key="diet", label={"en": "Diet"})
    return found


def word_anew(question: Question, text: str) -> None:
    fresh = Question.objects.get(pk=question.pk)
    fresh.label = {"en": text}
    save_question(fresh, categories=[], by=OFFICE)


def versions(registration) -> dict[str, int]:
    registration.refresh_from_db()
    found: dict[str, int] = registration.answer_versions
    return found


def guest(question, **facts) -> Registration:
    made: Registration = RegistrationFactory(category=question.event.categories.get(), **facts)
    return made


def test_the_link_that_asks_for_more_keeps_the_wording_it_showed(client, diet):
    word_anew(diet, "What do you eat?")
    registration = guest(diet, state=State.INFORMATION_REQUESTED, asked_fields=["answer:diet"])
    assert client.post(my(registration, "requested/"), {"q-diet": "rice", "text": "Here."}).status_code == 302
    assert versions(registration) == {"diet": 2}
    word_anew(diet, "What may you not eat?")
    assert versions(registration) == {"diet": 2}
    assert "It has changed since" in client.get(my(registration)).content.decode()


def test_what_was_not_asked_again_keeps_the_wording_it_had(client, diet):
    QuestionFactory(event=diet.event, key="hotel")
    registration = guest(
        diet,
        state=State.INFORMATION_REQUESTED,
        asked_fields=["answer:hotel"],
        answers=json.dumps({"diet": "rice"}),
        answer_versions={"diet": 1},
    )
    word_anew(diet, "What do you eat?")
    client.post(my(registration, "requested/"), {"q-hotel": "Grand", "q-diet": "smuggled", "text": "Here."})
    assert versions(registration) == {"diet": 1, "hotel": 1}
    assert registration.answer_data == {"diet": "rice", "hotel": "Grand"}


def test_a_delegation_that_fills_in_keeps_the_wording_and_changes_nothing_frozen(client):
    quota = DelegationQuotaFactory()
    event = quota.category.event
    diet = QuestionFactory(event=event, key="diet")
    QuestionFactory(event=event, key="visa", label={"en": "Visa"}, frozen_at=timezone.now() - timedelta(days=1))
    word_anew(diet, "What do you eat?")
    person = Particulars(email="", name="Ama Owusu", nationality="GH")
    member = actions.nominate(
        delegation_id=quota.delegation_id, category=quota.category, person=person, origin=uuid.uuid4()
    )
    member.answers = json.dumps({"visa": "needed"})
    member.answer_versions = {"visa": 1}
    member.save()
    token = make_link("delegation", quota.delegation_id, quota.delegation.link_version)
    address = reverse("registration:delegation_member", args=[token, member.pk])
    page = client.get(address).content.decode()
    assert "Could be changed until" in page
    assert 'name="q-visa"' not in page
    typed = {"name": "Ama Owusu", "nationality": "GH", "q-diet": "fish", "q-visa": "smuggled"}
    assert client.post(address, typed).status_code == 302
    assert versions(member) == {"diet": 2, "visa": 1}
    assert member.answer_data == {"diet": "fish", "visa": "needed"}


def test_the_desk_and_programs_that_tell_no_wording_are_taken_to_answer_the_one_in_force(diet):
    word_anew(diet, "What do you eat?")
    category, amina = diet.event.categories.get(), Particulars(email="a@example.org", name="Amina", nationality="KE")
    registration = register_at_desk(
        category=category, particulars=amina, answers={"diet": "rice"}, language="en", origin=uuid.uuid4(), source="desk",
        by=OFFICE,
    )  # fmt: skip
    assert versions(registration) == {"diet": 2}
    [[seeded]] = seed_approved(
        event=diet.event, guests=[SeedGuest(category, "b@example.org", "Ben", answers='{"diet": "fish"}')]
    )
    assert versions(seeded) == {"diet": 2}


def test_the_desks_own_page_keeps_the_wording_it_showed(diet):
    word_anew(diet, "What do you eat?")
    client, category = Client(), diet.event.categories.get()
    client.force_login(staff("Conference office"))
    sent = {"event": diet.event_id, "category": category.pk, "source": "desk", "language": "en", "name": "Amina"}
    sent |= {"nationality": "KE", "q-diet": "rice", "origin": str(uuid.uuid4())}
    assert client.post(reverse("desk:register"), sent).status_code == 302
    assert versions(Registration.objects.get()) == {"diet": 2}


def test_the_same_answer_given_again_answers_the_wording_of_today(client, diet):
    registration = guest(diet, answers=json.dumps({"diet": "rice"}), answer_versions={"diet": 1})
    word_anew(diet, "What do you eat?")
    sent = {"name": registration.name, "nationality": "KE", "organisation": registration.organisation, "q-diet": "rice"}
    assert client.post(my(registration, "change/"), sent).status_code == 302
    assert versions(registration) == {"diet": 2}


def test_a_consent_that_ends_keeps_the_wording_that_was_agreed_to(diet):
    photos = QuestionFactory(event=diet.event, key="photos", kind="consent")
    registration = guest(diet, answers=json.dumps({"photos": True}), answer_versions={"photos": 1})
    consent = Consent.objects.create(registration=registration, purpose="photos", wording="Photos", language="en")
    word_anew(photos, "Photos and films")
    withdraw_consent(registration=registration, consent_id=consent.pk)
    assert versions(registration) == {"photos": 1}
    assert registration.answer_data == {"photos": False}
