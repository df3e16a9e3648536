"""The personal fields of the core, and of the accounts of staff."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import (
    ABOUT,
    Basis,
    DataClass,
    Erasure,
    ModelRecord,
    Retention,
    impersonal,
    personal,
)

_TRACE = _("Who did it, so that decisions can be accounted for")
_MAIL = _("To tell guests and staff what was decided, and to prove that they were told")
_ACCOUNT = _("To let staff in and to name them where they act")

RECORDS = (
    ModelRecord(
        "core.historyentry",
        personal=(
            *personal("actor actor_label", DataClass.TECHNICAL, _TRACE, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP),
            *personal(
                "reason", DataClass.ASSESSMENT, _("Why it was decided"), Retention.YEAR_1, Basis.INTEREST, Erasure.BLANK
            ),
        ),
        impersonal=impersonal("subject_type subject_id event verb data at"),
        guest=ABOUT,
        event="event",
        withheld={"actor": _("names an employee; the role is told"), "actor_label": _("the role is told")},
    ),
    ModelRecord(
        "core.message",
        personal=(
            *personal("recipient", DataClass.CONTACT, _MAIL, Retention.DAYS_90),
            *personal("subject text html", DataClass.CONTACT, _MAIL, Retention.DAYS_90),
            *personal("provider_id error", DataClass.TECHNICAL, _MAIL, Retention.DAYS_90),
        ),
        impersonal=impersonal(
            "kind event subject_type subject_id channel language attachments occasion batch state attempts"
            " next_attempt_at claimed_until created_at sent_at delivery delivery_at"
        ),
        guest=ABOUT,
        event="event",
    ),
    ModelRecord(
        "core.failingaddress",
        personal=personal(
            "index reason since", DataClass.TECHNICAL, _("To write to no address that fails"), Retention.CONSENT,
            Basis.INTEREST, Erasure.KEEP,
        ),
    ),
    ModelRecord(
        "core.accesslog",
        personal=personal(
            "actor actor_label", DataClass.TECHNICAL, _("Who looked at whose data"), Retention.YEARS_10, Basis.LAW,
            Erasure.KEEP,
        ),
        impersonal=impersonal("subject_type subject_id event part detail at"),
        guest=ABOUT,
        event="event",
        withheld={"actor": _("names an employee; the role is told"), "actor_label": _("the role is told")},
    ),
    ModelRecord("core.idempotentrequest", impersonal=impersonal("scope key fingerprint status answer created_at")),
    ModelRecord("core.publicgeneration", impersonal=impersonal("number")),
    ModelRecord("core.heartbeat", impersonal=impersonal("name at")),
    ModelRecord("core.numbering", impersonal=impersonal("series last")),
    ModelRecord(
        "auth.user",
        personal=(
            *personal(
                "username first_name last_name email", DataClass.CONTACT, _ACCOUNT, Retention.ACCOUNT,
                erasure=Erasure.KEEP,
            ),
            *personal("password", DataClass.TECHNICAL, _ACCOUNT, Retention.ACCOUNT, erasure=Erasure.KEEP),
            *personal("last_login date_joined", DataClass.TECHNICAL, _ACCOUNT, Retention.ACCOUNT, erasure=Erasure.KEEP),
        ),
        impersonal=impersonal("is_superuser is_staff is_active"),
    ),
)  # fmt: skip
