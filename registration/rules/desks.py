"""What a route of desks asks for: which desk may act now, what is missing, and whether the case can be decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from registration.rules.states import State


class Verdict(TextChoices):
    """What a desk says of a registration."""

    CLEAR = "clear", pgettext_lazy("verdict of a desk", "No objection")
    OBJECT = "object", pgettext_lazy("verdict of a desk", "Objection")
    ASK = "ask", pgettext_lazy("verdict of a desk", "Ask the guest for more")
    ABSTAIN = "abstain", pgettext_lazy("verdict of a desk", "Not for this desk")


class DeskState(TextChoices):
    """Where one desk stands with one registration."""

    LATER = "later", pgettext_lazy("a desk", "after the others")
    OPEN = "open", pgettext_lazy("a desk", "to look")
    SECOND = "second", pgettext_lazy("a desk", "second officer to agree")
    ASKED = "asked", pgettext_lazy("a desk", "waits for the guest")
    CLEARED = "cleared", pgettext_lazy("a desk", "no objection")
    OBJECTED = "objected", pgettext_lazy("a desk", "objects")
    ABSTAINED = "abstained", pgettext_lazy("a desk", "not for this desk")
    SPARED = "spared", pgettext_lazy("a desk", "no longer asked")  # another desk's veto has settled it


TO_ACT = frozenset({DeskState.OPEN, DeskState.SECOND})  # the desk's officers have something to do
SPOKEN = frozenset({DeskState.CLEARED, DeskState.OBJECTED, DeskState.ABSTAINED})
_SAID = {
    Verdict.CLEAR: DeskState.CLEARED,
    Verdict.OBJECT: DeskState.OBJECTED,
    Verdict.ABSTAIN: DeskState.ABSTAINED,
}


@dataclass(frozen=True)
class Stop:
    """One desk of a category's route. Desks of the same step look at the same time."""

    desk: str
    step: int = 1
    four_eyes: bool = False
    may_veto: bool = False


@dataclass(frozen=True)
class Opinion:
    """The verdict of a desk that counts now, and how many different officers stand behind it."""

    desk: str
    verdict: Verdict
    officers: int = 1


@dataclass(frozen=True)
class RouteStanding:
    """Where a registration stands on its route. Without a route everything is decided as the roles say."""

    states: Mapping[str, DeskState]
    vetoed_by: str = ""

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Desks that still have to speak, in the order of the route."""
        if self.vetoed_by:
            return ()
        return tuple(desk for desk, state in self.states.items() if state not in SPOKEN)

    @property
    def objecting(self) -> tuple[str, ...]:
        return tuple(desk for desk, state in self.states.items() if state == DeskState.OBJECTED)

    @property
    def nobody_looked(self) -> bool:
        """Whether every desk passed it on: then nobody has said that there is no objection."""
        return bool(self.states) and all(state == DeskState.ABSTAINED for state in self.states.values())

    @property
    def may_reject(self) -> bool:
        return not self.missing

    @property
    def may_approve(self) -> bool:
        return not self.missing and not self.vetoed_by and not self.nobody_looked

    def allows(self, to: State) -> bool:
        """Whether the desks have said what this decision needs; asking for more and all the rest need nothing."""
        if to == State.APPROVED:
            return self.may_approve
        return to != State.REJECTED or self.may_reject

    def may_speak(self, desk: str) -> bool:
        """Whether this desk may give a verdict now, a first one or another."""
        return self.states.get(desk, DeskState.LATER) not in {DeskState.LATER, DeskState.SPARED}


def stand(route: Sequence[Stop], opinions: Iterable[Opinion]) -> RouteStanding:
    """Where each desk stands, given the verdicts that count.

    A step opens when every desk of the steps before it has spoken. A desk that speaks with four eyes has spoken when
    two officers said the same. An objection of a desk with a veto settles the case: desks that have not spoken are
    spared. Any other objection is advice to whoever decides.
    """
    said = {opinion.desk: opinion for opinion in opinions}
    states: dict[str, DeskState] = {}
    reached = True
    vetoed_by = ""
    for step in sorted({stop.step for stop in route}):
        stops = [stop for stop in route if stop.step == step]
        for stop in stops:
            states[stop.desk] = _state(stop, said.get(stop.desk)) if reached else DeskState.LATER
            if stop.may_veto and states[stop.desk] == DeskState.OBJECTED:
                vetoed_by = vetoed_by or stop.desk
        reached = reached and all(states[stop.desk] in SPOKEN for stop in stops)
    if vetoed_by:
        states = {desk: state if state in SPOKEN else DeskState.SPARED for desk, state in states.items()}
    return RouteStanding(states, vetoed_by)


def _state(stop: Stop, opinion: Opinion | None) -> DeskState:
    if opinion is None:
        return DeskState.OPEN
    if opinion.verdict == Verdict.ASK:
        return DeskState.ASKED
    if stop.four_eyes and opinion.officers < 2:
        return DeskState.SECOND
    return _SAID[opinion.verdict]
