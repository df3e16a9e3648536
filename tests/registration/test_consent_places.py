"""Wherever somebody can agree to something, it is kept apart from everything else, dated, with the words that were shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from plenary.core.actions import Actor
from registration import actions
from registration.actions import Particulars, change_answers, sign_up
from registration.actions.changes import ask_for_change, decide_changes
from registration.actions.consents import withdraw_consent
from registration.actions.desk import register_at_desk
from registration.actions.identity import save_portrait
from registration.actions.information_requests import answer_request
from registration.actions.second_form import save_second_form_answers
from registration.api.registrations import sign_up_once
from registration.emails import guest_token
from registration.models import Consent, Portrait, Question, QuestionVersion, Registration, Stage
from registration.rules import State
from registration.rules.information_requests import answer_field
from registration.uploads import inspect_portrait
from tests.factories.delegations import DelegationFactory, DelegationQuotaFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.registration.files import upload
from tests.registration.papers import face

pytestmark = pytest.mark.django_db
OFFICER = Actor("officer")
GUEST = Particulars(email="oksana@example.org", name="Oksana", nationality="UA")
YES = {"photos": True}


@pytest.fixture
def photos() -> Question:
    """A consent, and one beside it that nobody gives."""
    category = CategoryFactory(slug="delegate")
    QuestionFactory(event=category.event, key="newsletter", kind="consent")
    return QuestionFactory(
        event=category.event, key="photos", kind="consent", label={"en": "You may photograph me."}, covers_portrait=True
    )


def registered(question: Question, **facts: Any) -> Registration:
    return RegistrationFactory(category=question.event.categories.get(), event=question.event, **facts)


def at_sign_up(question: Question, _client: Any) -> None:
    sign_up(
        category=question.event.categories.get(), particulars=GUEST, answers=YES, language="en", origin=uuid4(),
        source="site",
    )  # fmt: skip


def by_program(question: Question, _client: Any) -> None:
    sign_up_once(
        category=question.event.categories.get(), particulars=GUEST, answers=YES, files={}, language="en", key="k" * 8,
        fingerprint="f",
    )  # fmt: skip


def by_invitation(question: Question, _client: Any) -> None:
    actions.signing_up.register(
        category=question.event.categories.get(), particulars=GUEST, answers=YES, language="en", origin=uuid4(),
        source="invitation", proved=True,
    )  # fmt: skip


def at_the_desk(question: Question, _client: Any) -> None:
    register_at_desk(
        category=question.event.categories.get(), particulars=GUEST, answers=YES, language="en", origin=uuid4(),
        source="desk", by=OFFICER,
    )  # fmt: skip


def on_the_own_page(question: Question, _client: Any) -> None:
    guest = registered(question, name=GUEST.name)
    change_answers(registration_id=guest.pk, particulars=GUEST, answers=YES)


def when_asked_for_more(question: Question, _client: Any) -> None:
    guest = registered(question, state=State.INFORMATION_REQUESTED, asked_fields=[answer_field("photos")])
    answer_request(registration_id=guest.pk, person={}, answers=YES, files={}, text="Here")


def by_the_delegation(question: Question, _client: Any) -> None:
    delegation = DelegationFactory(event=question.event)
    quota = DelegationQuotaFactory(delegation=delegation, category=question.event.categories.get(), places=2)
    member = actions.nominate(delegation_id=delegation.pk, category=quota.category, person=GUEST, origin=uuid4())
    actions.fill_in_member(delegation_id=delegation.pk, member_id=member.pk, particulars=GUEST, answers=YES)


def in_the_second_form(question: Question, _client: Any) -> None:
    Question.objects.filter(pk=question.pk).update(stage=Stage.AFTER_APPROVAL)
    guest = registered(question, state=State.APPROVED)
    save_second_form_answers(registration_id=guest.pk, scope=[question], answers=YES, versions={})


def in_the_second_form_by_program(question: Question, client: Any) -> None:
    Question.objects.all().update(stage=Stage.AFTER_APPROVAL)
    guest = registered(question, state=State.APPROVED)
    response = client.put(
        f"/api/v1/registrations/{guest_token(guest)}/second-form/", {"answers": YES}, content_type="application/json"
    )
    assert response.status_code == 200, response.content


def by_a_granted_change(question: Question, _client: Any) -> None:
    guest = registered(question, state=State.APPROVED)
    asked = ask_for_change(registration_id=guest.pk, question=question, value=True, reason="I changed my mind")
    assert not Consent.objects.exists(), "asked for is not agreed to"
    decide_changes(registration_id=guest.pk, granted=[asked.pk], refused=[], by=OFFICER)


PLACES: dict[Callable[[Question, Any], None], str] = {
    at_sign_up: "guest",
    by_program: "api",
    by_invitation: "guest",
    at_the_desk: "staff",
    on_the_own_page: "guest",
    when_asked_for_more: "guest",
    by_the_delegation: "group",
    in_the_second_form: "guest",
    in_the_second_form_by_program: "api",
    by_a_granted_change: "guest",
}


@pytest.mark.parametrize(("place", "source"), PLACES.items(), ids=[place.__name__ for place in PLACES])
def test_a_consent_is_kept_for_itself_with_date_words_and_how_it_came(
    place: Any, source: str, photos: Question, client: Any
) -> None:
    before = timezone.now()
    place(photos, client)
    consent = Consent.objects.get()
    assert (consent.purpose, consent.wording, consent.source) == ("photos", "You may photograph me.", source)
    assert before <= consent.given_at <= timezone.now()
    assert consent.withdrawn_at is None


def test_the_words_that_were_shown_count_though_they_have_changed_since(photos: Question) -> None:
    QuestionVersion.objects.create(
        event=photos.event, key="photos", number=1, kind="consent", label={"en": "The older words."}
    )
    Question.objects.filter(pk=photos.pk).update(version=2)
    sign_up(
        category=photos.event.categories.get(), particulars=GUEST, answers=YES, language="en", origin=uuid4(),
        source="site", versions={"photos": 1},
    )  # fmt: skip
    consent = Consent.objects.get()
    assert (consent.wording, consent.version) == ("The older words.", 1)


@pytest.mark.parametrize("way", ["withdrawn", "answered"])
def test_a_portrait_that_rests_on_a_consent_goes_with_it_before_any_badge_is_printed(
    way: str, photos: Question, django_capture_on_commit_callbacks: Any
) -> None:
    guest = registered(photos, answers=json.dumps({"photos": True}), email=GUEST.email, name=GUEST.name)
    actions.consents.note_consents(guest, source="guest")
    save_portrait(registration_id=guest.pk, portrait=inspect_portrait(upload("me.jpg", face())))
    stored = Portrait.objects.get().file
    with django_capture_on_commit_callbacks(execute=True):
        if way == "withdrawn":
            withdraw_consent(registration=guest, consent_id=Consent.objects.get().pk)
        else:
            change_answers(registration_id=guest.pk, particulars=GUEST, answers={"photos": False})
    assert not Portrait.objects.exists()
    assert not stored.storage.exists(stored.name)
    consent = Consent.objects.get()
    assert consent.withdrawn_at is not None
    assert consent.acted_on_at is not None, "nothing is left for staff to do"


def test_another_consent_that_ends_leaves_the_portrait_and_waits_for_staff(photos: Question) -> None:
    guest = registered(photos, answers=json.dumps({"photos": True, "newsletter": True}))
    actions.consents.note_consents(guest, source="guest")
    save_portrait(registration_id=guest.pk, portrait=inspect_portrait(upload("me.jpg", face())))
    withdraw_consent(registration=guest, consent_id=Consent.objects.get(purpose="newsletter").pk)
    assert Portrait.objects.exists()
    assert Consent.objects.get(purpose="newsletter").acted_on_at is None
