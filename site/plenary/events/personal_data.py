"""The personal fields of events: who contributes in public, and which accounts work where."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

_PROGRAMME = _("To announce who contributes to the programme")

RECORDS = (
    ModelRecord("events.venue", impersonal=impersonal("name address city country latitude longitude")),
    ModelRecord(
        "events.event",
        impersonal=impersonal(
            "slug number name acronym starts_on ends_on time_zone day_change venue approval published accent contact_email"
            " source_language programme_changed_at interchange mail_edition"
        ),
    ),
    ModelRecord(
        "events.eventstaff",
        personal=personal("user", DataClass.TECHNICAL, _("To keep staff to their events"), Retention.ACCOUNT,
                          erasure=Erasure.KEEP),
        impersonal=impersonal("event"),
    ),
    ModelRecord("events.room", impersonal=impersonal("event guid slug name capacity position step_free interchange")),
    ModelRecord("events.track", impersonal=impersonal("event slug name colour position interchange")),
    ModelRecord(
        "events.person",
        personal=personal(
            "slug name latin_name affiliation country", DataClass.PUBLIC, _PROGRAMME, Retention.FOREVER, Basis.CONSENT,
            Erasure.KEEP,
        ),
        impersonal=impersonal("event guid interchange"),
        event="event",
    ),
    ModelRecord(
        "events.session",
        impersonal=impersonal(
            "event guid slug working_title starts_at duration room track kind spoken_language state recorded revision"
            " changed_at interchange"
        ),
    ),
    ModelRecord("events.sessionperson", impersonal=impersonal("session person role position")),
)  # fmt: skip
