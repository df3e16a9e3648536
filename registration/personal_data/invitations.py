"""Personal fields of invitations, letters and visas."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal
from registration.personal_data.people import FILE_FACTS, FILE_FIELDS

INVITE = _("To invite a person and to know the answer")
RISK = _("To decide whether a prominent person can be received safely")
LETTER = _("To support a visa, and to prove what was written")
STAY = _("To follow an entry permit until the guest has left, as the law asks")

RECORDS = (
    ModelRecord(
        "registration.riskassessment",
        personal=personal(FILE_FIELDS, DataClass.ASSESSMENT, RISK, Retention.YEAR_1, Basis.INTEREST, Erasure.DELETE),
        impersonal=impersonal(FILE_FACTS),
        event="invitation__event",
        besides=("invitation__registration",),
    ),
    ModelRecord(
        "registration.guestlistfile",
        personal=(
            *personal(FILE_FIELDS, DataClass.CONTACT, INVITE, Retention.EVENT, erasure=Erasure.DELETE),
            *personal("sent_by", DataClass.TECHNICAL, INVITE, Retention.EVENT, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal(f"{FILE_FACTS} event imported_at"),
        event="event",
    ),
    ModelRecord(
        "registration.invitation",
        personal=(
            *personal("email reply_text", DataClass.CONTACT, INVITE, Retention.DAYS_90),
            *personal("email_index", DataClass.CONTACT, INVITE, Retention.DAYS_90, erasure=Erasure.PSEUDONYM),
            *personal("salutation latin_name organisation job_title", DataClass.PROFESSIONAL, INVITE, Retention.YEAR_1),
            *personal("name search_text", DataClass.IDENTITY, INVITE, Retention.YEAR_1, erasure=Erasure.PSEUDONYM),
            *personal("note", DataClass.ASSESSMENT, INVITE, Retention.YEAR_1),
            *personal("nationality", DataClass.IDENTITY, INVITE, Retention.FOREVER, Basis.LAW, Erasure.KEEP),
            *personal("sent_by", DataClass.TECHNICAL, INVITE, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal(
            "event category state delivery language prominent assessed_at assessment companions_allowed"
            " companion_category reply_by substitutes_for chain"
            " substitutions sent_at reminded_stage replied_at"
            " reply_noted_at draft registration link_version version created_at changed_at"
        ),
        guest="registration",
        event="event",
        withheld={
            "email_index": _("repeats the address in a form nobody can read"),
            "search_text": _("repeats the name"),
            "sent_by": _("names an employee"),
            "note": _("tells of the judgement of others"),
        },
    ),
    ModelRecord("registration.companion", impersonal=impersonal("invitation place registration created_at")),
    ModelRecord("registration.lettertemplate", impersonal=impersonal("event kind subject body changed_at")),
    ModelRecord("registration.letterseal", impersonal=impersonal(f"{FILE_FIELDS} {FILE_FACTS}")),
    ModelRecord(
        "registration.letterhead",
        personal=personal(
            "signatory signatory_title", DataClass.PUBLIC, LETTER, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP
        ),
        impersonal=impersonal("event institution address seal"),
    ),
    ModelRecord("registration.holiday", impersonal=impersonal("country event day name is_worked")),
    ModelRecord(
        "registration.letterrules",
        impersonal=impersonal("valid_from source visa_letter_days authority_days departure_days reminder_days"),
    ),
    ModelRecord(
        "registration.letter",
        personal=(
            *personal("content", DataClass.IDENTITY, LETTER, Retention.DEPARTURE, Basis.LAW),
            *personal("issued_by", DataClass.TECHNICAL, LETTER, Retention.YEARS_5, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal("event kind number reference language registration invitation issued_at revoked_at"),
        guest="registration",
        event="event",
        withheld={"issued_by": _("names an employee")},
    ),
    ModelRecord(
        "registration.authorityletter",
        personal=personal(FILE_FIELDS, DataClass.DOCUMENT, STAY, Retention.DEPARTURE, Basis.LAW, Erasure.DELETE),
        impersonal=impersonal(FILE_FACTS),
        guest="case__registration",
        event="case__event",
    ),
    ModelRecord(
        "registration.visacase",
        personal=(
            *personal("authority_number", DataClass.TRAVEL, STAY, Retention.DEPARTURE, Basis.LAW),
            *personal("departure departed_on", DataClass.TRAVEL, STAY, Retention.YEARS_5, Basis.LAW, Erasure.KEEP),
        ),
        impersonal=impersonal(
            "registration event requested_at letter_due letter_issued_at authority authority_requested_on authority_due"
            " authority_dated authority_file departure_due version"
        ),
        guest="registration",
        event="event",
    ),
)  # fmt: skip
