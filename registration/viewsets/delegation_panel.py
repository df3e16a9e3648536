"""The panel of a dossier that tells whose delegation a guest belongs to, and leads to it as a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from registration.models import Registration
from registration.permissions import VIEW_DELEGATION
from registration.viewsets.panels import DossierPanel

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def delegation_panel(registration: Registration, user: User) -> DossierPanel | None:
    """None for a guest who belongs to none."""
    delegation = registration.delegation
    if delegation is None:
        return None
    delegation.event = registration.event
    facts = {
        "delegation": delegation,
        "stage": delegation.stage(),
        "through": registration.confirmed_at is None,
        "url": reverse("delegations:unit", args=[delegation.pk]) if user.has_perm(VIEW_DELEGATION) else "",
    }
    return DossierPanel("delegation", _("Delegation"), "delegations_admin/panel.html", facts)
