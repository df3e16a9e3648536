"""Personal fields of payments: what tax law keeps is kept for its time and no longer."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

PAY = _("To take and account for a payment")
INVOICE = _("To write and keep invoices, as tax law asks")

RECORDS = (
    ModelRecord(
        "registration.fee",
        impersonal=impersonal(
            "event label amount_minor currency vat_rate is_supplement first_day last_day condition code position"
        ),
    ),
    ModelRecord(
        "registration.sponsorship",
        personal=personal("payer address", DataClass.FINANCIAL, INVOICE, Retention.YEARS_10, Basis.LAW),
        impersonal=impersonal("event delegation method organisation organisation_key registration places used created_at"),
        event="event",
    ),
    ModelRecord(
        "registration.order",
        personal=personal("billing", DataClass.FINANCIAL, INVOICE, Retention.YEARS_10, Basis.LAW),
        impersonal=impersonal(
            "event registration reference state lines currency total_minor paid_minor refunded_minor due_at reminded_at"
            " overdue_at sponsorship created_at paid_at"
        ),
        guest="registration",
        event="event",
    ),
    ModelRecord(
        "registration.paymentattempt",
        personal=personal("url return_to session_id", DataClass.TECHNICAL, PAY, Retention.DAYS_90,
                          erasure=Erasure.DELETE),
        impersonal=impersonal("order state amount_minor currency language created_at expires_at"),
        guest="order__registration",
        event="order__event",
        withheld={
            "url": _("opens a page at the payment service"),
            "return_to": _("an address of ours"),
            "session_id": _("means nothing to a person"),
        },
    ),
    ModelRecord(
        "registration.payment",
        personal=(
            *personal("reference", DataClass.FINANCIAL, INVOICE, Retention.YEARS_10, Basis.LAW),
            *personal("recorded_by", DataClass.TECHNICAL, PAY, Retention.YEARS_10, Basis.LAW, Erasure.KEEP),
        ),
        impersonal=impersonal(
            "order attempt method amount_minor refunded_minor currency payout flag received_at recorded_at"
        ),
        guest="order__registration",
        event="order__event",
        withheld={"recorded_by": _("names an employee")},
    ),
    ModelRecord(
        "registration.refund",
        personal=(
            *personal("reason", DataClass.FINANCIAL, PAY, Retention.YEARS_10, Basis.LAW),
            *personal("asked_by", DataClass.TECHNICAL, PAY, Retention.YEARS_10, Basis.LAW, Erasure.KEEP),
        ),
        impersonal=impersonal("payment order state amount_minor currency reference created_at done_at"),
        guest="order__registration",
        event="order__event",
        withheld={"asked_by": _("names an employee")},
    ),
    ModelRecord(
        "registration.dispute",
        impersonal=impersonal("payment reference state reason amount_minor currency told_at opened_at"),
    ),
    ModelRecord(
        "registration.stripeevent",
        impersonal=impersonal("event_id kind created received_at handled_at outcome intent facts"),
    ),
    ModelRecord(
        "registration.financialdocument",
        personal=personal("content", DataClass.FINANCIAL, INVOICE, Retention.YEARS_10, Basis.LAW),
        impersonal=impersonal(
            "order sponsorship payment refund credits kind series number language currency total_minor issued_at"
        ),
        guest="order__registration",
        event="order__event",
    ),
)  # fmt: skip
