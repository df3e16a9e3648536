"""Who reads the mails about a registration: the guest, or the focal point of the delegation for a member without an address
of proof. Greeting, language and links follow from that."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plenary.core.links import make_link
from registration.emails.guests import dear, own_page
from registration.emails.setting import address
from registration.models import Delegation, Registration
from registration.wording import display_name


def delegation_token(delegation: Delegation) -> str:
    """The token of a delegation's workspace."""
    return make_link("delegation", delegation.pk, delegation.link_version)


def language_of(registration: Registration) -> str:
    """The reader's language."""
    if registration.delegation is not None and registration.through_delegation:
        return registration.delegation.language
    return registration.language


def greeting(registration: Registration) -> str:
    """To the guest or to the focal point, by name."""
    if registration.delegation is not None and registration.through_delegation:
        return dear_focal_point(registration.delegation)
    return dear(registration)


def reader_name(registration: Registration) -> str:
    """The same name for a text of the office."""
    if registration.delegation is not None and registration.through_delegation:
        return registration.delegation.focal_name
    return display_name(registration)


def dear_focal_point(delegation: Delegation) -> str:
    return _("Dear %(name)s,") % {"name": delegation.focal_name}


def page_of(registration: Registration) -> tuple[str, str]:
    """The button to the guest's own page, or to the member in the workspace: closed with the workspace, should its link leak."""
    if registration.delegation is not None and registration.through_delegation:
        token = delegation_token(registration.delegation)
        member = address("registration:delegation_member", token, str(registration.pk))
        return _("Open the delegation's page"), member
    return _("Open my page"), own_page(registration)


def about(registration: Registration) -> list[tuple[str, str]]:
    """Whom a mail to a focal point is about, as its first fact."""
    return [(_("Member"), registration.name)] if registration.through_delegation else []
