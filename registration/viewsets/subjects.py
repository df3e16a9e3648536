"""How a registration and an event are called in the ledger of looks (settings.PLENARY_SUBJECTS), and who may go on to them."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.urls import reverse

from plenary.events.models import Event
from registration.permissions import delegations_for, visible_to


def dossiers(user: User, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Code and dossier of those that belong to a desk of this person; the name is in the dossier, where a look is logged."""
    visible = visible_to(user).filter(pk__in=ids).values_list("pk", "code")
    return {str(pk): (code, reverse("vetting:dossier", args=[pk])) for pk, code in visible}


def events(user: User, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """An event's name is no secret of any desk."""
    return {str(event.pk): (str(event), "") for event in Event.objects.filter(pk__in=ids)}


def delegations(user: User, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The name of a delegation is no secret; its page is open to those who may see it."""
    found = delegations_for(user).filter(pk__in=ids)
    return {str(one.pk): (str(one), reverse("delegations:unit", args=[one.pk])) for one in found}
