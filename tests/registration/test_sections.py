"""Sections as steps of the sign-up: one at a time, what was typed is kept, and what staff change meanwhile is noticed."""

import pytest

from plenary.core.actions import Actor
from registration.actions import save_question
from registration.models import Draft, QuestionVersion, Registration
from registration.rules import State
from tests.factories.registration import CategoryFactory, QuestionFactory, SectionFactory
from tests.registration.guest import PERSON, begin, my

pytestmark = pytest.mark.django_db
OFFICE = Actor("Office Wei")
YES_NO = [{"value": "yes", "label": {"en": "Yes"}}, {"value": "no", "label": {"en": "No"}}]


@pytest.fixture
def category():
    category = CategoryFactory(slug="press")
    event = category.event
    work = SectionFactory(event=event, label={"en": "Your work"}, intro={"en": "So that the <b>desk</b> can help."})
    gear = SectionFactory(event=event, label={"en": "Equipment"})
    QuestionFactory(event=event, key="diet")
    QuestionFactory(event=event, key="camera", section=work, kind="choice", options=YES_NO, required=True)
    QuestionFactory(
        event=event, key="serial", section=gear, required=True, condition={"question": "camera", "is": "yes"}
    )
    QuestionFactory(event=event, key="privacy", kind="consent", required=True)
    return category


def step(category, name) -> str:
    return f"{category.event.question_sections.get(label__en=name).step}/"


def to_section(client, category) -> tuple[str, str]:
    draft = begin(client, category)
    client.post(draft + "you/", PERSON)
    assert client.post(draft + "questions/", {"q-diet": "rice"})["Location"] == draft + step(category, "Your work")
    return draft, draft + step(category, "Your work")


def test_each_section_is_a_step_with_its_heading_and_words(client, category):
    draft, work = to_section(client, category)
    html = client.get(work).content.decode()
    assert "Your work" in html
    assert "So that the &lt;b&gt;desk&lt;/b&gt; can help." in html
    assert "Equipment" not in html  # nothing applies there yet
    gear = draft + step(category, "Equipment")
    assert client.post(work, {"q-camera": "yes"})["Location"] == gear
    assert 'aria-current="step"' in client.get(gear).content.decode()
    assert client.post(gear, {"q-serial": "A1"})["Location"] == draft + "review/"
    assert client.post(draft + "review/", {"q-privacy": "on"})["Location"] == draft + "sent/"
    registration = Registration.objects.get()
    assert registration.answer_data == {"diet": "rice", "camera": "yes", "serial": "A1", "privacy": True}
    assert registration.answer_versions == {"diet": 1, "camera": 1, "serial": 1, "privacy": 1}


def test_a_section_that_does_not_apply_is_skipped_and_its_answers_go(client, category):
    draft, work = to_section(client, category)
    gear = draft + step(category, "Equipment")
    client.post(work, {"q-camera": "yes"})
    client.post(gear, {"q-serial": "A1"})
    assert client.post(work, {"q-camera": "no"})["Location"] == draft + "review/"
    assert client.get(gear)["Location"] == draft + "review/"
    client.post(draft + "review/", {"q-privacy": "on"})
    assert Registration.objects.get().answer_data == {"diet": "rice", "camera": "no", "privacy": True}


def test_back_and_forth_keeps_what_was_typed_in_every_section(client, category):
    draft, work = to_section(client, category)
    client.post(work, {"q-camera": "yes"})
    gear = draft + step(category, "Equipment")
    assert client.post(gear, {"q-serial": "A1", "go": "back"})["Location"] == work
    assert client.post(work, {"q-camera": "yes"})["Location"] == gear
    assert 'value="A1"' in client.get(gear).content.decode()


def test_extra_doubled_and_missing_fields_are_told_or_ignored(client, category):
    draft, work = to_section(client, category)
    for sent in ({}, {"q-camera": ["yes", "no"]}, {"q-camera": "perhaps"}, {"q-serial": "A1"}):
        refused = client.post(work, sent)
        assert refused["Location"] == work + "?check=1", sent
        assert 'id="id_q-camera_error"' in client.get(refused["Location"]).content.decode()
    client.post(work, {"q-camera": "no", "q-unknown": "x", "q-serial": "smuggled", "state": "approved"})
    client.post(draft + "review/", {"q-privacy": "on", "q-serial": "smuggled"})
    registration = Registration.objects.get()
    assert set(registration.answer_data) == {"diet", "camera", "privacy"}
    assert registration.state == State.UNCONFIRMED


def test_a_question_changed_meanwhile_is_asked_again(client, category):
    draft, work = to_section(client, category)
    question = category.event.questions.get(key="camera")
    client.post(work, {"q-camera": "no", "q-_asked": f"{question.pk}.1"})
    question.label = {"en": "Do you come without a camera?"}
    save_question(question, categories=[], by=OFFICE)
    sent_back = client.get(draft + "review/")["Location"]
    assert sent_back == work + "?check=1"
    html = client.get(sent_back).content.decode()
    assert "was changed while you were answering" in html
    assert f"{question.pk}.2" in html
    client.post(work, {"q-camera": "no", "q-_asked": f"{question.pk}.2"})
    client.post(draft + "review/", {"q-privacy": "on"})
    assert Registration.objects.get().answer_versions["camera"] == 2


def test_an_option_that_vanished_meanwhile_is_told(client, category):
    draft, work = to_section(client, category)
    client.post(work, {"q-camera": "no"})
    question = category.event.questions.get(key="camera")
    question.options = [*YES_NO[:1], {"value": "film", "label": {"en": "Film"}}]
    save_question(question, categories=[], by=OFFICE)
    sent_back = client.get(draft + "review/")["Location"]
    assert "not offered any more" in client.get(sent_back).content.decode()
    assert not Registration.objects.exists()


def test_a_question_moved_to_another_section_keeps_its_answer(client, category):
    draft, work = to_section(client, category)
    question = category.event.questions.get(key="diet")
    client.post(draft + "questions/", {"q-diet": "rice", "q-_asked": f"{question.pk}.1"})
    question.section = category.event.question_sections.get(label__en="Your work")
    save_question(question, categories=[], by=OFFICE)
    assert 'value="rice"' in client.get(work).content.decode()


def test_a_section_removed_meanwhile_leads_on(client, category):
    draft, work = to_section(client, category)
    client.post(work, {"q-camera": "no"})
    category.event.questions.filter(section__isnull=False).delete()
    assert client.get(work)["Location"] == draft + "review/"
    assert client.post(work, {"q-camera": "no"})["Location"] == draft + "review/"
    assert client.get(draft + "elsewhere/").status_code == 404


@pytest.mark.parametrize("asked", ["nonsense", "1.", "-", "99999999999999.1", "1.1-" * 3_000, "١.١", "{{7*7}}"])
def test_a_garbled_note_of_wordings_harms_nothing(client, category, asked):
    draft, work = to_section(client, category)
    assert client.post(work, {"q-camera": "no", "q-_asked": asked})["Location"] == draft + "review/"


def test_answers_are_shown_as_they_were_asked(client, category):
    draft, work = to_section(client, category)
    client.post(work, {"q-camera": "yes"})
    client.post(draft + step(category, "Equipment"), {"q-serial": "A1"})
    client.post(draft + "review/", {"q-privacy": "on"})
    registration = Registration.objects.get()
    question = category.event.questions.get(key="diet")
    question.label = {"en": "Your other diet"}
    save_question(question, categories=[], by=OFFICE)
    html = client.get(my(registration)).content.decode()
    assert "Your other diet" not in html
    assert "It has changed since" in html
    assert QuestionVersion.objects.filter(key="diet").count() == 2
    question.delete()
    html = client.get(my(registration)).content.decode()
    assert "rice" in html
    assert "Sent earlier" in html


def test_an_option_that_is_gone_stays_with_whoever_chose_it(client, category):
    draft, work = to_section(client, category)
    client.post(work, {"q-camera": "no"})
    client.post(draft + "review/", {"q-privacy": "on"})
    registration = Registration.objects.get()
    question = category.event.questions.get(key="camera")
    question.options = YES_NO[:1]
    save_question(question, categories=[], by=OFFICE)
    page = client.get(my(registration, "change/")).content.decode()
    assert "No (no longer offered)" in page
    sent = {"name": "Amina Osman", "nationality": "KE", "q-diet": "fish", "q-camera": "no", "q-privacy": "on"}
    assert client.post(my(registration, "change/"), sent).status_code == 302
    registration.refresh_from_db()
    assert registration.answer_data == {"diet": "fish", "camera": "no", "privacy": True}
    assert registration.answer_versions == {"diet": 1, "camera": 1, "privacy": 1}


def test_a_draft_holds_nothing_but_its_own_fields(client, category):
    _draft, work = to_section(client, category)
    client.post(work, {"q-camera": "no", "password": "hunter2"})
    assert "hunter2" not in Draft.objects.get().content
