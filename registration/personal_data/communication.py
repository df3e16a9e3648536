"""Personal fields of communication: consents to short messages, notes of calls, guests' problems."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

HELP = _("To help a guest and to know what was said")
AUTHOR = _("Which member of staff answers for it")

RECORDS = (
    ModelRecord(
        "registration.messagetemplate",
        impersonal=impersonal("event kind channel language subject body button changed_at"),
    ),
    ModelRecord(
        "registration.mailing",
        impersonal=impersonal(
            "event name channel audience subject body state send_at cursor expected written left_out claimed_until"
            " created_at started_at finished_at"
        ),
    ),
    ModelRecord(
        "registration.reminder", impersonal=impersonal("event name channel audience subject body anchor days active")
    ),
    ModelRecord(
        "registration.textconsent",
        personal=personal(
            "number", DataClass.CONTACT, _("To send short messages to those who agreed"), Retention.EVENT, Basis.CONSENT
        ),
        impersonal=impersonal("registration given_at withdrawn_at"),
        guest="registration",
        event="registration__event",
    ),
    ModelRecord(
        "registration.contactnote",
        personal=(
            *personal("contact text", DataClass.CONTACT, HELP, Retention.DAYS_90, erasure=Erasure.DELETE),
            *personal("author author_label", DataClass.TECHNICAL, AUTHOR, Retention.DAYS_90, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal("event registration channel happened_at created_at"),
        guest="registration",
        event="event",
        withheld={"author": _("names an employee"), "author_label": _("names an employee")},
    ),
    ModelRecord(
        "registration.issue",
        personal=(
            *personal("subject", DataClass.CONTACT, HELP, Retention.DAYS_90),
            *personal("owner", DataClass.TECHNICAL, AUTHOR, Retention.DAYS_90, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal(
            "event registration number state urgency by_guest due_at origin version created_at changed_at solved_at"
        ),
        guest="registration",
        event="event",
        withheld={"owner": _("names an employee")},
    ),
    ModelRecord(
        "registration.issueentry",
        personal=(
            *personal("text", DataClass.CONTACT, HELP, Retention.DAYS_90, erasure=Erasure.DELETE),
            *personal("author_label", DataClass.TECHNICAL, AUTHOR, Retention.DAYS_90, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal("issue author at"),
        guest="issue__registration",
        event="issue__event",
        withheld={"author_label": _("names an employee")},
    ),
)  # fmt: skip
