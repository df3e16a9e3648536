"""Verbs of check-in, by subject: credentials and their keys, devices, scans. Callers import them from here."""

from checkin.actions.attendance import end_excuses, excuse_guests
from checkin.actions.checkpoints import save_checkpoint
from checkin.actions.credentials import (
    ensure_signing_key,
    issue_credentials,
    reprint_badge,
    withdraw_credentials,
)
from checkin.actions.designs import remove_design, save_design
from checkin.actions.devices import (
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    EnrolmentRefused,
    add_device,
    code_digest,
    enrol_device,
    enrol_directly,
    note_contact,
    renew_enrolment,
    revoke_device,
    token_digest,
)
from checkin.actions.rights import grant_rights, remove_right, save_right
from checkin.actions.scans import ScanAnswer, ScanRequest, TooBusy, record_scans

__all__ = [
    "CodeExpired",
    "CodeUnknown",
    "CodeUsed",
    "EnrolmentRefused",
    "ScanAnswer",
    "ScanRequest",
    "TooBusy",
    "add_device",
    "code_digest",
    "end_excuses",
    "enrol_device",
    "enrol_directly",
    "ensure_signing_key",
    "excuse_guests",
    "grant_rights",
    "issue_credentials",
    "note_contact",
    "record_scans",
    "remove_design",
    "remove_right",
    "renew_enrolment",
    "reprint_badge",
    "revoke_device",
    "save_checkpoint",
    "save_design",
    "save_right",
    "token_digest",
    "withdraw_credentials",
]
