"""Erasure: by the rules and on request; history stays, identity goes, a certificate proves it; nothing of the person is left."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from plenary.core import crypto
from plenary.core.actions import Actor, queue_message, record_history, record_look
from plenary.core.models import AccessLog, HistoryEntry, Message
from plenary.core.privacy import Retention
from registration.actions import erasing
from registration.actions.certifying import is_sound
from registration.actions.erasing import erase_due, erase_event, erase_guest, what_is_due
from registration.models import (
    AssignmentLetter,
    Delegation,
    ErasureCertificate,
    IssueEntry,
    Registration,
    RetentionRule,
    TravelDocument,
    Upload,
    private_storage,
)
from registration.rules import State
from registration.rules.retention import ends_on, is_over
from registration.uploads import seal
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
OFFICER = Actor("officer")
MARK = "Xylotomous"  # in everything this person typed
ENDED = date(2026, 1, 10)


def after(days: int) -> date:
    return ENDED + timedelta(days=days)


@pytest.fixture
def guest() -> Registration:
    """Somebody about whom everything is held."""
    event = EventFactory(starts_on=date(2026, 1, 8), ends_on=ENDED)
    category = CategoryFactory(event=event)
    diet = QuestionFactory(event=event, key="diet", retention=Retention.DAYS_30)
    proof = QuestionFactory(event=event, key="proof", kind="file", retention=Retention.YEAR_1)
    registration = RegistrationFactory(
        category=category,
        name=f"{MARK} Оксана",
        latin_name=f"{MARK} Oksana",
        organisation=f"{MARK} Institute",
        job_title=f"{MARK} Head",
        email=f"{MARK.lower()}@example.org",
        search_text=f"{MARK.casefold()} oksana",
        name_key=f"{MARK.casefold()} oksana",
        answers=json.dumps({diet.key: f"{MARK} vegan", "room": f"{MARK} single"}),
        replies=json.dumps([{"at": "2026-01-01T00:00:00+00:00", "text": f"{MARK} reply"}]),
        state=State.APPROVED,
        nationality="UA",
    )
    upload(Upload(registration=registration, question=proof))
    upload(AssignmentLetter(registration=registration))
    TravelDocument.objects.create(
        registration=registration, kind="P", number=f"{MARK}1", number_index="a" * 64, surname=MARK,
        birth_date="1990-01-01", changed_at=timezone.now(),
        sex="F",
    )  # fmt: skip
    queue_message(
        kind="registration.approved", recipient=registration.email, language="en", subject=f"Dear {MARK}", text=MARK,
        about=registration, event=event,
    )  # fmt: skip
    Message.objects.update(state=Message.State.SENT)
    record_history(registration, verb="approved", by=OFFICER, event=event, reason=f"{MARK} is known")
    record_look(registration, part="identity", by=OFFICER)
    return registration


def upload(record: Any) -> None:
    record.name, record.media_type, record.size, record.digest = f"{MARK}.pdf", "application/pdf", 9, "0" * 64
    record.file.save("x", ContentFile(seal(record, MARK.encode())), save=False)
    record.save(force_insert=True)


def everything() -> str:
    """Every value of every column of every table, opened where it is encrypted, and every private file."""
    found = []
    for model in apps.get_models():
        for row in model._default_manager.all():
            found += [str(getattr(row, field.attname)) for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 — a name the database itself gave
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found).casefold() + str(_files()).casefold()


def _files(folder: str = "") -> list[str]:
    storage = private_storage()
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return []
    here = [f"{folder}/{name}".lstrip("/") for name in files]
    return [*here, *(path for inner in folders for path in _files(f"{folder}/{inner}".lstrip("/")))]


# -- proof -------------------------------------------------------------------------------------------------------------
def test_after_the_last_rule_nothing_of_the_person_is_left_and_the_row_stays_as_a_number(
    guest: Registration, django_capture_on_commit_callbacks: Any
) -> None:
    paths = [str(f.file.name) for model in (Upload, AssignmentLetter) for f in model.objects.all()]
    assert MARK.casefold() in everything()
    with django_capture_on_commit_callbacks(execute=True):
        certificate = erase_event(guest.event, today=after(366))
    assert MARK.casefold() not in everything()
    assert not any(private_storage().exists(path) for path in paths)
    guest.refresh_from_db()
    assert (guest.name, guest.state, str(guest.nationality)) == (guest.code, State.APPROVED, "UA")
    assert HistoryEntry.objects.of(guest).get(verb="approved").reason == ""
    assert AccessLog.objects.filter(subject_id=str(guest.pk)).exists()
    assert certificate is not None
    assert is_sound(certificate)
    assert str(guest.pk) not in json.dumps(certificate.content)


def test_everything_goes_on_its_own_day(guest: Registration, django_capture_on_commit_callbacks: Any) -> None:
    event = guest.event
    assert erase_event(event, today=after(0)) is None
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_event(event, today=after(31))
    guest.refresh_from_db()
    assert "diet" not in guest.answer_data
    assert "room" in guest.answer_data
    assert not TravelDocument.objects.exists()
    assert MARK in guest.name
    erase_event(event, today=after(91))
    guest.refresh_from_db()
    assert guest.email == ""
    assert MARK in guest.name
    assert Upload.objects.exists(), "the question says a year"
    assert not AssignmentLetter.objects.exists()
    erase_event(event, today=after(366))
    guest.refresh_from_db()
    assert guest.name == guest.code
    assert not Upload.objects.exists()


def test_run_again_it_finds_nothing_and_certifies_nothing(guest: Registration) -> None:
    assert erase_event(guest.event, today=after(366))
    assert erase_event(guest.event, today=after(366)) is None
    assert ErasureCertificate.objects.count() == 1


def test_a_run_that_was_killed_goes_on_and_its_certificate_tells_of_both_halves(
    guest: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = erasing._erase_rows, []

    def dies(part: Any, keys: list[Any]) -> None:
        calls.append(part.record.model)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(part, keys)

    monkeypatch.setattr(erasing, "_erase_rows", dies)
    with pytest.raises(KeyboardInterrupt):
        erase_event(guest.event, today=after(366))
    half = ErasureCertificate.objects.get()
    assert half.number is None
    first = {batch.model for batch in half.batches.all()}
    assert first
    monkeypatch.setattr(erasing, "_erase_rows", real)
    whole = erase_event(guest.event, today=after(366))
    assert whole == half
    assert whole is not None
    assert first < {line["model"] for line in whole.content["erased"]}


def test_batches_reach_everybody(guest: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    for number in range(5):
        RegistrationFactory(category=guest.category, answers=json.dumps({"diet": MARK}), name=f"{MARK} {number}")
    certificate = erase_event(guest.event, today=after(31))
    assert certificate is not None
    line = next(entry for entry in certificate.content["erased"] if entry["field"] == "answers.diet")
    assert line["count"] == 6
    erase_event(guest.event, today=after(366))
    assert MARK.casefold() not in everything()
    assert not Registration.objects.exclude(name=F("code")).exists()


def test_two_approved_guests_of_one_category_are_both_erased_though_addresses_are_unique(guest: Registration) -> None:
    RegistrationFactory(category=guest.category, state=State.APPROVED)
    erase_event(guest.event, today=after(366))
    assert set(Registration.objects.values_list("email_index", flat=True)) == {""}


# -- the rules ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("retention", "days"),
    [(Retention.EVENT, 1), (Retention.DAYS_30, 31), (Retention.DEPARTURE, 31), (Retention.YEAR_1, 366)],
)
def test_a_rule_ends_the_day_after_its_days(retention: str, days: int) -> None:
    assert ends_on(retention, ENDED, {}) == after(days)
    assert not is_over(retention, ENDED, {}, after(days - 1))
    assert is_over(retention, ENDED, {}, after(days))


@pytest.mark.parametrize("retention", [Retention.FOREVER, Retention.ACCOUNT, Retention.CONSENT])
def test_some_rules_end_on_no_day(retention: str) -> None:
    assert not is_over(retention, ENDED, {}, date(2999, 1, 1))


def test_the_newest_rule_in_force_counts(guest: Registration) -> None:
    RetentionRule.objects.create(retention="year_1", days=400, in_force_from=date(2020, 1, 1), source="Decree 1")
    RetentionRule.objects.create(retention="year_1", days=10, in_force_from=date(2026, 1, 15), source="Decree 2")
    RetentionRule.objects.create(retention="year_1", days=900, in_force_from=date(2030, 1, 1), source="Decree 3")
    erase_event(guest.event, today=after(12))
    guest.refresh_from_db()
    assert guest.name == guest.code
    certificate = ErasureCertificate.objects.get()
    assert certificate.content["days"]["year_1"] == 10


def test_an_event_that_goes_on_keeps_everything(guest: Registration) -> None:
    guest.event.ends_on = timezone.localdate() + timedelta(days=3)
    guest.event.save()
    assert erase_due() == []


# -- on request --------------------------------------------------------------------------------------------------------
def test_on_request_everything_goes_that_no_law_keeps_and_no_other_guest_is_touched(
    guest: Registration, django_capture_on_commit_callbacks: Any
) -> None:
    other = RegistrationFactory(category=guest.category, name="Somebody Else")
    with django_capture_on_commit_callbacks(execute=True):
        certificate = erase_guest(guest, by=OFFICER)
    other.refresh_from_db()
    assert other.name == "Somebody Else"
    assert certificate is not None
    assert len(certificate.content["subjects"]) == 1
    kept = {line["model"] for line in certificate.content["kept"] if line["ground"] == "law"}
    assert "registration.traveldocument" in kept
    guest.refresh_from_db()
    assert guest.erased_at is not None
    TravelDocument.objects.all().delete()  # what the law kept for now
    assert MARK.casefold() not in everything()


def test_a_message_that_was_still_to_be_sent_goes_after_it_was(guest: Registration) -> None:
    erase_guest(guest, by=OFFICER)
    queue_message(
        kind="registration.erased", recipient=f"{MARK}@example.org", language="en", subject="Done", text="Done",
        about=guest, event=guest.event,
    )  # fmt: skip
    erase_event(guest.event, today=after(1))
    assert Message.objects.get(kind="registration.erased").recipient
    Message.objects.update(state=Message.State.SENT)
    erase_event(guest.event, today=after(1))
    assert Message.objects.get(kind="registration.erased").recipient == ""


# -- the certificate ---------------------------------------------------------------------------------------------------
def test_certificates_are_numbered_and_chained_and_any_change_shows(guest: Registration) -> None:
    first = erase_event(guest.event, today=after(31))
    second = erase_event(guest.event, today=after(366))
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (1, 2)
    assert second.content["previous"] == first.digest
    for tamper in ("count", "subjects", "previous"):
        forged = ErasureCertificate.objects.get(pk=first.pk)
        if tamper == "count":
            forged.content["erased"][0]["count"] += 1
        elif tamper == "subjects":
            forged.content["subjects"] = []
        else:
            forged.content["previous"] = "1" * 64
        assert not is_sound(forged), tamper
    ErasureCertificate.objects.filter(pk=first.pk).delete()
    second.refresh_from_db()
    assert not is_sound(second), "one taken out of the row is noticed by its neighbour"


def test_the_certificate_says_what_was_kept_by_which_rule_until_when(guest: Registration) -> None:
    certificate = erase_event(guest.event, today=after(31))
    assert certificate is not None
    kept = {(line["model"], line["field"]): line for line in certificate.content["kept"]}
    assert kept["registration.registration", "name"]["until"] == after(366).isoformat()
    assert kept["registration.registration", "nationality"]["until"] is None
    assert ("registration.portrait", "file") not in kept


# -- by hand -----------------------------------------------------------------------------------------------------------
def test_a_dry_run_tells_and_touches_nothing(guest: Registration) -> None:
    out = StringIO()
    call_command("erase_personal_data", "--event", guest.event.slug, "--dry-run", stdout=out)
    assert "registration.registration" in out.getvalue()
    guest.refresh_from_db()
    assert MARK in guest.name
    assert what_is_due(guest.event)
    call_command("erase_personal_data", stdout=out)
    guest.refresh_from_db()
    assert guest.email == ""
    assert "certificate E-000001" in out.getvalue()


def test_an_event_nobody_knows_is_an_error() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("erase_personal_data", "--event", "nowhere")


def test_the_register_reaches_what_a_delegation_and_an_issue_hold(guest: Registration) -> None:
    assert {"registration.delegation", "registration.issueentry"} <= {
        part.record.model for part in erasing.due_parts(guest.event, {}, after(366))
    }
    assert Delegation.objects.count() + IssueEntry.objects.count() == 0
    assert crypto.keyring()
