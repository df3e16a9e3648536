"""What staff ask: wordings that answers keep, an order in which nothing hangs on later questions, copies of another event."""

import pytest
from django.db import IntegrityError, transaction

from plenary.core.actions import Actor
from registration.actions import (
    QuestionRefused,
    copy_questions,
    move_question,
    move_section,
    remove_question,
    remove_section,
    save_question,
    save_section,
)
from registration.models import Desk, Question, QuestionVersion, Section
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory, SectionFactory

pytestmark = pytest.mark.django_db
OFFICE = Actor("Office Wei")
YES = [{"value": "yes", "label": {"en": "Yes"}}, {"value": "no", "label": {"en": "No"}}]


def asked(question: Question) -> Question:
    return save_question(question, categories=[], by=OFFICE)


def ask(event, key, **facts) -> Question:
    facts = {"label": {"en": f"About {key}?"}, "position": Question.objects.filter(event=event).count(), **facts}
    return asked(Question(event=event, key=key, **facts))


# -- wordings -----------------------------------------------------------------------------------------------------------
def test_a_change_of_meaning_is_a_wording_of_its_own_and_the_old_one_stays():
    question = ask(EventFactory(), "visa", kind="choice", options=YES)
    question.label = {"en": "Do you need no visa?"}
    asked(question)
    assert question.version == 2
    told = QuestionVersion.objects.filter(key="visa").values_list("number", "label")
    assert [(number, label["en"]) for number, label in told] == [(1, "About visa?"), (2, "Do you need no visa?")]


def test_a_translation_a_help_text_and_a_place_are_no_other_wording():
    question = ask(EventFactory(), "visa")
    question.label |= {"fr": "Et le visa ?"}
    question.help_text, question.position, question.purpose = {"en": "Help"}, 7, "Letters"
    asked(question)
    assert question.version == 1
    assert QuestionVersion.objects.get(key="visa").label == {"en": "About visa?", "fr": "Et le visa ?"}


def test_a_misspelling_is_mended_in_place_and_nothing_else_is():
    question = ask(EventFactory(), "visa", kind="choice", options=YES)
    question.label = {"en": "About the visa?"}
    save_question(question, categories=[], by=OFFICE, correction=True)
    assert (question.version, QuestionVersion.objects.get(key="visa").label["en"]) == (1, "About the visa?")
    question.required = True
    with pytest.raises(QuestionRefused, match="More than words"):
        save_question(question, categories=[], by=OFFICE, correction=True)


def test_a_key_that_comes_back_counts_on():
    event = EventFactory()
    remove_question(ask(event, "visa"), by=OFFICE)
    assert ask(event, "visa", label={"en": "Another question"}).version == 2


def test_a_question_that_was_never_worded_gets_its_first_wording_with_its_second():
    question = QuestionFactory(key="visa")
    question.label = {"en": "Other"}
    asked(question)
    assert list(QuestionVersion.objects.values_list("number", flat=True)) == [1, 2]


def test_two_wordings_never_share_a_number():
    question = ask(EventFactory(), "visa")
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.create(event=question.event, key="visa", number=1, kind="text")


# -- order --------------------------------------------------------------------------------------------------------------
def test_no_question_hangs_on_a_later_one_on_itself_in_a_circle_or_on_none():
    event = EventFactory()
    first, second = ask(event, "first"), ask(event, "second")
    first.condition = {"question": "second", "is": "x"}
    with pytest.raises(QuestionRefused, match="asked later"):
        asked(first)
    second.condition = {"question": "second", "answered": True}
    with pytest.raises(QuestionRefused, match="itself"):
        asked(second)
    second.condition = {"question": "gone", "answered": True}
    with pytest.raises(QuestionRefused, match="does not ask"):
        asked(second)
    second.condition = {"question": "first", "sounds": "like"}
    with pytest.raises(QuestionRefused, match="cannot be read"):
        asked(second)
    second.condition = {"any": [{"question": "first", "is": "x"}, {"question": "invited", "is": True}]}
    asked(second)
    assert Question.objects.get(key="first").condition == {}


def test_sign_up_hangs_on_nothing_that_is_asked_after_approval():
    event = EventFactory()
    ask(event, "flight", stage="after_approval")
    with pytest.raises(QuestionRefused, match="asked later"):
        ask(event, "hotel", condition={"question": "flight", "answered": True}, position=9)
    ask(event, "visa")
    ask(event, "taxi", stage="after_approval", condition={"question": "visa", "answered": True})


def test_guests_never_learn_what_staff_entered():
    event = EventFactory()
    ask(event, "risk", staff_only=True)
    with pytest.raises(QuestionRefused, match="learn what staff entered"):
        ask(event, "why", condition={"question": "risk", "is": "high"})
    ask(event, "more", staff_only=True, condition={"question": "risk", "is": "high"})
    with pytest.raises(QuestionRefused, match="no files"):
        ask(event, "scan", staff_only=True, kind="file")


@pytest.mark.parametrize("key", ["category", "nationality", "delegation", "invited"])
def test_a_key_is_no_name_of_a_fact(key):
    with pytest.raises(QuestionRefused, match="already names a fact"):
        ask(EventFactory(), key)


def test_moving_keeps_to_the_section_and_never_puts_a_question_before_its_reason():
    event = EventFactory()
    first, second = ask(event, "first"), ask(event, "second")
    third = ask(event, "third", condition={"question": "second", "answered": True})
    assert move_question(second, up=True, by=OFFICE)
    assert [q.key for q in Question.objects.filter(event=event).in_order()] == ["second", "first", "third"]
    assert not move_question(Question.objects.get(key="second"), up=True, by=OFFICE)
    assert move_question(third, up=True, by=OFFICE)
    with pytest.raises(QuestionRefused, match="asked later"):
        move_question(Question.objects.get(key="third"), up=True, by=OFFICE)
    assert [q.key for q in Question.objects.filter(event=event).in_order()] == ["second", "third", "first"]
    assert first.pk


def test_sections_move_and_go_only_while_the_order_holds():
    event = EventFactory()
    one, two = SectionFactory(event=event, position=0), SectionFactory(event=event, position=1)
    ask(event, "parent", section=one)
    ask(event, "child", section=two, condition={"question": "parent", "answered": True})
    with pytest.raises(QuestionRefused), transaction.atomic():
        move_section(two, up=True, by=OFFICE)
    with pytest.raises(QuestionRefused), transaction.atomic():
        remove_section(two, by=OFFICE)  # its question would come first
    two.refresh_from_db()
    two.stage = "after_approval"
    save_section(two, by=OFFICE)
    assert Question.objects.get(key="child").stage == "after_approval"
    with pytest.raises(QuestionRefused, match="asked at the same time"):
        ask(event, "stray", section=two, stage="sign_up")


def test_what_others_hang_on_is_neither_removed_nor_emptied_of_the_option():
    event = EventFactory()
    visa = ask(event, "visa", kind="choice", options=YES)
    ask(event, "passport", condition={"question": "visa", "in": ["yes"]})
    with pytest.raises(QuestionRefused, match="hangs on this question"):
        remove_question(visa, by=OFFICE)
    visa.options = YES[1:]
    with pytest.raises(QuestionRefused, match="change that condition first"):
        asked(visa)


def test_a_new_required_question_asks_those_who_were_done_again():
    category = CategoryFactory()
    guest = RegistrationFactory(category=category, second_form_complete=True)
    ask(category.event, "flight", stage="after_approval")
    guest.refresh_from_db()
    assert guest.second_form_complete
    ask(category.event, "hotel", stage="after_approval", required=True)
    guest.refresh_from_db()
    assert not guest.second_form_complete


# -- copies -------------------------------------------------------------------------------------------------------------
def test_another_event_asks_the_same():
    press = CategoryFactory(slug="press")
    source, target = press.event, EventFactory()
    mine = CategoryFactory(event=target, slug="press")
    section = SectionFactory(event=source, label={"en": "Your work"})
    ask(source, "visa", kind="choice", options=YES)
    outlet = ask(source, "outlet", section=section, condition={"question": "visa", "is": "yes"})
    desk = Desk.objects.create(slug="d", name={"en": "D"}, group_id=_any_group())
    save_question(outlet, categories=[press], desks=[desk], by=OFFICE)
    ask(target, "visa", label={"en": "Already here"}, kind="choice", options=YES)
    report = copy_questions(source=source, target=target, by=OFFICE)
    assert (report.added, report.there) == (["outlet"], ["visa"])
    copied = Question.objects.get(event=target, key="outlet")
    assert (list(copied.categories.all()), list(copied.desks.all())) == ([mine], [desk])
    assert (copied.section.label, copied.section.event) == ({"en": "Your work"}, target)
    assert Question.objects.filter(event=source).count() == 2
    assert copy_questions(source=source, target=target, by=OFFICE).added == []


def test_a_copy_that_would_not_fit_copies_nothing():
    press = CategoryFactory(slug="press")
    save_question(ask(press.event, "outlet"), categories=[press], by=OFFICE)
    target = EventFactory()
    with pytest.raises(QuestionRefused, match="does not have: press"):
        copy_questions(source=press.event, target=target, by=OFFICE)
    assert not Question.objects.filter(event=target).exists()
    assert not Section.objects.filter(event=target).exists()


def _any_group() -> int:
    from django.contrib.auth.models import Group

    return int(Group.objects.values_list("pk", flat=True)[0])
