"""Template filters of the vetting queue."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils.timesince import timesince

from plenary.core import languages
from plenary.core.languages import Language
from registration.models import Registration
from registration.rules import DeskState, State
from registration.viewsets.queue import is_late

register = template.Library()


@register.filter
def late(registration: Registration) -> bool:
    """Whether a guest has waited longer for a decision than a guest should."""
    return is_late(registration)


@register.filter
def mark(registration: Registration, watch_list: bool) -> str:
    """The gravest open flag of a line, out of the line itself; with the watch list's for those who may see it."""
    level = max(registration.flag_level, registration.watch_level if watch_list else 0)
    return {1: "info", 2: "warning", 3: "danger"}.get(level, "")


@register.filter
def language(code: str) -> Language:
    """The language of a code, with its own name and direction."""
    return languages.get(code)


@register.filter
def ago(moment: datetime) -> str:
    """How long ago, in one unit: a list needs no hours beside its days."""
    return timesince(moment, depth=1)


@register.filter
def label_in(labels: Mapping[str, object], name: str) -> object:
    """The label of a field, or its name where it is no longer asked."""
    return labels.get(name, name)


_STATES = {state.value: state.label for state in State}
_DESK_STATES = {state.value: state.label for state in DeskState}


@register.filter
def state_label(state: str) -> object:
    """The name of a state; `get_state_display` looks through all of them anew for every line."""
    return _STATES.get(state, state)


@register.filter
def desk_state_label(state: str) -> object:
    """The same for where a desk stands."""
    return _DESK_STATES.get(state, state)
