"""Personal fields of data protection itself: consents, requests, and certificates that name nobody."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

PROOF = _("To prove who agreed to what and who answered a request")

RECORDS = (
    ModelRecord("registration.retentionrule", impersonal=impersonal("retention days in_force_from source")),
    ModelRecord(
        "registration.consent",
        personal=personal(
            "given_at withdrawn_at", DataClass.TECHNICAL, PROOF, Retention.YEARS_5, Basis.LAW, Erasure.KEEP
        ),
        impersonal=impersonal("registration purpose wording version language source acted_on_at"),
        guest="registration",
        event="registration__event",
    ),
    ModelRecord(
        "registration.erasurerequest",
        personal=(
            *personal("text", DataClass.CONTACT, PROOF, Retention.DAYS_90),
            *personal("officer officer_label", DataClass.TECHNICAL, PROOF, Retention.YEARS_5, Basis.LAW, Erasure.KEEP),
        ),
        impersonal=impersonal("registration state answer certificate created_at due_at decided_at"),
        guest="registration",
        event="registration__event",
        withheld={"officer": _("names an employee"), "officer_label": _("names an employee")},
    ),
    ModelRecord(
        "registration.erasurecertificate",
        impersonal=impersonal("number event cause salt content digest started_at finished_at"),
    ),
    ModelRecord("registration.erasurebatch", impersonal=impersonal("certificate model fields rule way subjects at")),
    ModelRecord("registration.answererasure", impersonal=impersonal("event key at")),
)
