"""Money in the officer's dossier: what is due, what came, and the way to the order for those who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registration.models import Order, Registration
from registration.permissions import VIEW_PAYMENT
from registration.viewsets.panels import DossierPanel

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def money_panel(registration: Registration, user: User) -> DossierPanel | None:
    """State and sums for every officer: whether the badge waits for money is no secret of the cashier."""
    order = Order.objects.newest(registration.pk)
    if order is None:
        return None
    language = get_language()
    context = {
        "order": order,
        "total": order.total.text(language),
        "outstanding": order.outstanding.text(language) if order.outstanding else "",
        "may_open": user.has_perm(VIEW_PAYMENT),
    }
    return DossierPanel("payment", _("Payment"), "payments_admin/panel.html", context)
