"""The personal fields of check-in: badges and scans name nobody, they point to a registration."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

_PRESENCE = _("Who came through which door, for safety and for the number of participants")
_PRINTING = _("To print many badges at once; removed after a day")

RECORDS = (
    ModelRecord("checkin.signingkey", impersonal=impersonal("event key_id public private created_at")),
    ModelRecord(
        "checkin.credential",
        personal=personal(
            "public_id digest", DataClass.TECHNICAL, _("To recognise a badge"), Retention.FOREVER, Basis.INTEREST,
            Erasure.KEEP,
        ),
        impersonal=impersonal("registration event issue rights granted withdrawn_at printed_at created_at changed_at"),
        guest="registration",
        event="event",
        withheld={"public_id": _("whoever knows it could print the badge"), "digest": _("means nothing to a person")},
    ),
    ModelRecord(
        "checkin.checkpoint",
        impersonal=impersonal(
            "event slug name kind zone session entries pause capacity rights opens_at closes_at mode photos pictogram active"
            " position"
        ),
    ),
    ModelRecord("checkin.right", impersonal=impersonal("event bit name pictogram")),
    ModelRecord(
        "checkin.badgedesign",
        impersonal=impersonal(
            "event name size paper lines photo band accent signs zones two_sided back_text emergency"
        ),
    ),
    ModelRecord("checkin.designedcategory", impersonal=impersonal("design category")),
    ModelRecord(
        "checkin.printrun",
        personal=(
            *personal("badges", DataClass.TECHNICAL, _PRINTING, Retention.DAYS_30, erasure=Erasure.DELETE),
            *personal("by", DataClass.TECHNICAL, _("Who printed badges"), Retention.DAYS_30, Basis.INTEREST),
        ),
        impersonal=impersonal("event category pile printed left_out state started_at claimed_until"),
        event="event",
    ),
    ModelRecord(
        "checkin.printedfile",
        personal=personal(
            "file name digest", DataClass.DOCUMENT, _PRINTING, Retention.DAYS_30, erasure=Erasure.DELETE
        ),
        impersonal=impersonal("run first last media_type size malware_check scan_tried_at created_at"),
        event="run__event",
    ),
    ModelRecord(
        "checkin.device",
        personal=(
            *personal("name", DataClass.TECHNICAL, _("To know which phone is where"), Retention.YEAR_1,
                      erasure=Erasure.PSEUDONYM),
            *personal("created_by", DataClass.TECHNICAL, _("Who enrolled a phone"), Retention.YEAR_1, Basis.INTEREST),
        ),
        impersonal=impersonal(
            "event kind checkpoint enrolment_digest enrolment_expires_at token_digest enrolled_at revoked_at last_seen_at"
            " created_at valid_from valid_until supervisor battery queue_length app_version reported_at"
            " wrong_codes wrong_code_at"
        ),
        event="event",
    ),
    ModelRecord(
        "checkin.scan",
        personal=personal(
            "credential escort scanned_at", DataClass.TECHNICAL, _PRESENCE, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP
        ),
        impersonal=impersonal("event first_scan device checkpoint direction verdict reason received_at offline by_hand"
                              " turned_away"),
        guest="credential__registration",
        event="event",
    ),
    ModelRecord(
        "checkin.supervisorcode",
        personal=personal(
            "name created_by", DataClass.TECHNICAL, _("To know who undid a scan"), Retention.YEAR_1, Basis.INTEREST
        ),
        impersonal=impersonal("event digest created_at revoked_at"),
        event="event",
    ),
    ModelRecord(
        "checkin.reversal",
        impersonal=impersonal("scan device code at"),
        guest="scan__credential__registration",
        event="scan__event",
    ),
    ModelRecord(
        "checkin.conflictresolution",
        personal=personal(
            "note by", DataClass.TECHNICAL, _("What a conflict between doors was"), Retention.YEAR_1, Basis.INTEREST
        ),
        impersonal=impersonal("scan finding at"),
        guest="scan__credential__registration",
        event="scan__event",
    ),
    ModelRecord(
        "checkin.shift",
        personal=personal("volunteer", DataClass.TECHNICAL, _("To know who had a phone when"), Retention.YEAR_1),
        impersonal=impersonal("device started_at admitted refused conflicts"),
        event="device__event",
    ),
    ModelRecord(
        "checkin.admission",
        personal=personal("at left_at", DataClass.TECHNICAL, _PRESENCE, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP),
        impersonal=impersonal("checkpoint credential scan_id"),
        guest="credential__registration",
        event="checkpoint__event",
    ),
    ModelRecord(
        "checkin.excuse",
        personal=(
            *personal("reason", DataClass.HEALTH, _("Why somebody did not come"), Retention.YEAR_1),
            *personal("by", DataClass.TECHNICAL, _("Who noted it"), Retention.YEAR_1, Basis.INTEREST),
        ),
        impersonal=impersonal("registration session at"),
        guest="registration",
        event="registration__event",
    ),
)  # fmt: skip
