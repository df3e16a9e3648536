"""What signing up has to know of invitations: which draft grew from one, and what becomes of it once it is sent."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import IntegrityError, transaction

from plenary.core.actions import GUEST, record_history
from registration.actions.locking import lock_then_read
from registration.models import Draft, Invitation, Registration
from registration.querysets import address_index

INVITED = "invitation"  # how such a registration came, and the step of a draft that names the invitation
_KEY = "id"


def draft_content(invitation: Invitation) -> str:
    """What the draft of an invited guest holds at first: the person as the guest list has them, and whose it is."""
    person = {
        "email": [invitation.email],
        "salutation": [invitation.salutation],
        "name": [invitation.name],
        "latin_name": [invitation.latin_name],
        "organisation": [invitation.organisation],
        "job_title": [invitation.job_title],
        "nationality": [str(invitation.nationality)],
    }
    return json.dumps({"you": person, INVITED: {_KEY: [str(invitation.pk)]}}, ensure_ascii=False)


def invitation_behind(draft: Draft) -> Invitation | None:
    """The invitation a draft grew from, locked; None, and no statement, for every other draft."""
    named = json.loads(draft.content or "{}").get(INVITED)
    if not named:
        return None
    mine = Invitation.objects.filter(event=draft.event_id).select_related("registration")
    try:
        return lock_then_read(mine, UUID(named[_KEY][0]))
    except Invitation.DoesNotExist:
        return None


def is_invited_address(invitation: Invitation | None, email: str) -> bool:
    """Whether this is the address the link was mailed to: opening it proved it. Another one has to be confirmed."""
    return invitation is not None and invitation.email_index == address_index(email)


def link_registration(invitation: Invitation | None, registration: Registration) -> bool:
    """Tie a registration to its invitation; answers whether its address counts as proved.

    One that belongs to another invited guest is left to them: two whose mail goes to one office have typed one address,
    and the second is asked on the reply page to complete the registration with another.
    """
    if invitation is None:
        return False
    invitation.registration = registration
    invitation.version += 1
    try:
        with transaction.atomic():
            invitation.save(update_fields=["registration", "version", "changed_at"])
    except IntegrityError:
        return False
    record_history(invitation, verb="registered", by=GUEST, event=registration.event)
    return invitation.email_index == registration.email_index
