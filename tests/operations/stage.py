"""What the demonstration has none of and an address of the office opens: made here, so that the walk opens it too."""

from datetime import date
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.utils import timezone

from checkin.actions import add_device, save_right
from checkin.designs import Pile
from checkin.models import BadgeDesign, Checkpoint, Credential, PrintedFile, PrintRun, Right, Scan
from checkin.rules import Outcome, Reason
from plenary.core.actions import SYSTEM
from plenary.events.models import Event, EventStaff
from registration.actions import Particulars, attach_paper, nominate
from registration.actions.changes import ask_for_change
from registration.actions.drafts import attach_upload
from registration.actions.invitations import attach_assessment
from registration.actions.storing import store
from registration.actions.visas import note_authority
from registration.models import (
    Delegation,
    DelegationPaper,
    Holiday,
    Invitation,
    LetterRules,
    Question,
    Registration,
    VisaCase,
)
from registration.rules import State
from registration.rules.delegations import Stage
from registration.uploads import Checked
from tests.operations.walk import first_of
from tests.registration.files import pdf

PAPER = Checked("paper.pdf", "application/pdf", pdf())


def complete(event: Event) -> None:
    """One of each: a phone, an entry of staff, rules, and every kind of paper."""
    phone, _code = add_device(event=event, name="A phone of the walk", by=SYSTEM)
    save_right(Right(event=event, name={"en": "Right of the walk"}), categories=[], by=SYSTEM)
    BadgeDesign.objects.create(event=event, name="Design of the walk")
    now = timezone.now()
    Scan.objects.create(
        id=UUID(int=4),
        event=event,
        device=phone,
        checkpoint=Checkpoint.objects.get(event=event, slug="main"),
        credential=first_of(Credential.objects.filter(event=event)),
        verdict=Outcome.CONFLICT,
        reason=Reason.DUPLICATE,
        scanned_at=now,
        received_at=now,
        offline=True,
    )
    badge = first_of(Credential.objects.filter(event=event))
    run = PrintRun.objects.create(event=event, pile=Pile.NAME, badges=[badge.pk], printed=1, state=PrintRun.State.DONE)
    store(PrintedFile(run=run, first=1, last=1), PAPER)
    EventStaff.objects.create(event=event, user=User.objects.create_user("of the forum alone", password=None))
    LetterRules.objects.create(valid_from=date(2026, 1, 1), source="Walk")
    delegation = first_of(Delegation.objects.filter(event=event))
    attach_paper(delegation_id=delegation.pk, kind=DelegationPaper.Kind.CREDENTIALS, checked=PAPER)
    name_one_too_many(next(one for one in Delegation.objects.filter(event=event) if one.stage() == Stage.OPEN))
    attach_assessment(
        invitation_id=first_of(Invitation.objects.filter(event=event, prominent=True)).pk, checked=PAPER, by=SYSTEM
    )
    case = first_of(VisaCase.objects.filter(event=event))
    note_authority(
        case_id=case.pk, state=VisaCase.Authority.RECEIVED, number="1", dated=date(2026, 1, 2), checked=PAPER, by=SYSTEM
    )
    question = Question.objects.get(event=event, kind=Question.Kind.FILE, key="assignment-letter")
    reporter = Registration.objects.filter(event=event, category__in=question.categories.all(), state=State.APPROVED)
    attach_upload(owner=first_of(reporter), question=question, checked=PAPER)
    ask_for_change(
        registration_id=first_of(reporter).pk, question=question, value=None, reason="A newer one", checked=PAPER
    )
    Holiday.objects.create(event=event, day=event.starts_on, name={"en": "Day of the walk"})


def name_one_too_many(delegation: Delegation) -> None:
    """A member who waits for a place. The name keeps them behind everybody else, whom the other addresses open."""
    quota = first_of(delegation.quotas.all())
    quota.places = quota.taken
    quota.save(update_fields=["places"])
    person = Particulars(email="", name="Zz Who Waits", nationality="KE")
    nominate(delegation_id=delegation.pk, category=quota.category, person=person, origin=uuid4())
