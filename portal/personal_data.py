"""The personal fields of the portal: public biographies and portraits of those on the programme."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

RECORDS = (
    *(
        ModelRecord(f"portal.{name}", impersonal=impersonal(f"page_ptr {fields}"))
        for name, fields in {
            "homepage": "intro",
            "eventpage": "event tagline intro body hero",
            "agendapage": "intro",
            "sessionpage": "session subtitle abstract description",
            "speakerspage": "intro",
            "informationpage": "intro body",
            "newsindexpage": "intro",
            "newspage": "date summary body",
        }.items()
    ),
    ModelRecord(
        "portal.speakerpage",
        personal=personal(
            "biography portrait", DataClass.PUBLIC, _("To introduce a speaker to the public"), Retention.FOREVER,
            Basis.CONSENT, Erasure.KEEP,
        ),
        impersonal=impersonal("page_ptr person"),
    ),
)  # fmt: skip
