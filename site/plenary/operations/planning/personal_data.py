"""The personal fields of planning: who submitted and who judged."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

_APPROVAL = _("Who answers for an approval")

RECORDS = (
    ModelRecord(
        "planning.plan",
        impersonal=impersonal("event purpose theme outcomes participants publicity safety created_at changed_at"),
    ),
    ModelRecord(
        "planning.submission",
        personal=personal("submitted_by", DataClass.TECHNICAL, _APPROVAL, Retention.YEARS_30, Basis.LAW, Erasure.KEEP),
        impersonal=impersonal("plan number content submitted_at"),
    ),
    ModelRecord(
        "planning.opinion",
        personal=personal(
            "given_by given_by_label", DataClass.TECHNICAL, _APPROVAL, Retention.YEARS_30, Basis.LAW, Erasure.KEEP
        ),
        impersonal=impersonal("submission department verdict remark given_at"),
    ),
)
