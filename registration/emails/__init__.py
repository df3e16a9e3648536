"""Mails to guests, in the guest's language, a module for each occasion."""

from registration.emails import payments
from registration.emails.changes import changes_decided
from registration.emails.delegations import decisions as delegation_decisions
from registration.emails.delegations import (
    delegation_token,
    fees_overdue,
    fees_reminder,
    list_confirmed,
    member_invitation,
    member_question,
    member_reminder,
    moved_up,
    workspace_link,
)
from registration.emails.delegations import reminder as delegation_reminder
from registration.emails.guests import guest_token, own_page
from registration.emails.invitations import declined, invitation_token, invite, remind, reply_page, substituted
from registration.emails.issues import issue_answered, issue_raised, issue_solved
from registration.emails.letters import attendance_certificate, visa_letter
from registration.emails.privacy import erased, erasure_refused
from registration.emails.registrations import (
    already_registered,
    confirm_address,
    decision_mail,
    lost_link,
    step_mail,
)
from registration.emails.second_form import second_form_reminder
from registration.emails.setting import Mail, MailText, address, set_mail
from registration.emails.waiting import on_waiting_list

__all__ = [
    "Mail",
    "MailText",
    "address",
    "already_registered",
    "attendance_certificate",
    "changes_decided",
    "confirm_address",
    "decision_mail",
    "declined",
    "delegation_decisions",
    "delegation_reminder",
    "delegation_token",
    "erased",
    "erasure_refused",
    "fees_overdue",
    "fees_reminder",
    "guest_token",
    "invitation_token",
    "invite",
    "issue_answered",
    "issue_raised",
    "issue_solved",
    "list_confirmed",
    "lost_link",
    "member_invitation",
    "member_question",
    "member_reminder",
    "moved_up",
    "on_waiting_list",
    "own_page",
    "payments",
    "remind",
    "reply_page",
    "second_form_reminder",
    "set_mail",
    "step_mail",
    "substituted",
    "visa_letter",
    "workspace_link",
]
