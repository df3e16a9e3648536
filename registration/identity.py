"""What is known of a guest's identity papers, for the pages that show it: tasks of the guest, points for officers, portraits
for badges and doors. Reads, writes nothing; whoever shows what a document says checks the right and logs the look."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registration.guest_tasks import GuestTask, Progress
from registration.malware import Verdict
from registration.models import (
    AssignmentLetter,
    DocumentScan,
    Portrait,
    PortraitExemption,
    Registration,
    TravelDocument,
    Upload,
)
from registration.rules.documents import TAKES_IDENTITY, Circumstances, Finding, document_findings
from registration.uploads import open_upload


def _asks(registration: Registration, flag: str) -> bool:
    return bool(getattr(registration.category, flag)) and registration.state in TAKES_IDENTITY


def document_task(registration: Registration, token: str) -> GuestTask | None:
    """To give the travel document, with the picture of its page where one is asked."""
    if not _asks(registration, "asks_passport"):
        return None
    has_words = TravelDocument.objects.filter(registration=registration).exists()
    has_scan = (
        not registration.category.asks_passport_scan or DocumentScan.objects.filter(registration=registration).exists()
    )
    if has_words and has_scan:
        text = ""
    elif has_words:
        text = _("The picture of its page is still missing.")
    elif has_scan and registration.category.asks_passport_scan:
        text = _("We have the picture. The number and the names are still missing.")
    else:
        text = _("The passport or card you will travel on.")
    return GuestTask(
        "identity",
        _("Your travel document"),
        Progress.DONE if has_words and has_scan else Progress.OPEN,
        text,
        reverse("registration:identity", args=[token]),
        registration.category.identity_due_at,
    )


def portrait_task(registration: Registration, token: str) -> GuestTask | None:
    """To send the picture for the badge."""
    if not _asks(registration, "asks_portrait"):
        return None
    both = Registration.objects.filter(pk=registration.pk).values_list("portrait", "portrait_exemption")
    given, exempt = both.get()
    if exempt and not given:
        return None
    return GuestTask(
        "portrait",
        _("Your portrait"),
        Progress.DONE if given else Progress.OPEN,
        "" if given else _("It is printed on your badge and shown at the door."),
        reverse("registration:portrait", args=[token]),
        registration.category.identity_due_at,
    )


def letter_task(registration: Registration, token: str) -> GuestTask | None:
    """To send the editor's letter, where the press desk needs it."""
    if not _asks(registration, "asks_assignment_letter"):
        return None
    given = AssignmentLetter.objects.filter(registration=registration).exists()
    return GuestTask(
        "assignment-letter",
        _("Letter of assignment"),
        Progress.DONE if given else Progress.OPEN,
        "" if given else _("The letter by which your editor sends you to this event."),
        reverse("registration:assignment_letter", args=[token]),
        registration.category.identity_due_at,
    )


def findings_of(registration: Registration) -> list[Finding]:
    """What an officer should notice about a guest's papers: what is missing, and what the document does not agree with.

    The texts repeat nothing that stands in the document. Needs the event and the category loaded.
    """
    document = TravelDocument.objects.filter(registration=registration).first()
    found = [*_gaps(registration, document), *_unsafe(registration)]
    if document is not None:
        found = [*document_findings(document.facts(), _circumstances(registration, document)), *found]
    order = ["danger", "warning", "info"]
    return sorted(found, key=lambda finding: order.index(finding.level))


def _circumstances(registration: Registration, document: TravelDocument) -> Circumstances:
    category, event = registration.category, registration.event
    return Circumstances(
        today=timezone.localdate(timezone=event.zone),
        event_ends_on=event.ends_on,
        months_after=category.document_months,
        strict=category.document_strict,
        nationality=str(registration.nationality or ""),
        latin_name=registration.latin_name or registration.name,
        decided_at=registration.decided_at,
        changed_at=document.changed_at,
        same_number=TravelDocument.objects.same_as(document).count(),
    )


def _gaps(registration: Registration, document: TravelDocument | None) -> Iterable[Finding]:
    if registration.state not in TAKES_IDENTITY:
        return
    category = registration.category
    late = category.identity_due_at is not None and category.identity_due_at < timezone.now()
    level = "danger" if late else "warning"
    if category.asks_passport and document is None:
        yield Finding(level, "no_document", _("The travel document has not been given."))
    scan, portrait, letter = (
        kind.objects.filter(registration=registration).only("pk").first() if asked else None
        for kind, asked in (
            (DocumentScan, category.asks_passport_scan),
            (Portrait, category.asks_portrait),
            (AssignmentLetter, category.asks_assignment_letter),
        )
    )
    if category.asks_passport and category.asks_passport_scan and scan is None:
        yield Finding(level, "no_scan", _("The picture of the travel document has not been sent."))
    exempt = PortraitExemption.objects.filter(registration=registration)
    if category.asks_portrait and portrait is None and not exempt.exists():
        yield Finding(level, "no_portrait", _("The portrait has not been sent."))
    if category.asks_assignment_letter and letter is None:
        yield Finding(level, "no_letter", _("The letter of assignment has not been sent."))


def _unsafe(registration: Registration) -> Iterable[Finding]:
    """Files that no scanner has seen yet although one is set up, and those it has closed."""
    said = set()
    for kind in (Upload, DocumentScan, Portrait, AssignmentLetter):
        files = kind._default_manager.filter(registration=registration)
        said |= set(files.order_by().values_list("malware_check", flat=True).distinct())
    if Verdict.FOUND.value in said:
        text = _("Malware was found in a file that came with this registration. It is closed: ask for another one.")
        yield Finding("danger", "malware", text)
    if Verdict.MISSED.value in said:
        text = _(
            "A file could not be scanned for malware when it came. It is scanned again as soon as that is possible."
        )
        yield Finding("warning", "not_scanned", text)


def portraits_of(registration_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Portraits as JPEG by registration; who has none is missing. For badges and doors, a batch at a time."""
    return {
        portrait.registration_id: open_upload(portrait)
        for portrait in Portrait.objects.of_registrations(registration_ids)
    }
