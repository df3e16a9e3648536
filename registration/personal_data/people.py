"""Personal fields of registrations, drafts, uploads, and of changes asked for; what is offered and asked names nobody."""

from django.utils.translation import gettext_lazy as _

from plenary.core.privacy import BY_ORIGIN, Basis, DataClass, Erasure, ModelRecord, Retention, impersonal, personal

ADMIT = _("To decide on and hold a place for a guest")
WRITE = _("To write to the guest")
NAME = _("To address the guest, print the badge and recognise the guest at the door")
ASKED = _("What the event needs to know; each question says why it is asked")
FILE = _("A document the event asked for")
FIND = _("To find a guest by name in any script, and to notice the same person twice")
OFFICER = _("Which officer answers for a decision")
FILE_FIELDS = "file name digest"
FILE_FACTS = "media_type size malware_check scan_tried_at created_at"

RECORDS = (
    ModelRecord(
        "registration.category",
        impersonal=impersonal(
            "event slug kind name description colour public needs_review decide_within opens_at closes_at quota taken"
            " waiting_list"
            " offer_hours waiting payment_days when_overdue rights position"
            " asks_passport asks_passport_scan asks_portrait asks_assignment_letter identity_due_at document_months"
            " document_strict"
        ),
    ),
    ModelRecord("registration.desk", impersonal=impersonal("slug name group sees_contact sees_documents")),
    ModelRecord("registration.section", impersonal=impersonal("event stage label intro position")),
    ModelRecord(
        "registration.question",
        impersonal=impersonal(
            "event section stage staff_only key kind label help_text options required condition purpose data_class"
            " retention material covers_portrait frozen_at frozen_days_before version position"
        ),
    ),
    ModelRecord(
        "registration.questionversion",
        impersonal=impersonal("event key number kind label options required condition staff_only desks created_at"),
    ),
    ModelRecord(
        "registration.secondform",
        impersonal=impersonal("event title intro due_at due_days_before frozen_at frozen_days_before"),
    ),
    ModelRecord(
        "registration.draft",
        personal=personal(
            "content", DataClass.CONTACT, _("To keep what was typed between two steps of a sign-up"), Retention.DAYS_30,
            erasure=Erasure.DELETE,
        ),
        impersonal=impersonal("event category language created_at changed_at sent_at"),
        event="event",
        besides=(BY_ORIGIN, "invitation__registration"),
    ),
    ModelRecord(
        "registration.registration",
        personal=(
            *personal("email", DataClass.CONTACT, WRITE, Retention.DAYS_90),
            *personal("email_index", DataClass.CONTACT, FIND, Retention.DAYS_90),
            *personal("salutation job_title organisation", DataClass.PROFESSIONAL, ADMIT, Retention.YEAR_1),
            *personal("name search_text", DataClass.IDENTITY, NAME, Retention.YEAR_1, erasure=Erasure.PSEUDONYM),
            *personal("latin_name name_key", DataClass.IDENTITY, NAME, Retention.YEAR_1),
            *personal("answers staff_answers", DataClass.HEALTH, ASKED, Retention.YEAR_1),
            *personal("information_request replies", DataClass.ASSESSMENT, ADMIT, Retention.YEAR_1),
            *personal(
                "nationality", DataClass.IDENTITY, _("To count participants by country, as reports must"),
                Retention.FOREVER, Basis.LAW, Erasure.KEEP,
            ),
            *personal(
                "assigned_to", DataClass.TECHNICAL, OFFICER, Retention.FOREVER, Basis.INTEREST, Erasure.KEEP
            ),
            *personal(
                "code", DataClass.TECHNICAL, _("The pseudonym under which decisions and numbers stay"),
                Retention.FOREVER, Basis.INTEREST, Erasure.KEEP,
            ),
        ),
        impersonal=impersonal(
            "event category delegation state source origin language answer_versions second_form_saved_at"
            " second_form_complete link_version version created_at confirmed_at decided_at"
            " asked_fields waiting_since late_at held_until"
            " checked_at flag_level watch_level changed_at offer_expires_at erased_at"
        ),
        guest="",
        event="event",
        withheld={
            "email_index": _("repeats the address in a form nobody can read"),
            "search_text": _("repeats the name"),
            "name_key": _("repeats the name"),
            "assigned_to": _("names an employee"),
        },
    ),
    ModelRecord(
        "registration.upload",
        personal=personal(FILE_FIELDS, DataClass.DOCUMENT, FILE, Retention.DAYS_90, erasure=Erasure.DELETE),
        impersonal=impersonal(f"{FILE_FACTS} draft registration question"),
        guest="registration",
        event="registration__event",
    ),
    ModelRecord(
        "registration.changerequest",
        personal=(
            *personal("old_value new_value reason answer", DataClass.HEALTH, _("To change an answer that is frozen"),
                      Retention.DAYS_90),
            *personal("officer officer_label", DataClass.TECHNICAL, OFFICER, Retention.FOREVER, Basis.INTEREST,
                      Erasure.KEEP),
        ),
        impersonal=impersonal("registration key state version created_at decided_at"),
        guest="registration",
        event="registration__event",
        withheld={"officer": _("names an employee"), "officer_label": _("names an employee")},
    ),
    ModelRecord(
        "registration.changefile",
        personal=personal(FILE_FIELDS, DataClass.DOCUMENT, FILE, Retention.DAYS_90, erasure=Erasure.DELETE),
        impersonal=impersonal(f"{FILE_FACTS} change"),
        guest="change__registration",
        event="change__registration__event",
    ),
)  # fmt: skip
