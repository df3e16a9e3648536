"""What the letters desk adds to the guest's list of tasks and to the officer's dossier. Reads, writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registration.guest_tasks import GuestTask, Progress
from registration.models import Companion, Invitation, Letter, Registration, VisaCase
from registration.rules import State
from registration.rules.letters import LetterKind
from registration.viewsets.panels import DossierPanel

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.guest_tasks import GuestTask


def visa_letter_task(registration: Registration, token: str) -> GuestTask | None:
    """Ask for the visa letter, wait for it, load it. One statement, and two where a letter was asked for."""
    venue = registration.event.venue
    if registration.state != State.APPROVED or (venue and registration.nationality == venue.country):
        return None  # nobody needs a visa for their own country
    title = _("Letter for a visa")
    letter = Letter.objects.of_registration(registration.pk, LetterKind.VISA_SUPPORT).first()
    if letter is not None:
        url = reverse("registration:my_letter", args=[token, letter.pk])
        return GuestTask("visa-letter", title, Progress.DONE, _("Your letter is ready (PDF)."), url)
    case = VisaCase.objects.filter(registration=registration).first()
    if case is not None:
        return GuestTask(
            "visa-letter", title, Progress.WAITING, _("You have asked for a letter. We will mail it to you.")
        )
    url = reverse("registration:ask_letter", args=[token])
    return GuestTask(
        "visa-letter", title, Progress.OPEN, _("Only if you need a visa: ask for a letter that supports it."), url
    )


def attendance_task(registration: Registration, token: str) -> GuestTask | None:
    """Load the certificate of attendance, once there is one."""
    event = registration.event
    if registration.state != State.APPROVED or event.starts_on > event.local(timezone.now()).date():
        return None  # nobody has been there yet: the page need not ask
    letter = Letter.objects.of_registration(registration.pk, LetterKind.ATTENDANCE).first()
    if letter is None:
        return None
    url = reverse("registration:my_letter", args=[token, letter.pk])
    return GuestTask(
        "attendance", _("Certificate of attendance"), Progress.DONE, _("Your certificate is ready (PDF)."), url
    )


def letters_panel(registration: Registration, user: User) -> DossierPanel | None:
    """Invitation, letters and departure of one guest."""
    sees_guests, sees_cases = user.has_perm("registration.view_invitation"), user.has_perm("registration.view_visacase")
    invitation = Invitation.objects.filter(registration=registration).first() if sees_guests else None
    companion = (
        Companion.objects.select_related("invitation").filter(registration=registration).first()
        if sees_guests
        else None
    )
    case = VisaCase.objects.filter(registration=registration).first() if sees_cases else None
    if not (invitation or companion or case):
        return None
    return DossierPanel(
        "letters",
        _("Invitation and letters"),
        "letters_admin/panel.html",
        {"invitation": invitation, "host": companion.invitation if companion else None, "case": case},
    )
