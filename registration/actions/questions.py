"""What staff ask: questions, sections and the form after approval. Each change of meaning is a wording of its own, and no
question hangs on one that is asked later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plenary.core.actions import Actor, record_history, refresh_public_pages
from plenary.events.models import Event
from registration.models import Category, Desk, Question, QuestionVersion, Registration, SecondForm, Section, Stage
from registration.rules.questions import FACTS, is_well_formed, keys_in, meaning_changed, out_of_order, tests_in

MEANING = ("kind", "label", "options", "required", "condition")


COPIED_WITH_A_QUESTION = (
    *("stage", "staff_only", "key", "kind", "label", "help_text", "options", "required", "condition", "purpose"),
    *("data_class", "retention", "material", "covers_portrait", "frozen_days_before", "position"),
)


class QuestionRefused(Exception):
    """The questions of the event would no longer fit together; the text tells staff why, in the active language."""


def _lock(event_id: int) -> None:
    """One change of an event's questions at a time: what fits is decided by all of them. Sign-ups go on meanwhile."""
    Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event_id)


def _meaning(question: Question | QuestionVersion) -> dict[str, Any]:
    return {name: getattr(question, name) for name in MEANING}


@transaction.atomic
def save_question(
    question: Question,
    *,
    categories: Iterable[Category],
    by: Actor,
    desks: Iterable[Desk] | None = None,
    correction: bool = False,
) -> Question:
    """Add or change a question, the categories that ask it and the desks that see the answer.

    What changes its meaning makes a new wording, and answers keep the one they were given to; with `correction` the words
    change and the wording stays, as for a misspelling. Raises QuestionRefused.
    """
    _lock(question.event_id)
    stored = Question.objects.filter(pk=question.pk).first() if question.pk else None
    others = [other for other in Question.objects.filter(event=question.event_id).in_order() if other.pk != question.pk]
    _check(question, others)
    changed = stored is not None and meaning_changed(_meaning(stored), _meaning(question))
    if stored is not None:
        _check_options_in_use(stored, question, others)
        _keep_wording(stored)
    if changed and correction and not _same_but_for_words(stored, question):
        raise QuestionRefused(
            _(
                "More than words has changed. Save it as a change, not as a correction: earlier answers then stay what they were."
            )
        )
    if stored is None or (changed and not correction):
        question.version = QuestionVersion.objects.latest_numbers(question.event).get(question.key, 0) + 1
    question.save()
    _keep_wording(question)
    question.categories.set(categories)
    if desks is not None:
        question.desks.set(desks)
    if question.stage == Stage.AFTER_APPROVAL and question.required and (stored is None or changed):
        # Whoever was done with the form has something to answer again.
        Registration.objects.filter(event=question.event_id, second_form_complete=True).update(
            second_form_complete=False
        )
    verb = "question_added" if stored is None else "question_changed"
    record_history(question, verb=verb, by=by, event=question.event, data={"version": question.version})
    refresh_public_pages()
    return question


def check_question(question: Question) -> None:
    """Whether a question could be saved as it is; raises QuestionRefused. For forms, which tell it before."""
    others = [other for other in Question.objects.filter(event=question.event_id).in_order() if other.pk != question.pk]
    _check(question, others)
    if question.pk and (stored := Question.objects.filter(pk=question.pk).first()):
        _check_options_in_use(stored, question, others)


def _keep_wording(question: Question) -> None:
    QuestionVersion.objects.update_or_create(
        event_id=question.event_id,
        key=question.key,
        number=question.version,
        defaults=_meaning(question) | {"staff_only": question.staff_only},
    )


def _same_but_for_words(before: Question | None, after: Question) -> bool:
    return (
        before is not None
        and all(getattr(before, name) == getattr(after, name) for name in ("kind", "required", "condition"))
        and [option["value"] for option in before.options] == [option["value"] for option in after.options]
    )


def _check(question: Question, others: Sequence[Question]) -> None:
    """Whether the question fits its event; `others` are those beside it."""
    if not is_well_formed(question.condition):
        raise QuestionRefused(_("The condition cannot be read. Build it again."))
    if question.section and (
        question.section.event_id != question.event_id or question.section.stage != question.stage
    ):
        raise QuestionRefused(_("Choose a section of the same event, asked at the same time."))
    if question.staff_only and question.kind == Question.Kind.FILE:
        raise QuestionRefused(_("Staff enter texts, numbers and choices here, no files."))
    if question.key in FACTS:
        raise QuestionRefused(
            _("“%(key)s” already names a fact about the guest. Choose another key.") % {"key": question.key}
        )
    by_key = {other.key: other for other in others}
    for parent in (by_key[key] for key in sorted(keys_in(question.condition)) if key in by_key):
        if parent.staff_only and not question.staff_only:
            raise QuestionRefused(
                _("Guests would learn what staff entered at “%(question)s”: choose another condition.")
                % {"question": parent}
            )
    _check_order([*others, question])


def _check_order(questions: Iterable[Question]) -> None:
    """Raise QuestionRefused where a question hangs on itself, on a later one, or on none that there is."""
    ordered = sorted(questions, key=_place)
    by_key = {question.key: question for question in ordered}
    for key, parent in out_of_order((question.key, question.condition) for question in ordered):
        told = {"question": by_key[key], "parent": by_key.get(parent, parent)}
        if key == parent:
            raise QuestionRefused(_("“%(question)s” cannot hang on itself.") % told)
        if parent not in by_key:
            raise QuestionRefused(_("“%(question)s” hangs on “%(parent)s”, which this event does not ask.") % told)
        raise QuestionRefused(
            _("“%(question)s” hangs on “%(parent)s”, which is asked later. Let it be asked after that one.") % told
        )


def _place(question: Question) -> tuple[Any, ...]:
    section = question.section
    place = (1, section.position, section.pk) if section else (0, 0, 0)
    return (question.stage != Stage.SIGN_UP, place, question.position, question.pk or 1 << 62)


def _check_options_in_use(before: Question, after: Question, others: Iterable[Question]) -> None:
    """An option that a condition waits for must stay: the other question could never show again."""
    gone = {option["value"] for option in before.options} - {option["value"] for option in after.options}
    for other in others:
        for test in tests_in(other.condition):
            wanted = test.get("in", [test.get("is"), test.get("is_not")])
            if test.get("question") == before.key and (lost := gone & {one for one in wanted if isinstance(one, str)}):
                raise QuestionRefused(
                    _("“%(other)s” is asked only if the answer here is “%(option)s”: change that condition first.")
                    % {"other": other, "option": ", ".join(sorted(lost))}
                )


@transaction.atomic
def remove_question(question: Question, *, by: Actor) -> None:
    """Ask it no more. What guests answered stays with their registrations, with its wording, for the desks that saw it.

    Raises ProtectedError while files hang on it, QuestionRefused while other questions do.
    """
    _lock(question.event_id)
    for other in Question.objects.filter(event=question.event_id):
        if question.key in keys_in(other.condition):
            raise QuestionRefused(
                _("“%(other)s” hangs on this question: change its condition first.") % {"other": other}
            )
    _keep_wording(question)
    seen_by = sorted(question.desks.values_list("slug", flat=True))
    QuestionVersion.objects.filter(event=question.event_id, key=question.key).update(desks=seen_by)
    record_history(question, verb="question_removed", by=by, event=question.event, data={"key": question.key})
    question.delete()
    refresh_public_pages()


@transaction.atomic
def move_question(question: Question, *, up: bool, by: Actor) -> bool:
    """Ask a question one place earlier or later within its section; False where it is at the end already.

    Raises QuestionRefused where it would come before one it hangs on.
    """
    _lock(question.event_id)
    every = list(Question.objects.filter(event=question.event_id).in_order())
    beside = [one for one in every if (one.stage, one.section_id) == (question.stage, question.section_id)]
    if not _swap(beside, question, up=up):
        return False
    _check_order(every)
    Question.objects.bulk_update(beside, ["position"])
    record_history(question, verb="question_moved", by=by, event=question.event)
    refresh_public_pages()
    return True


@transaction.atomic
def move_section(section: Section, *, up: bool, by: Actor) -> bool:
    """Ask a section one place earlier or later; False where it is at the end already. Raises QuestionRefused."""
    _lock(section.event_id)
    beside = list(Section.objects.filter(event=section.event_id, stage=section.stage).order_by("position", "id"))
    if not _swap(beside, section, up=up):
        return False
    by_pk = {one.pk: one for one in beside}
    every = list(Question.objects.filter(event=section.event_id).in_order())
    for question in every:
        if question.section_id in by_pk:
            question.section = by_pk[question.section_id]
    _check_order(every)
    Section.objects.bulk_update(beside, ["position"])
    record_history(section, verb="section_moved", by=by, event=section.event)
    refresh_public_pages()
    return True


def _swap(beside: list[Any], one: Any, *, up: bool) -> bool:
    """Number a list anew with one of it a place further up or down."""
    here = next(place for place, other in enumerate(beside) if other.pk == one.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(beside):
        return False
    beside[here], beside[there] = beside[there], beside[here]
    for place, other in enumerate(beside):
        other.position = place
    return True


@transaction.atomic
def save_section(section: Section, *, by: Actor) -> Section:
    """Add or change a section; its questions are asked when it is. Raises QuestionRefused."""
    _lock(section.event_id)
    is_new = section.pk is None
    section.save()
    if not is_new:
        Question.objects.filter(section=section).update(stage=section.stage)
        _check_order(Question.objects.filter(event=section.event_id).in_order())
    record_history(section, verb="section_added" if is_new else "section_changed", by=by, event=section.event)
    refresh_public_pages()
    return section


@transaction.atomic
def remove_section(section: Section, *, by: Actor) -> None:
    """Take a section away; its questions are asked before the first section from then on. Raises QuestionRefused."""
    _lock(section.event_id)
    record_history(section, verb="section_removed", by=by, event=section.event)
    Section.objects.filter(pk=section.pk).delete()
    _check_order(Question.objects.filter(event=section.event_id).in_order())
    refresh_public_pages()


@transaction.atomic
def save_second_form(form: SecondForm, *, by: Actor) -> SecondForm:
    """Name the form after approval and set its dates."""
    form.save()
    record_history(form, verb="second_form_changed", by=by, event=form.event)
    return form


@dataclass
class CopyReport:
    """What came of copying: the keys that were added, and those that were there already."""

    added: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


@transaction.atomic
def copy_questions(*, source: Event, target: Event, by: Actor) -> CopyReport:
    """Ask at one event what another asks: sections and questions with desks; categories by their short names, moments of
    freezing left behind because they belong to the other event. Keys that are there already stay as they are.

    Raises QuestionRefused where a condition names what the target does not have.
    """
    _lock(target.pk)
    report = CopyReport()
    categories = {category.slug: category for category in Category.objects.filter(event=target)}
    present = set(Question.objects.filter(event=target).values_list("key", flat=True))
    sections: dict[int, Section] = {}
    questions = Question.objects.filter(event=source).in_order().prefetch_related("categories", "desks")
    for question in questions:
        if question.key in present:
            report.there.append(question.key)
            continue
        section = _copied_section(question.section, target, sections) if question.section else None
        asked_in = [category.slug for category in question.categories.all()]
        mine = [categories[slug] for slug in asked_in if slug in categories]
        if asked_in and not mine:
            raise QuestionRefused(
                _(
                    "“%(question)s” is asked in categories that this event does not have: %(categories)s. Add them first."
                )
                % {"question": question, "categories": ", ".join(asked_in)}
            )
        desks = list(question.desks.all())
        copied = Question(
            event=target, section=section, **{name: getattr(question, name) for name in COPIED_WITH_A_QUESTION}
        )
        save_question(copied, categories=mine, desks=desks, by=by)
        report.added.append(question.key)
    return report


def _copied_section(section: Section, target: Event, made: dict[int, Section]) -> Section:
    if section.pk not in made:
        made[section.pk] = Section.objects.create(
            event=target, stage=section.stage, label=section.label, intro=section.intro, position=section.position
        )
    return made[section.pk]
