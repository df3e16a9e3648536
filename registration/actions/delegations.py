"""What staff do with delegations: add and change them, send, renew and revoke their links, remind, reopen, decide, tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_countries import countries

from plenary.core.actions import SYSTEM, Actor, record_history
from plenary.core.models import HistoryEntry
from plenary.core.names import normalise_email, search_text
from registration import emails
from registration.actions.posting import post
from registration.actions.reserve import fill_from_reserve
from registration.actions.transitions import Refused
from registration.actions.vetting import DecisionReport, decide
from registration.models import Category, Delegation, DelegationQuota, Order, Registration
from registration.querysets import address_index
from registration.rules import State

# Steps of the system that are news to a focal point; all others it took itself, or a member did.
TOLD_OF_SYSTEM = [State.APPROVED.value, State.PAYMENT_DUE.value, State.CANCELLED.value]
NEWS_AFTER = timedelta(minutes=10)  # decisions of one sitting reach the focal point in one mail


@transaction.atomic
def save_delegation(delegation: Delegation, *, quotas: Mapping[Category, int], by: Actor) -> Delegation:
    """Add or change a delegation and its places. Counts of places taken are kept by naming members and never written here.

    A quota may go below what is taken: who is named stays, and nobody new comes. A category with nobody named is
    dropped at nought. Another address revokes the link that the old one has.
    """
    is_new = delegation._state.adding
    index = address_index(delegation.email)
    moved = not is_new and delegation.email_index != index
    delegation.email_index = index
    words = (str(text) for text in delegation.name.values())
    delegation.search_text = search_text(
        *words, str(countries.name(str(delegation.country)) or ""), delegation.focal_name
    )
    if moved:
        close_member_links(delegation.pk)
        delegation.link_version += 1
        delegation.link_sent_at = None
    delegation.version += 1
    delegation.save(force_insert=is_new)
    changed = _save_quotas(delegation, quotas)
    fill_from_reserve(delegation_id=delegation.pk)
    record_history(
        delegation,
        verb="delegation_added" if is_new else "delegation_changed",
        by=by,
        event=delegation.event,
        data={"places": changed, "address_changed": moved},
    )
    return delegation


def _save_quotas(delegation: Delegation, quotas: Mapping[Category, int]) -> dict[str, int]:
    held = {quota.category_id: quota for quota in DelegationQuota.objects.filter(delegation=delegation)}
    changed: dict[str, int] = {}
    for category, places in quotas.items():
        quota = held.get(category.pk)
        if quota is None and places:
            DelegationQuota.objects.create(delegation=delegation, category=category, places=places)
        elif quota is not None and quota.places != places:
            DelegationQuota.objects.filter(pk=quota.pk).update(places=places)
        else:
            continue
        changed[category.slug] = places
    DelegationQuota.objects.filter(delegation=delegation, places=0, taken=0).delete()
    return changed


def lock_delegation(delegation_id: UUID) -> Delegation:
    """The row, locked: whoever changes the list waits for whoever confirms it. After the member's row, never before."""
    return Delegation.objects.with_event().select_for_update(of=("self",)).get(pk=delegation_id)


def post_to_delegation(mail: emails.Mail, delegation: Delegation, *, occasion: str) -> None:
    """Queue a mail to the focal point."""
    post(
        mail,
        recipient=delegation.email,
        language=delegation.language,
        about=delegation,
        event=delegation.event,
        occasion=occasion,
    )


@transaction.atomic
def send_workspace_link(*, delegation_id: UUID, by: Actor, renew: bool = False) -> Delegation:
    """Mail the link. Renewed, or after it was revoked, it is another one, and those sent before open nothing."""
    if renew:
        close_member_links(delegation_id)
    delegation = lock_delegation(delegation_id)
    if renew or delegation.link_revoked_at is not None:
        delegation.link_version += 1
    delegation.link_revoked_at = None
    delegation.link_sent_at = timezone.now()
    delegation.save(update_fields=["link_version", "link_revoked_at", "link_sent_at"])
    record_history(delegation, verb="link_renewed" if renew else "link_sent", by=by, event=delegation.event)
    stamp = delegation.link_sent_at.strftime("%Y%m%d%H%M%S")
    post_to_delegation(emails.workspace_link(delegation), delegation, occasion=f"delegation:{delegation.pk}:{stamp}")
    return delegation


def close_member_links(delegation_id: UUID) -> None:
    """Close the pages of members that the workspace links to: whoever had its link may have kept theirs.

    Members who have proved an own address keep theirs, which the workspace never showed. An invitation that is still open
    has to be sent again. Members' rows are locked before the delegation's, as everywhere.
    """
    through = Registration.objects.filter(delegation=delegation_id, confirmed_at=None)
    through.update(link_version=F("link_version") + 1)


@transaction.atomic
def revoke_workspace_link(*, delegation_id: UUID, by: Actor, reason: str = "") -> Delegation:
    """Close every link of the workspace at once, as when one has leaked. Members stay, and the links of those who have
    proved an own address."""
    close_member_links(delegation_id)
    delegation = lock_delegation(delegation_id)
    delegation.link_version += 1
    delegation.link_revoked_at = timezone.now()
    delegation.save(update_fields=["link_version", "link_revoked_at"])
    record_history(delegation, verb="link_revoked", by=by, event=delegation.event, reason=reason.strip())
    return delegation


@transaction.atomic
def reopen_list(*, delegation_id: UUID, deadline: datetime | None, by: Actor, reason: str = "") -> Delegation:
    """Let a delegation change its list again, until a new deadline. Raises Refused for a moment that has passed."""
    if deadline is not None and deadline <= timezone.now():
        raise Refused(_("This deadline has passed already. Choose a later one."))
    delegation = lock_delegation(delegation_id)
    delegation.deadline, delegation.confirmed_at = deadline, None
    delegation.version += 1
    delegation.save(update_fields=["deadline", "confirmed_at", "version"])
    record_history(delegation, verb="list_reopened", by=by, event=delegation.event, reason=reason.strip())
    return delegation


@transaction.atomic
def remind_delegation(*, delegation_id: UUID, by: Actor) -> Delegation:
    """Mail that the list is not confirmed yet. Raises Refused where there is nothing to remind of."""
    delegation = lock_delegation(delegation_id)
    if delegation.confirmed_at is not None:
        raise Refused(_("This list is confirmed: there is nothing to remind of."))
    if delegation.deadline is None:
        raise Refused(_("Set a deadline first: the reminder names it."))
    if delegation.link_revoked_at is not None:
        raise Refused(_("The link of this delegation is revoked. Send a new one first."))
    delegation.reminded_at = timezone.now()
    delegation.save(update_fields=["reminded_at"])
    missing = Registration.objects.filter(delegation=delegation, state=State.NOMINATED).count()
    record_history(delegation, verb="reminded", by=by, event=delegation.event)
    hour = delegation.reminded_at.strftime("%Y%m%d%H")
    mail = emails.delegation_reminder(delegation, missing=missing)
    post_to_delegation(mail, delegation, occasion=f"delegation.reminder:{delegation.pk}:{hour}")
    return delegation


def remind_due(*, limit: int = 200) -> int:
    """Remind every delegation whose deadline comes near; answers how many. One transaction each."""
    due = list(Delegation.objects.to_remind(timezone.now()).values_list("pk", flat=True)[:limit])
    for delegation_id in due:
        remind_delegation(delegation_id=delegation_id, by=SYSTEM)
    return len(due)


def decide_members(
    *,
    delegation_id: UUID,
    member_ids: Iterable[UUID],
    to: State,
    by: Actor,
    reason: str = "",
    expected_version: Mapping[UUID, int] | None = None,
) -> DecisionReport:
    """Decide a delegation as one, or some of its members; then tell the focal point in one mail."""
    own = set(Registration.objects.filter(delegation=delegation_id).values_list("pk", flat=True))
    chosen = [member_id for member_id in member_ids if member_id in own]
    report = decide(chosen, to=to, by=by, reason=reason, expected_version=expected_version)
    if report.done:
        send_digest(delegation_id=delegation_id)
    return report


@transaction.atomic
def send_digest(*, delegation_id: UUID) -> bool:
    """Tell the focal point what was decided since the last time; False where there is nothing to tell."""
    delegation = lock_delegation(delegation_id)
    since = delegation.news_since
    if since is None:
        return False
    delegation.news_since = None
    delegation.save(update_fields=["news_since"])
    members = {str(m.pk): m for m in Registration.objects.filter(delegation=delegation).select_related("category")}
    # A decision notes its news after its history, in one transaction: a minute covers how long that takes.
    decided = Q(actor__isnull=False) | Q(verb__in=TOLD_OF_SYSTEM)
    entries = HistoryEntry.objects.filter(
        decided,
        subject_type=Registration._meta.label_lower,
        subject_id__in=members,
        verb__in=State.values,
        at__gte=since - timedelta(minutes=1),
    )
    reasons = {entry.subject_id: entry.reason for entry in entries.order_by("at", "id")}
    told = [members[key] for key in reasons if members[key].state != State.WITHDRAWN]
    if not told:
        return False
    mail = emails.delegation_decisions(delegation, told, reasons, Order.objects.of_members(m.pk for m in told))
    stamp = since.strftime("%Y%m%d%H%M%S%f")
    post_to_delegation(mail, delegation, occasion=f"delegation.news:{delegation.pk}:{stamp}")
    return True


def send_digests(*, limit: int = 200) -> int:
    """Tell every focal point whose news has waited long enough to be complete; answers how many."""
    waiting = Delegation.objects.with_news(timezone.now() - NEWS_AFTER).values_list("pk", flat=True)
    return sum(send_digest(delegation_id=delegation_id) for delegation_id in list(waiting[:limit]))


def is_focal_address(delegation: Delegation, email: str) -> bool:
    """Whether an address is the focal point's own: then a member has none, and mails come to the focal point anyway."""
    return normalise_email(email) == normalise_email(delegation.email)
