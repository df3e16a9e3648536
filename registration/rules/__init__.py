"""Rules of registration without a database, a module for each subject."""

from registration.rules.delegations import Stage, stage
from registration.rules.desks import (
    SPOKEN,
    TO_ACT,
    DeskState,
    Opinion,
    RouteStanding,
    Stop,
    Verdict,
    stand,
)
from registration.rules.freezing import deadline, is_over
from registration.rules.names import name_key
from registration.rules.opening import Opening, WaitingList, WhenOverdue, opening
from registration.rules.questions import condition_holds, meaning_changed, settle, shown_keys
from registration.rules.states import (
    CONFIRM_WITHIN,
    EDITABLE_BY_GUEST,
    HOLDS_PLACE,
    LIVE,
    TRANSITIONS,
    UNPROVED,
    State,
    Transition,
    Who,
    targets,
    transition,
)

__all__ = [
    "CONFIRM_WITHIN",
    "EDITABLE_BY_GUEST",
    "HOLDS_PLACE",
    "LIVE",
    "SPOKEN",
    "TO_ACT",
    "TRANSITIONS",
    "UNPROVED",
    "DeskState",
    "Opening",
    "Opinion",
    "RouteStanding",
    "Stage",
    "State",
    "Stop",
    "Transition",
    "Verdict",
    "WaitingList",
    "WhenOverdue",
    "Who",
    "condition_holds",
    "deadline",
    "is_over",
    "meaning_changed",
    "name_key",
    "opening",
    "settle",
    "shown_keys",
    "stage",
    "stand",
    "targets",
    "transition",
]
