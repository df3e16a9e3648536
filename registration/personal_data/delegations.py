"""Personal fields of delegations: their focal points, their papers, and members half filled in."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import DataClass, Erasure, ModelRecord, Retention, impersonal, personal
from registration.personal_data.people import FILE_FACTS, FILE_FIELDS

FOCAL = _("To work with whoever registers a delegation")

RECORDS = (
    ModelRecord(
        "registration.delegation",
        personal=(
            *personal("focal_name focal_title email email_index", DataClass.CONTACT, FOCAL, Retention.YEAR_1),
            *personal("search_text", DataClass.CONTACT, FOCAL, Retention.YEAR_1),
            *personal("note", DataClass.ASSESSMENT, FOCAL, Retention.YEAR_1),
        ),
        impersonal=impersonal(
            "event name country language deadline reserve_order link_version link_sent_at link_revoked_at reminded_at"
            " confirmed_at news_since version created_at"
        ),
        event="event",
    ),
    ModelRecord("registration.delegationquota", impersonal=impersonal("delegation category places taken")),
    ModelRecord(
        "registration.delegationpaper",
        personal=personal(
            FILE_FIELDS, DataClass.DOCUMENT, _("To accept credentials"), Retention.YEAR_1, erasure=Erasure.DELETE
        ),
        impersonal=impersonal(f"{FILE_FACTS} delegation kind"),
        event="delegation__event",
    ),
    ModelRecord(
        "registration.memberdraft",
        personal=personal(
            "content", DataClass.IDENTITY, _("To keep what a focal point typed for a member"), Retention.DAYS_30,
            erasure=Erasure.DELETE,
        ),
        impersonal=impersonal("member changed_at"),
        guest="member",
        event="member__event",
    ),
)  # fmt: skip
