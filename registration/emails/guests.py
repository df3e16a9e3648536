"""What every mail to a guest has: the greeting, and the way to the guest's own page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plenary.core.links import make_link
from registration.emails.setting import address
from registration.models import Registration
from registration.wording import display_name


def guest_token(registration: Registration) -> str:
    """The token of the guest's own page."""
    return make_link("guest", registration.pk, registration.link_version)


def own_page(registration: Registration) -> str:
    """The whole address of the guest's own page, in the active language."""
    return address("registration:my", guest_token(registration))


def dear(registration: Registration) -> str:
    return _("Dear %(name)s,") % {"name": display_name(registration)}


def guest_values(registration: Registration) -> dict[str, str]:
    """What placeholders about a guest stand for, in the active language."""
    return {
        "name": display_name(registration),
        "category": str(registration.category.name),
        "organisation": registration.organisation,
        "code": registration.code,
    }
