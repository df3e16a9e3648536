"""What the dossier tells about contact with a guest: problems, notes of calls, text messages, and mail that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from plenary.core.models import FailingAddress
from registration.models import ContactNote, Issue, Registration, TextConsent
from registration.permissions import IDENTITY
from registration.viewsets.panels import DossierPanel

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def contact_panel(registration: Registration, user: User) -> DossierPanel | None:
    """One panel for all of it, in four statements."""
    sees_issues, sees_notes = user.has_perm("registration.view_issue"), user.has_perm("registration.view_contactnote")
    if not sees_issues and not sees_notes:
        return None
    words = user.has_perm(IDENTITY)
    context = {
        "registration": registration,
        "failing": FailingAddress.objects.filter(index=registration.email_index).first()
        if registration.email_index
        else None,
        "consent": TextConsent.objects.filter(registration=registration, withdrawn_at__isnull=True).first(),
        "issues": Issue.objects.of_guest(registration).select_related("owner")[:20] if sees_issues else [],
        "notes": ContactNote.objects.of_registration(registration)[:20] if sees_notes and words else [],
        "may_raise": user.has_perm("registration.handle_issue"),
        "may_note": user.has_perm("registration.add_contactnote"),
        "may_clear": user.has_perm("core.resend_message"),
    }
    return DossierPanel("contacts", _("Contact with the guest"), "contacts/panel.html", context)
