"""Further panels of the dossier: each subject (documents, payment, delegation, letters …) adds its own. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from registration.models import Registration

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class DossierPanel:
    """One panel: its heading, and a template that finds `context` under `panel`."""

    name: str  # in Latin letters: the panel's anchor
    heading: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


# Each answers None where the registration has nothing of the kind or this person may not see it.
Finder = Callable[[Registration, "User"], DossierPanel | None]
# Named, not imported: each finder's module makes panels of the class above.
FINDERS: Sequence[str] = (
    "registration.viewsets.identity.identity_panel",
    "registration.viewsets.money_panel.money_panel",
    "registration.viewsets.question_panels.changes_panel",
    "registration.viewsets.question_panels.staff_panel",
    "registration.letter_tasks.letters_panel",
    "registration.viewsets.contact_panels.contact_panel",
    "registration.viewsets.delegation_panel.delegation_panel",
)


def panels_for(registration: Registration, user: User) -> list[DossierPanel]:
    """The panels one member of staff sees of one registration."""
    return [panel for find in FINDERS if (panel := import_string(find)(registration, user))]
