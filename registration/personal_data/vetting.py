"""Personal fields of vetting: verdicts, notes, flags and the watch list."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal
from registration.personal_data.people import FILE_FACTS, FILE_FIELDS

VET = _("To decide whether a person is admitted, and to account for it")
ANSWERS_FOR = _("Which officer answers for a decision")
SECURE = _("To keep an event safe")
_EMPLOYEE = _("names an employee")
_SECURITY = _("telling would defeat the purpose; the authority for data protection may ask")

RECORDS = (
    ModelRecord("registration.categorydesk", impersonal=impersonal("category desk step four_eyes may_veto")),
    ModelRecord("registration.reasoncode", impersonal=impersonal("slug label verdicts needs_text active position")),
    ModelRecord(
        "registration.review",
        personal=(
            *personal("note second_note", DataClass.ASSESSMENT, VET, Retention.YEAR_1),
            *personal("officer second_officer", DataClass.TECHNICAL, ANSWERS_FOR, Retention.FOREVER, Basis.INTEREST,
                      Erasure.KEEP),
        ),
        impersonal=impersonal("registration desk round verdict reason_code at seconded_at closed closed_at"),
        guest="registration",
        event="registration__event",
        withheld={"note": _SECURITY, "second_note": _SECURITY, "officer": _EMPLOYEE, "second_officer": _EMPLOYEE},
    ),
    ModelRecord("registration.deskstanding", impersonal=impersonal("registration desk state since")),
    ModelRecord(
        "registration.watchlistentry",
        personal=personal(
            "names note birth_year nationality source", DataClass.ASSESSMENT, SECURE, Retention.FOREVER, Basis.LAW,
            Erasure.KEEP,
        ),
        impersonal=impersonal("valid_from valid_to created_at origin compared_at"),
    ),
    ModelRecord(
        "registration.watchlistfile",
        personal=(
            *personal(FILE_FIELDS, DataClass.ASSESSMENT, SECURE, Retention.FOREVER, Basis.LAW, Erasure.KEEP),
            *personal("sent_by", DataClass.TECHNICAL, ANSWERS_FOR, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal(FILE_FACTS),
    ),
    ModelRecord(
        "registration.finding",
        personal=(
            *personal("detail key fingerprint score reason", DataClass.ASSESSMENT, SECURE, Retention.YEAR_1, Basis.INTEREST,
                      Erasure.DELETE),
            *personal("officer officer_label", DataClass.TECHNICAL, ANSWERS_FOR, Retention.YEAR_1, Basis.INTEREST,
                      Erasure.KEEP),
        ),
        impersonal=impersonal("registration kind level other entry state found_at decided_at"),
        guest="registration",
        event="registration__event",
        withheld={
            **dict.fromkeys(("detail", "key", "fingerprint", "score", "reason"), _SECURITY),
            "officer": _EMPLOYEE,
            "officer_label": _EMPLOYEE,
        },
    ),
    ModelRecord(
        "registration.matchkey",
        personal=personal("key", DataClass.TECHNICAL, SECURE, Retention.DAYS_90, Basis.INTEREST, Erasure.DELETE),
        impersonal=impersonal("registration entry"),
        guest="registration",
        event="registration__event",
        withheld={"key": _("means nothing to a person")},
    ),
    ModelRecord(
        "registration.hold",
        personal=(
            *personal("reason", DataClass.ASSESSMENT, VET, Retention.YEAR_1),
            *personal("officer", DataClass.TECHNICAL, ANSWERS_FOR, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal("registration until at ended_at"),
        guest="registration",
        event="registration__event",
        withheld={"reason": _SECURITY, "officer": _EMPLOYEE},
    ),
    ModelRecord(
        "registration.internalnote",
        personal=(
            *personal("text about", DataClass.ASSESSMENT, VET, Retention.YEAR_1, erasure=Erasure.DELETE),
            *personal("author author_label", DataClass.TECHNICAL, ANSWERS_FOR, Retention.YEAR_1, Basis.INTEREST,
                      Erasure.KEEP),
        ),
        impersonal=impersonal("registration desk at"),
        guest="registration",
        event="registration__event",
        withheld={"text": _SECURITY, "about": _SECURITY, "author": _EMPLOYEE, "author_label": _EMPLOYEE},
    ),
    ModelRecord(
        "registration.savedfilter",
        personal=personal("officer name query", DataClass.TECHNICAL, _("To keep an officer's own lists"), Retention.ACCOUNT,
                          erasure=Erasure.KEEP),
        impersonal=impersonal("shared"),
    ),
    ModelRecord(
        "registration.informationrequest",
        personal=(
            *personal("text reply", DataClass.ASSESSMENT, VET, Retention.YEAR_1),
            *personal("officer officer_label", DataClass.TECHNICAL, ANSWERS_FOR, Retention.FOREVER, Basis.INTEREST,
                      Erasure.KEEP),
        ),
        impersonal=impersonal("registration desk fields asked_at closed_at answered"),
        guest="registration",
        event="registration__event",
        withheld={"officer": _EMPLOYEE, "officer_label": _EMPLOYEE},
    ),
    ModelRecord(
        "registration.fieldchange",
        personal=(
            *personal("old new", DataClass.IDENTITY, VET, Retention.DAYS_90, erasure=Erasure.DELETE),
            *personal("by", DataClass.TECHNICAL, ANSWERS_FOR, Retention.DAYS_90, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal("registration field material at"),
        guest="registration",
        event="registration__event",
        withheld={"by": _EMPLOYEE},
    ),
)  # fmt: skip
