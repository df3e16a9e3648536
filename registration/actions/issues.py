"""A guest's problem: raised, taken on, answered, solved, taken up again. Guests and staff use the same verbs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plenary.core.actions import GUEST, Actor, next_number, record_history
from registration import emails
from registration.actions.posting import post_to_guest
from registration.actions.transitions import Refused
from registration.models import ContactNote, Issue, IssueEntry, Registration
from registration.rules import Who
from registration.rules.issues import AT_MOST_OPEN, OPEN, IssueState, Urgency, due_by, may_step

Author = IssueEntry.Author


@transaction.atomic
def raise_issue(
    *,
    registration_id: UUID,
    subject: str,
    text: str,
    by: Actor = GUEST,
    urgency: str = Urgency.NORMAL,
    origin: UUID | None = None,
) -> Issue:
    """Note a problem and tell the guest its number. The same `origin` again answers the first one. Raises Refused."""
    registration = Registration.objects.with_event().select_for_update(of=("self",)).get(pk=registration_id)
    if origin and (known := Issue.objects.filter(origin=origin, registration=registration).first()):
        return known
    by_guest = by.user is None
    if by_guest and Issue.objects.of_guest(registration).open().count() >= AT_MOST_OPEN:
        raise Refused(_("You have several open problems here already. Add to one of them instead."))
    now = timezone.now()
    issue = Issue(
        event=registration.event,
        registration=registration,
        number=next_number(f"issue:{registration.event_id}"),
        subject=subject,
        urgency=urgency,
        by_guest=by_guest,
        due_at=due_by(now, urgency),
        origin=origin or uuid4(),
        created_at=now,
    )
    try:
        with transaction.atomic():
            issue.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("This was sent before. Look at your problems below.")) from error
    _add(issue, text, by=by, author=Author.GUEST if by_guest else Author.STAFF, at=now)
    record_history(issue, verb="issue_raised", by=by, event=issue.event, data={"urgency": urgency})
    post_to_guest(emails.issue_raised(issue), registration, occasion=f"issue:{issue.pk}:raised")
    return issue


@transaction.atomic
def change_issue(
    *,
    issue_id: UUID,
    by: Actor,
    owner: User | None,
    due_at: datetime,
    urgency: str,
    expected_version: int | None = None,
) -> Issue:
    """Give a problem an owner, a day and an urgency; taking on what was only raised puts it in work. Raises Refused."""
    issue = _lock(issue_id, expected_version)
    changed = [
        name
        for name, value in (("owner", owner), ("due_at", due_at), ("urgency", urgency))
        if getattr(issue, name) != value
    ]
    if not changed:
        return issue
    issue.owner, issue.due_at, issue.urgency = owner, due_at, urgency
    if owner and issue.state == IssueState.RAISED:
        issue.state = IssueState.IN_WORK
    _save(issue)
    record_history(issue, verb="issue_assigned", by=by, event=issue.event, data={"fields": changed})
    return issue


@transaction.atomic
def write_on_issue(
    *,
    issue_id: UUID,
    by: Actor,
    text: str,
    to: IssueState | None = None,
    to_guest: bool = True,
    expected_version: int | None = None,
) -> Issue:
    """Staff answers the guest, by mail in the guest's language, or notes something among staff; and moves the problem on.

    Solving always tells the guest. Raises Refused where the step is not allowed, or somebody else was quicker.
    """
    issue = _lock(issue_id, expected_version)
    before = issue.state
    if to and to != issue.state:
        _move(issue, to, Who.OFFICER)
    tells = to_guest or (to == IssueState.SOLVED and before != IssueState.SOLVED)
    if not text and not (to and to != before):
        raise Refused(_("Write something, or choose another state."))
    if text:
        _add(issue, text, by=by, author=Author.STAFF if tells else Author.NOTE)
    _save(issue)
    record_history(
        issue, verb="issue_answered" if tells else "issue_noted", by=by, event=issue.event,
        data={"from": before, "to": issue.state},
    )  # fmt: skip
    if to == IssueState.SOLVED and before != IssueState.SOLVED:
        mail = emails.issue_solved(issue, text)
    elif tells and text:
        mail = emails.issue_answered(issue, text)
    else:
        return issue
    post_to_guest(mail, issue.registration, occasion=f"issue:{issue.pk}:{issue.version}")
    return issue


@transaction.atomic
def guest_writes_on_issue(*, issue_id: UUID, registration_id: UUID, text: str, solved: bool = False) -> Issue:
    """The guest adds something, which makes it staff's turn again, or says that it is solved. Raises Refused."""
    issue = _lock(issue_id, None, registration_id=registration_id)
    before = issue.state
    if solved:
        if issue.state in OPEN:
            _move(issue, IssueState.SOLVED, Who.GUEST)
    elif issue.state in {IssueState.WAITING, IssueState.SOLVED}:
        _move(issue, IssueState.IN_WORK, Who.GUEST)
    elif issue.state == IssueState.DROPPED:
        raise Refused(_("This problem is closed. Tell us about it anew, if it is there again."))
    if text:
        _add(issue, text, by=GUEST, author=Author.GUEST)
    _save(issue)
    record_history(
        issue, verb="issue_guest_wrote", by=GUEST, event=issue.event, data={"from": before, "to": issue.state}
    )
    return issue


@transaction.atomic
def note_contact(note: ContactNote, *, by: Actor) -> ContactNote:
    """Keep a note of a call or a meeting, with a guest or with anybody else. Notes are added, never changed."""
    note.author, note.author_label = by.user, by.label[:120]
    note.save(force_insert=True)
    record_history(note.registration or note.event, verb="contact_noted", by=by, event=note.event,
                   data={"channel": note.channel})  # fmt: skip
    return note


def _lock(issue_id: UUID, expected_version: int | None, **facts: UUID) -> Issue:
    found = Issue.objects.select_for_update(of=("self",)).select_related(
        "registration__event__venue", "registration__category", "event"
    )
    issue = found.get(pk=issue_id, **facts)
    if expected_version is not None and issue.version != expected_version:
        raise Refused(_("Somebody else has changed this problem in the meantime. Look at it again."))
    return issue


def _move(issue: Issue, to: IssueState, who: Who) -> None:
    if not may_step(issue.state, to, who):
        raise Refused(
            _("This problem is “%(state)s”: it cannot become “%(target)s”.")
            % {"state": issue.get_state_display(), "target": to.label}
        )
    issue.state = to
    issue.solved_at = timezone.now() if to == IssueState.SOLVED else None


def _save(issue: Issue) -> None:
    issue.version += 1
    issue.save(update_fields=["state", "solved_at", "owner", "due_at", "urgency", "version", "changed_at"])


def _add(issue: Issue, text: str, *, by: Actor, author: str, at: datetime | None = None) -> IssueEntry:
    return IssueEntry.objects.create(
        issue=issue, author=author, author_label=by.label[:120], text=text, at=at or timezone.now()
    )
