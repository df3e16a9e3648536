"""Personal fields of travel documents, portraits and letters of assignment: gone as soon as the journey is over."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal
from registration.personal_data.people import FILE_FACTS, FILE_FIELDS

PASSPORT = _("To check identity, support a visa and report guests as the law asks")
FACE = _("To print the badge and recognise the guest at the door")

RECORDS = (
    ModelRecord(
        "registration.traveldocument",
        personal=personal(
            "kind number number_index issuing_country nationality surname given_names birth_date sex issued_on expires_on"
            " zone",
            DataClass.DOCUMENT, PASSPORT, Retention.DEPARTURE, Basis.LAW, Erasure.DELETE,
        ),
        impersonal=impersonal("registration version created_at changed_at"),
        guest="registration",
        event="registration__event",
        withheld={"number_index": _("repeats the number in a form nobody can read")},
    ),
    ModelRecord(
        "registration.documentscan",
        personal=personal(FILE_FIELDS, DataClass.DOCUMENT, PASSPORT, Retention.DEPARTURE, Basis.LAW, Erasure.DELETE),
        impersonal=impersonal(f"{FILE_FACTS} registration"),
        guest="registration",
        event="registration__event",
    ),
    ModelRecord(
        "registration.portrait",
        personal=personal(f"{FILE_FIELDS} crop", DataClass.DOCUMENT, FACE, Retention.DAYS_30, erasure=Erasure.DELETE),
        impersonal=impersonal(f"{FILE_FACTS} registration"),
        guest="registration",
        event="registration__event",
    ),
    ModelRecord(
        "registration.portraitexemption",
        personal=(
            *personal("reason", DataClass.HEALTH, _("To let a guest in who gives no portrait"), Retention.DAYS_30,
                      erasure=Erasure.DELETE),
            *personal("officer officer_label", DataClass.TECHNICAL, _("Which officer answers for a decision"),
                      Retention.DAYS_30, Basis.INTEREST, Erasure.KEEP),
        ),
        impersonal=impersonal("registration created_at"),
        guest="registration",
        event="registration__event",
        withheld={"officer": _("names an employee"), "officer_label": _("names an employee")},
    ),
    ModelRecord(
        "registration.assignmentletter",
        personal=personal(
            FILE_FIELDS, DataClass.PROFESSIONAL, _("To accredit a journalist"), Retention.DAYS_90, erasure=Erasure.DELETE
        ),
        impersonal=impersonal(f"{FILE_FACTS} registration"),
        guest="registration",
        event="registration__event",
    ),
)  # fmt: skip
