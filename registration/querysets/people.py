"""Reads of drafts, registrations and uploads: the vetting queue, look-ups by guest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models.functions import Length
from django.utils import timezone

from plenary.core.addresses import address_index as address_index
from plenary.core.names import fold
from registration.rules import LIVE, UNPROVED, State, name_key

if TYPE_CHECKING:
    from plenary.events.models import Event
    from registration.models import Category, Desk, Draft, Registration, Upload


COMPARED = ("name", "latin_name", "name_key", "nationality", "state")
COUNTED = 10_000  # a list is paged through no further; who looks for more has filters
FEW = 1_000  # of a search that finds fewer, all are held in hand


class DraftQuerySet(models.QuerySet["Draft"]):
    def open_at(self, event: Event, draft_id: UUID) -> DraftQuerySet:
        """One draft of one event, with what its pages show."""
        return self.filter(pk=draft_id, event=event).select_related("event__venue", "category__event")

    def forgotten(self, now: datetime, after: timedelta) -> DraftQuerySet:
        """Drafts nobody touched for a while: what was typed is personal data and must go."""
        return self.filter(changed_at__lt=now - after)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def hardest_to_print(self, event_id: int, categories: Collection[int]) -> RegistrationQuerySet:
        """The live registrations of an event (of all categories, if none is given) with the longest names, also in
        Arabic and in ideographs, and the longest organisation. Reads the event's names: for a preview, not for a list."""
        live = self.filter(event=event_id, state__in=LIVE)
        among = live.filter(category__in=categories) if categories else live
        wanted = [
            (among, "name", 2),
            (among, "latin_name", 1),
            (among, "organisation", 1),
            (among.filter(name__regex="[\u0600-\u06ff]"), "name", 1),
            (among.filter(name__regex="[\u4e00-\u9fff]"), "name", 1),
        ]
        keys: list[UUID] = []
        for found, field, number in wanted:
            keys += found.order_by(Length(field).desc(), "pk").values_list("pk", flat=True)[:number]
        return (
            self.filter(pk__in=keys)
            .select_related("category", "delegation")
            .defer("email", "answers")
            .order_by(Length("name").desc(), "pk")
        )

    def live(self) -> RegistrationQuerySet:
        """Registrations under way: at most one for an address in a category."""
        return self.filter(state__in=LIVE)

    def awaiting_decision(self) -> RegistrationQuerySet:
        """The vetting queue: what an officer has to look at, the oldest first."""
        return self.filter(state=State.SUBMITTED).order_by("created_at", "id")

    def matching(self, words: str) -> RegistrationQuerySet:
        """Search by name, organisation or code in any script: every word must be found, as written or folded."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                models.Q(search_text__contains=word.casefold()) | models.Q(search_text__contains=fold(word) or word)
            )
        return found

    def searched(self, words: str) -> RegistrationQuerySet:
        """The same for a list that is counted and paged: where few match, everybody is looked at once and not for each."""
        # In the order they came, which is how they lie on the disk.
        found = self.order_by("created_at", "id").matching(words)
        keys = list(found.prefetch_related(None).values_list("pk", flat=True)[:FEW])
        return self.filter(pk__in=keys) if len(keys) < FEW else self.matching(words)

    def of_address(self, event: Event, email: str) -> RegistrationQuerySet:
        """An address's registrations at one event, however its case was typed; the newest first."""
        return self.filter(event=event, email_index=address_index(email)).order_by("-created_at", "id")

    def with_event(self) -> RegistrationQuerySet:
        """With what the guest's own page and every mail show, in one statement."""
        return self.select_related("event__venue", "category__event")

    def never_confirmed(self, now: datetime, after: timedelta) -> RegistrationQuerySet:
        """Registrations whose address nobody proved in time."""
        return self.filter(state__in=UNPROVED, confirmed_at__isnull=True, created_at__lt=now - after)

    def waiting_in(self, category: Category) -> RegistrationQuerySet:
        """The waiting list of a category in its order: who proved the address first is first."""
        return self.filter(category=category, state=State.WAITLISTED, confirmed_at__isnull=False).order_by(
            "confirmed_at", "id"
        )

    def position_of(self, registration: Registration) -> int:
        """Which place on the waiting list, from 1; counted over the list's index and stored nowhere."""
        before = models.Q(confirmed_at__lt=registration.confirmed_at) | models.Q(
            confirmed_at=registration.confirmed_at, pk__lt=registration.pk
        )
        return self.waiting_in(registration.category).filter(before).count() + 1

    def reserve_of(self, category: Category, delegation_id: UUID) -> RegistrationQuerySet:
        """A delegation's waiting list in one category: who was named first is first."""
        mine = self.filter(delegation=delegation_id, category=category, state=State.RESERVE)
        return mine.order_by("created_at", "id")

    def offers_over(self, now: datetime) -> RegistrationQuerySet:
        """Offered places that nobody took in time, the oldest first."""
        return self.filter(state=State.OFFERED, offer_expires_at__lt=now).order_by("offer_expires_at")

    def for_queue(self) -> RegistrationQuerySet:
        """What a line of the queue shows, in two statements; what is encrypted stays unread."""
        from registration.models import DeskStanding

        standings = models.Prefetch("standings", DeskStanding.objects.select_related("desk").order_by("pk"))
        found = self.select_related("category", "event", "assigned_to").prefetch_related(standings)
        return found.defer("answers", "replies", "email", "information_request")

    def lines(self, start: int, stop: int) -> list[Registration]:
        """A part of an ordered list: first the keys, which an index gives, then these lines and no other is read whole."""
        keys = list(self.prefetch_related(None).values_list("pk", flat=True)[start:stop])
        found = self.model._default_manager.all().for_queue().in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def late(self, now: datetime) -> RegistrationQuerySet:
        """Registrations that have waited for a decision longer than their category's guests should."""
        return self.filter(state=State.SUBMITTED, late_at__lt=now).at_hand(now)

    def at_hand(self, now: datetime) -> RegistrationQuerySet:
        """Without those on hold; one whose day has come is at hand again by itself."""
        return self.filter(models.Q(held_until__isnull=True) | models.Q(held_until__lte=timezone.localdate(now)))

    def on_hold(self, now: datetime) -> RegistrationQuerySet:
        """Set aside until a day that has not come."""
        return self.filter(held_until__gt=timezone.localdate(now))

    def for_desks(self, desks: list[Desk]) -> RegistrationQuerySet:
        """What the officers of these desks have to look at now."""
        from registration.models import DeskStanding

        # Asked of each line in turn, so that a page of a long list stops where it is full.
        waiting = DeskStanding.objects.to_act(desks).filter(registration=models.OuterRef("pk"))
        return self.filter(models.Exists(waiting))

    def flagged(self, *, watch_list: bool) -> RegistrationQuerySet:
        """With an open flag that is more than a remark; those of the watch list for who may see it."""
        raised = models.Q(flag_level__gte=2)
        return self.filter(raised | models.Q(watch_level__gte=1) if watch_list else raised)

    def changed_materially(self) -> RegistrationQuerySet:
        """Where a desk has yet to look again: its verdict ended when the guest changed what it rested on. Admitted ones, too."""
        from registration.models import Review

        said = Review.objects.filter(
            registration=models.OuterRef("registration"), desk=models.OuterRef("desk"), closed=""
        )
        ended = Review.objects.filter(~models.Exists(said), closed=Review.Closed.CHANGED)
        return self.filter(pk__in=ended.values("registration"))

    def meeting(self, registration: Registration, keys: Collection[str]) -> Iterator[Registration]:
        """Who may be the same person: shares a key, and an address, the event or the nationality. With what a comparison
        reads and no more, a part at a time: a frequent name meets thousands, and none of them is left out."""
        from registration.models import MatchKey

        near = models.Q(event=registration.event_id) | models.Q(nationality=registration.nationality)
        if registration.email_index:
            near |= models.Q(email_index=registration.email_index)
        met = MatchKey.objects.filter(key__in=keys, registration__isnull=False).values("registration")
        found = self.filter(near, pk__in=met).exclude(pk=registration.pk)
        found = found.exclude(state__in=[State.UNCONFIRMED, State.EXPIRED])
        return found.only(*COMPARED, "event", "delegation", "email_index").iterator(chunk_size=2_000)

    def like_entry(self, keys: Collection[str]) -> Iterator[Registration]:
        """Live registrations that share a key with an entry of the watch list, with what a comparison reads."""
        from registration.models import MatchKey

        met = MatchKey.objects.filter(key__in=keys, registration__isnull=False).values("registration")
        return self.live().filter(pk__in=met).only(*COMPARED).iterator(chunk_size=2_000)

    def unchecked(self) -> models.QuerySet[Registration, UUID]:
        """Under review and not yet compared with others: keys, the oldest first."""
        found = self.filter(state=State.SUBMITTED, checked_at__isnull=True)
        return found.order_by("waiting_since").values_list("pk", flat=True)

    def count_some(self, at_most: int = COUNTED) -> int:
        """How many there are, counted no further than anybody looks, so that a long list stays quick."""
        return self.order_by()[:at_most].count()

    def totals(self, states: Iterable[str]) -> dict[str, int]:
        """How many registrations stand in each of these states, each counted no further than COUNTED."""
        return {state: self.filter(state=state).count_some() for state in states}

    def next_waiting(self, after: Registration) -> RegistrationQuerySet:
        """The rest of the queue behind one registration, oldest first."""
        behind = models.Q(created_at__gt=after.created_at) | models.Q(created_at=after.created_at, pk__gt=after.pk)
        return self.awaiting_decision().filter(behind)

    def previous_waiting(self, before: Registration) -> RegistrationQuerySet:
        """The part of the queue in front of one registration, the nearest first."""
        ahead = models.Q(created_at__lt=before.created_at) | models.Q(created_at=before.created_at, pk__lt=before.pk)
        return self.filter(ahead, state=State.SUBMITTED).order_by("-created_at", "-id")

    def with_second_form(self, event: Event) -> RegistrationQuerySet:
        """Approved guests of the categories that are asked something after approval, the last to begin first."""
        from registration.models import Question

        asked = Question.objects.filter(event=event, stage="after_approval", staff_only=False)
        found = self.filter(event=event, state=State.APPROVED)
        of_all = asked.filter(categories__isnull=True)
        return found.filter(models.Exists(of_all) | models.Q(category__in=asked.values("categories")))

    def awaiting_second_form(self, event: Event) -> RegistrationQuerySet:
        """Of these, those whose form is not complete."""
        return self.with_second_form(event).filter(second_form_complete=False)

    def entered_at_desk(self) -> RegistrationQuerySet:
        """Walk-ins and paper forms: what the registration desk has typed in itself."""
        return self.filter(source__in=("desk", "paper"))

    def like_name(self, event: Event, name: str) -> RegistrationQuerySet:
        """Registrations of an event under one name, however its words are ordered, accented or written."""
        key = name_key(name)
        found = self.filter(event=event, name_key=key) if key else self.none()
        return found.select_related("category").order_by("-created_at", "id")


class UploadQuerySet(models.QuerySet["Upload"]):
    def of_draft(self, draft: Draft) -> UploadQuerySet:
        """Files sent with a draft so far."""
        return self.filter(draft=draft).select_related("question")

    def of_registration(self, registration: Registration) -> UploadQuerySet:
        """Files of one registration: answers to questions, and what came with replies."""
        return self.filter(registration=registration).select_related("question")
