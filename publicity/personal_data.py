"""The personal fields of publicity: press contacts on public pages, and which outlet took what."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

_CONTACT = _("So that journalists reach the press office")

RECORDS = (
    ModelRecord("publicity.presskitfile", impersonal=impersonal(
        "translation_key locale sort_order document title caption credit page")),
    ModelRecord("publicity.pressattachment", impersonal=impersonal(
        "translation_key locale sort_order document title caption credit page")),
    ModelRecord(
        "publicity.pressroompage",
        personal=personal(
            "contact_name contact_email contact_phone", DataClass.PUBLIC, _CONTACT, Retention.FOREVER,
            erasure=Erasure.KEEP,
        ),
        impersonal=impersonal("page_ptr intro contact_hours body"),
    ),
    ModelRecord(
        "publicity.pressreleasepage", impersonal=impersonal("page_ptr number released_on embargo_until summary body")
    ),
    ModelRecord(
        "publicity.download",
        personal=personal(
            "registration", DataClass.TECHNICAL, _("Who took a file of the press room"), Retention.YEAR_1, Basis.INTEREST
        ),
        impersonal=impersonal("event document title outlet accredited at"),
        guest="registration",
        event="event",
    ),
)  # fmt: skip
