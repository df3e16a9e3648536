"""Reads of questions, of their sections and earlier wordings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from plenary.events.models import Event
    from registration.models import Category, Question, QuestionVersion, Section

SIGN_UP, AFTER_APPROVAL = "sign_up", "after_approval"
READ_EVERY_ANSWER = "registration.read_every_answer"


class SectionQuerySet(models.QuerySet["Section"]):
    def of_event(self, event: Event) -> SectionQuerySet:
        """In the order they are asked: those of the sign-up first."""
        return self.filter(event=event).order_by("-stage", "position", "id")


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_order(self) -> QuestionQuerySet:
        """As they are asked: sign-up before approval, questions without a section before the sections."""
        return self.select_related("section").order_by(
            "-stage", F("section__position").asc(nulls_first=True), "section_id", "position", "id"
        )

    def ever_asked_in(self, category: Category) -> QuestionQuerySet:
        """All questions of a category whenever and by whomever they are answered, those of staff included."""
        mine = Q(categories=category) | Q(categories__isnull=True)
        return self.filter(mine, event_id=category.event_id).in_order()

    def asked_in(self, category: Category) -> QuestionQuerySet:
        """What a guest is asked at sign-up in one category: its own questions, and those of the event that name none."""
        return self.ever_asked_in(category).filter(stage=SIGN_UP, staff_only=False)

    def asked_after_approval(self, category: Category) -> QuestionQuerySet:
        """What a guest of one category is asked once approved."""
        return self.ever_asked_in(category).filter(stage=AFTER_APPROVAL, staff_only=False)

    def for_guests(self) -> QuestionQuerySet:
        """Without those that staff fill in."""
        return self.filter(staff_only=False)

    def for_staff(self) -> QuestionQuerySet:
        """Those that staff fill in."""
        return self.filter(staff_only=True)

    def readable_by(self, user: User) -> QuestionQuerySet:
        """Those whose answers a person's desks see: of no desk in particular, or of one of theirs."""
        if user.has_perm(READ_EVERY_ANSWER):
            return self
        hidden = self.model._default_manager.filter(desks__isnull=False).exclude(desks__group__user=user)
        return self.exclude(pk__in=hidden.values("pk"))

    def of_public_categories(self, event: Event) -> QuestionQuerySet:
        """Every question of an event's sign-up with the categories that ask it, in two statements."""
        found = self.filter(event=event, stage=SIGN_UP, staff_only=False)
        return found.prefetch_related("categories").in_order()

    def of_event(self, event: Event) -> QuestionQuerySet:
        """Every question of an event, whoever answers it."""
        return self.filter(event=event).in_order()


class QuestionVersionQuerySet(models.QuerySet["QuestionVersion"]):
    def of_answers(self, event_id: int, numbers: Iterable[tuple[str, int]]) -> QuestionVersionQuerySet:
        """The wordings that answers were given to, by key and number."""
        wanted = Q(pk__in=[])
        for key, number in numbers:
            wanted |= Q(key=key, number=number)
        return self.filter(wanted, event_id=event_id)

    def hidden_from(self, user: User) -> set[tuple[int, str]]:
        """Event and key of questions that are gone and whose answers none of a person's desks saw."""
        if user.has_perm(READ_EVERY_ANSWER):
            return set()
        restricted = self.exclude(desks=[]).values_list("event", "key", "desks")
        standing = self.model._meta.apps.get_model("registration.Question").objects.all()
        if not (found := list(restricted.distinct())):
            return set()
        mine = set(user.groups.filter(desks__isnull=False).values_list("desks__slug", flat=True))
        hidden = {(event, key) for event, key, desks in found if not mine & set(desks)}
        return hidden - set(standing.filter(key__in={key for _event, key in hidden}).values_list("event", "key"))

    def latest_numbers(self, event: Event) -> Mapping[str, int]:
        """The last number of each key, also of questions that are gone: a key that comes back counts on."""
        found = self.filter(event=event).order_by().values_list("key").annotate(models.Max("number"))
        return dict(found)
