"""Papers of a delegation as a whole: handed in, and taken back while the list is open."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from plenary.core.actions import record_history
from registration.actions.delegations import lock_delegation
from registration.actions.nominations import DELEGATION, check_open
from registration.actions.storing import discard, store
from registration.actions.transitions import Refused
from registration.models import DelegationPaper
from registration.uploads import Checked

MOST_PAPERS = 10


@transaction.atomic
def attach_paper(*, delegation_id: UUID, kind: str, checked: Checked) -> DelegationPaper:
    """Hand in a paper of the delegation, at any time. Raises Refused past the limit."""
    delegation = lock_delegation(delegation_id)
    if DelegationPaper.objects.filter(delegation=delegation).count() >= MOST_PAPERS:
        raise Refused(_("At most %(count)d papers are kept. Remove one first.") % {"count": MOST_PAPERS})
    paper = store(DelegationPaper(delegation=delegation, kind=kind), checked)
    record_history(delegation, verb="paper_added", by=DELEGATION, event=delegation.event, data={"kind": kind})
    return paper


@transaction.atomic
def remove_paper(*, delegation_id: UUID, paper_id: UUID) -> None:
    """Take a paper back while the list is open. Raises Refused, DoesNotExist."""
    delegation = lock_delegation(delegation_id)
    check_open(delegation)
    paper = DelegationPaper.objects.get(pk=paper_id, delegation=delegation)
    record_history(delegation, verb="paper_removed", by=DELEGATION, event=delegation.event, data={"kind": paper.kind})
    discard(paper)
