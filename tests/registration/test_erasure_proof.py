"""Proof of erasure: a guest with one of everything is erased, and then every column of every table and every private file is
searched. What is found is where the certificate says that it is kept, and nowhere else."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from plenary.core.actions import Actor, queue_message, record_history, record_look
from plenary.core.models import Message
from plenary.core.privacy import register
from registration.actions.erasing import erase_guest, erase_left_over
from registration.actions.forgetting import ask_for_erasure, grant_erasure
from registration.actions.invitations import keep_guest_list
from registration.models import (
    Draft,
    ErasureCertificate,
    Finding,
    GuestListFile,
    InternalNote,
    Invitation,
    Registration,
    RiskAssessment,
    SavedFilter,
    StoredFile,
    TextConsent,
    Upload,
    private_storage,
)
from registration.querysets.erasure import rows_of_guest
from registration.rules import State
from registration.rules.masking import naming
from registration.uploads import Checked, open_upload, seal
from tests.factories.delegations import DelegationFactory
from tests.factories.registration import DraftFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.held import Maker

pytestmark = pytest.mark.django_db
MARK = "Xylotomous"
OFFICER = Actor("officer")


@pytest.fixture
def guest() -> Registration:
    found = RegistrationFactory(
        state=State.APPROVED,
        origin=uuid4(),
        name=f"{MARK} Оксана",
        latin_name=f"{MARK} Oksana",
        organisation=f"{MARK} Institute",
        job_title=f"{MARK} Head",
        email=f"{MARK}@example.org",
        answers=json.dumps({"diet": f"{MARK} vegan"}),
        staff_answers=json.dumps({"hotel": f"{MARK} suite"}),
        replies=json.dumps([{"text": MARK}]),
        information_request=MARK,
    )
    Maker(found, MARK).everything()
    found.refresh_from_db()
    return found


def mail_about(record: models.Model, guest: Registration, text: str = MARK) -> None:
    queue_message(
        kind="a", recipient=guest.email, language="en", subject=text, text=text, html=text, about=record,
        event=guest.event,
    )  # fmt: skip
    Message.objects.update(state=Message.State.SENT)


def columns_with(mark: str) -> set[tuple[str, str]]:
    """Where the mark is: of our models opened where they are encrypted, of every other table as the database has it."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                if mark.casefold() in str(getattr(row, field.attname)).casefold():
                    found.add((model._meta.label_lower, field.name))
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names()) - known:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 — a name the database itself gave
            rows = cursor.fetchall()
            found |= {(table, "?") for row in rows if mark.casefold() in str(row).casefold()}
    return found


def paths(folder: str = "") -> set[str]:
    """Every private file there is."""
    storage = private_storage()
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return set()
    here = {f"{folder}/{name}".lstrip("/") for name in files}
    return here.union(*(paths(f"{folder}/{inner}".lstrip("/")) for inner in folders))


def named_files() -> set[str]:
    """The files that a record still names."""
    kinds = [model for model in apps.get_models() if issubclass(model, StoredFile)]
    return {str(row.file.name) for model in kinds for row in model._default_manager.all()}


def erase(guest: Registration, run: Any) -> set[tuple[str, str]]:
    """Erase on request; answers what the certificate says is kept."""
    with run(execute=True):
        certificate = erase_guest(guest, by=OFFICER)
    assert certificate is not None
    return {(line["model"], line["field"]) for line in certificate.content["kept"]}


def test_of_a_guest_with_one_of_everything_is_found_what_the_certificate_keeps_and_nothing_else(
    guest: Registration, django_capture_on_commit_callbacks: Any
) -> None:
    record_history(guest, verb="approved", by=OFFICER, event=guest.event, reason=MARK)
    record_look(guest, part="identity", by=OFFICER)
    mail_about(guest, guest)
    missing = [r.model for r in register().values() if r.guest is not None and not rows_of_guest(r, guest).exists()]
    assert missing == [], "make one of it: what is not there cannot prove that it goes"
    before, stored = columns_with(MARK), paths()
    kept = erase(guest, django_capture_on_commit_callbacks)
    after = columns_with(MARK)
    assert after <= kept, "not in the certificate"
    assert after < before
    by_law = {(r.model, e.name) for r in register().values() for e in r.personal if e.basis == "law"}
    assert after <= by_law, "nothing but the law keeps what names a guest"
    assert ("registration.order", "billing") in after, "what the law keeps is still there"
    gone = stored - paths()
    assert gone
    assert paths() >= named_files()


def test_what_other_records_say_about_a_guest_goes_too(
    guest: Registration, django_capture_on_commit_callbacks: Any
) -> None:
    delegation = DelegationFactory(event=guest.event)
    Registration.objects.filter(pk=guest.pk).update(delegation=delegation)
    guest.refresh_from_db()
    invitation = Invitation.objects.get(registration=guest)
    mail_about(invitation, guest)
    mail_about(delegation, guest, text=f"Confirmed: {guest.name}")
    record_history(invitation, verb="taken_back", by=OFFICER, event=guest.event, reason=f"{MARK} is ill")
    other = RegistrationFactory(category=guest.category)
    Finding.objects.create(
        registration=other, other=guest, kind="duplicate", key="x", detail=json.dumps({"names": [guest.name]})
    )
    Maker(guest, MARK).one(RiskAssessment)
    Invitation.objects.filter(pk=invitation.pk).update(assessment=RiskAssessment.objects.get())
    Draft.objects.create(
        pk=guest.origin, event=guest.event, category=guest.category, language="en", content=json.dumps({"you": MARK})
    )
    Invitation.objects.filter(pk=invitation.pk).update(
        draft=DraftFactory(category=guest.category, content=json.dumps({"you": MARK}))
    )
    kept = erase(guest, django_capture_on_commit_callbacks)
    assert columns_with(MARK) <= kept


def test_the_files_of_a_draft_go_with_it(guest: Registration, django_capture_on_commit_callbacks: Any) -> None:
    draft = DraftFactory(pk=guest.origin, category=guest.category)
    upload = Upload(draft=draft, name=MARK, media_type="application/pdf", size=1, digest="0" * 64)
    upload.file.save("x", ContentFile(seal(upload, MARK.encode())), save=False)
    upload.save(force_insert=True)
    assert open_upload(upload) == MARK.encode()
    erase(guest, django_capture_on_commit_callbacks)
    assert not private_storage().exists(str(upload.file.name))


def test_the_answer_reaches_the_guest_and_is_erased_once_it_has_left_also_before_the_event(guest: Registration) -> None:
    queue_message(
        kind="a", recipient=guest.email, language="en", subject=MARK, text=MARK, about=guest, event=guest.event
    )
    grant_erasure(ask_for_erasure(registration=guest).pk, by=OFFICER)
    answer = Message.objects.get(kind="registration.erased")
    assert (answer.state, MARK in answer.recipient) == (Message.State.WAITING, True)
    unsent = Message.objects.exclude(pk=answer.pk)
    assert {(message.state, message.recipient) for message in unsent} == {(Message.State.CANCELLED, "")}
    assert erase_left_over() == 0, "it has not left"
    Message.objects.filter(pk=answer.pk).update(state=Message.State.SENT)
    assert [erase_left_over(), erase_left_over()] == [1, 0]
    answer.refresh_from_db()
    assert answer.recipient == ""


# -- what others wrote -------------------------------------------------------------------------------------------------
WRITTEN = [
    "Shares a car with Oksana Shevchenko.",
    "Ask SHEVCHENKO, Oksana about it",
    "Приедет с Оксана Шевченко",
    "Write to Oksana.S@Example.org or +41 (79) 123-45-67",
]


@pytest.fixture
def named() -> Registration:
    found: Registration = RegistrationFactory(
        name="Оксана Шевченко", latin_name="Oksana Shevchenko", email="oksana.s@example.org", state=State.APPROVED
    )
    TextConsent.objects.create(registration=found, number="+41791234567", given_at=timezone.now())
    return found


def note_on(registration: Registration, text: str) -> InternalNote:
    return InternalNote.objects.create(registration=registration, author_label="Officer", text=text)


def masked(certificate: ErasureCertificate | None) -> dict[str, int]:
    assert certificate is not None
    return {line["model"]: line["count"] for line in certificate.content["erased"] if line["way"] == "mask"}


def test_a_guest_is_taken_out_of_what_was_written_about_others(named: Registration) -> None:
    other = RegistrationFactory(category=named.category)
    notes = [note_on(other, text) for text in WRITTEN]
    kept = note_on(other, "Mr Shevchenko senior and Oksana Bilyk, +41 79 999 99 99")
    record_history(other, verb="approved", by=OFFICER, event=named.event, reason="Vouched for by Oksana Shevchenko")
    elsewhere = note_on(RegistrationFactory(), WRITTEN[0])
    certificate = erase_guest(named, by=OFFICER)
    texts = [InternalNote.objects.get(pk=note.pk).text for note in notes]
    assert texts == [
        f"Shares a car with {named.code}.",
        f"Ask {named.code} about it",
        f"Приедет с {named.code}",
        f"Write to {named.code} or {named.code}",
    ]
    assert InternalNote.objects.get(pk=kept.pk).text == kept.text, "a name that another may bear stays"
    assert InternalNote.objects.get(pk=elsewhere.pk).text == WRITTEN[0], "another event answers for itself"
    assert masked(certificate) == {"registration.internalnote": 4, "core.historyentry": 1}
    assert certificate is not None
    assert certificate.content["searched"] == ["name", "email", "telephone"]
    assert not columns_with("Шевченко")


def test_a_guest_is_taken_out_of_the_lists_that_officers_keep(named: Registration) -> None:
    officer = staff("Conference office")
    mine = SavedFilter.objects.create(officer=officer, name="Oksana Shevchenko", query="q=shevchenko+oksana&state=all")
    other = SavedFilter.objects.create(officer=officer, name="Press", query="q=Bilyk&state=all")
    certificate = erase_guest(named, by=OFFICER)
    mine.refresh_from_db()
    assert (mine.query, named.code in mine.name) == ("state=all", True)
    assert SavedFilter.objects.get(pk=other.pk).query == other.query
    assert masked(certificate) == {"registration.savedfilter": 1}


def test_a_list_that_waits_for_its_import_goes_if_the_guest_is_in_it(
    named: Registration, django_capture_on_commit_callbacks: Any
) -> None:
    sender = Actor.staff(staff("Conference office"))

    def keep(name: str) -> GuestListFile:
        content = f"Name,E-mail\n{name},a@example.org\n".encode()
        return keep_guest_list(event=named.event, content=Checked("list.csv", "text/csv", content), by=sender)

    with_guest, without = keep("Oksana Shevchenko"), keep("Somebody Else")
    with django_capture_on_commit_callbacks(execute=True):
        certificate = erase_guest(named, by=OFFICER)
    assert list(GuestListFile.objects.all()) == [without]
    assert str(with_guest.file.name) not in paths()
    assert certificate is not None
    assert ("registration.guestlistfile", "delete") in {
        (line["model"], line["way"]) for line in certificate.content["erased"]
    }


def test_the_certificate_keeps_only_what_is_there(named: Registration) -> None:
    certificate = erase_guest(named, by=OFFICER)
    assert certificate is not None
    kept = {(line["model"], line["field"]) for line in certificate.content["kept"]}
    assert ("registration.registration", "nationality") in kept
    assert not {model for model, _field in kept} & {"registration.order", "registration.traveldocument"}


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        ("王小明", "请联系王小明先生", "请联系C先生"),
        ("José Ñúñez", "met JOSE NUNEZ", "met C"),
        ("Li", "Li Wei and Li", "Li Wei and Li"),
        ("Anna-Maria Lund", "Lund Anna-Maria; Anna Lund", "C; Anna Lund"),
        ("Sukarno", "sukarno, again", "C, again"),
    ],
)
def test_a_name_is_known_in_any_order_accent_and_script(name: str, text: str, after: str) -> None:
    assert naming([name], email="", phones=[], pseudonym="C").mask(text) == after
