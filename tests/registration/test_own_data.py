"""A guest's rights: see and take everything, end a consent, be forgotten; and the desk that answers."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plenary.core.actions import Actor, record_look
from plenary.core.links import make_link
from plenary.core.models import HistoryEntry, Message
from plenary.core.privacy import register
from registration.actions import Particulars, Refused, change_answers, sign_up
from registration.actions.consents import note_consents
from registration.actions.forgetting import ask_for_erasure, finish_granted, grant_erasure, refuse_erasure
from registration.emails import guest_token
from registration.models import Consent, ErasureCertificate, ErasureRequest, Registration, RetentionRule, Upload
from registration.rules import State
from registration.uploads import seal
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
OFFICER = Actor("officer")


@pytest.fixture
def guest() -> Registration:
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="photos", kind="consent", label={"en": "You may show photographs of me."})
    registration = RegistrationFactory(
        category=category,
        name="Oksana Shevchenko",
        email="oksana@example.org",
        answers=json.dumps({"photos": True, "diet": "vegan"}),
        confirmed_at=timezone.now(),
    )
    note_consents(registration, source="guest")
    return registration


def page(name: str, registration: Registration, *arguments: Any) -> str:
    return reverse(f"registration:{name}", args=[guest_token(registration), *arguments])


def keeper() -> Client:
    client = Client()
    client.force_login(staff("Data protection", first_name="Dara", last_name="Petrov"))
    return client


# -- see and take ------------------------------------------------------------------------------------------------------
def test_the_page_tells_who_looked_by_role_and_never_by_name(client: Client, guest: Registration) -> None:
    record_look(guest, part="identity", by=Actor.staff(staff("Vetting: press desk", first_name="Ines")))
    content = client.get(page("own_data", guest)).content.decode()
    assert "Vetting: press desk" in content
    assert "Ines" not in content
    assert "oksana@example.org" in content


def test_the_archive_holds_everything_and_every_file_and_that_it_was_taken_is_noted(
    client: Client, guest: Registration
) -> None:
    stored = Upload(registration=guest, name="Ausweis.pdf", media_type="application/pdf", size=9, digest="0" * 64)
    stored.file.save("x", ContentFile(seal(stored, b"the paper")), save=False)
    stored.save()
    response = client.get(page("own_data_archive", guest))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    data = json.loads(archive.read("data.json"))
    held = data["data"]["registration.registration"][0]
    assert (held["name"], held["answers"]["diet"]) == ("Oksana Shevchenko", "vegan")
    assert archive.read("files/upload/1-Ausweis.pdf") == b"the paper"
    assert HistoryEntry.objects.of(guest).filter(verb="data_taken").exists()


def test_the_file_tells_every_personal_field_of_the_register_or_why_it_is_withheld(
    client: Client, guest: Registration
) -> None:
    data = json.loads(b"".join(client.get(page("own_data_file", guest)).streaming_content))
    for model, rows in data["data"].items():
        record = register()[model]
        told = set(rows[0]) | set(data["withheld"].get(model, {}))
        files = {"file"}
        assert {entry.name for entry in record.personal} - told - files == set(), model


def test_another_guests_data_are_in_no_file(client: Client, guest: Registration) -> None:
    other = RegistrationFactory(category=guest.category, name="Somebody Else", email="else@example.org")
    content = b"".join(client.get(page("own_data_file", guest)).streaming_content).decode()
    assert other.name not in content
    assert str(other.pk) not in content


@pytest.mark.parametrize("name", ["own_data", "own_data_file", "own_data_archive"])
def test_without_the_link_nothing_is_shown_and_a_revoked_one_opens_nothing(
    name: str, client: Client, guest: Registration
) -> None:
    forged = reverse(f"registration:{name}", args=[make_link("confirm", guest.pk)])
    assert client.get(forged).status_code == 404
    address = page(name, guest)
    response = client.get(address)
    assert "no-store" in response.headers["Cache-Control"]
    Registration.objects.filter(pk=guest.pk).update(link_version=2)
    assert client.get(address).status_code == 404


# -- consents ----------------------------------------------------------------------------------------------------------
def test_a_sign_up_keeps_each_consent_apart_with_the_words_that_were_shown() -> None:
    category = CategoryFactory()
    for key in ("photos", "newsletter"):
        QuestionFactory(
            event=category.event, key=key, kind="consent", label={"en": f"Words {key}", "fr": f"Mots {key}"}
        )
    signed = sign_up(
        category=category,
        particulars=Particulars(email="a@example.org", name="A"),
        answers={"photos": True, "newsletter": False},
        language="fr",
        origin=RegistrationFactory._meta.model().pk,
        source="site",
    )
    consent = Consent.objects.get(registration=signed)
    assert (consent.purpose, consent.wording, consent.language, consent.source) == (
        "photos",
        "Mots photos",
        "fr",
        "guest",
    )


def test_a_sign_up_without_consents_pays_nothing_for_them(statements_of: Any) -> None:
    registration = RegistrationFactory(answers=json.dumps({"diet": "vegan", "newsletter": False}))
    assert statements_of(lambda: note_consents(registration, source="guest")) == 0


def test_a_consent_is_withdrawn_as_easily_as_it_was_given_and_staff_act_upon_it(
    client: Client, guest: Registration
) -> None:
    consent = Consent.objects.get()
    for _twice in range(2):
        assert client.post(page("end_consent", guest, consent.pk)).status_code == 302
    consent.refresh_from_db()
    guest.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert guest.answer_data["photos"] is False
    assert HistoryEntry.objects.of(guest).filter(verb="consent_withdrawn").count() == 1
    desk = keeper()
    assert "You may show photographs of me." in desk.get(reverse("privacy:index")).content.decode()
    desk.post(reverse("privacy:consent_done", args=[consent.pk]))
    consent.refresh_from_db()
    assert consent.acted_on_at is not None
    assert "You may show photographs of me." not in desk.get(reverse("privacy:index")).content.decode()


def test_nobody_ends_another_guests_consent(client: Client, guest: Registration) -> None:
    other = RegistrationFactory(category=guest.category)
    assert client.post(page("end_consent", other, Consent.objects.get().pk)).status_code == 404
    assert Consent.objects.get().withdrawn_at is None
    assert client.get(page("end_consent", guest, Consent.objects.get().pk)).status_code == 405


def test_changing_the_answer_ends_and_renews_a_consent(guest: Registration) -> None:
    who = Particulars(email=guest.email, name=guest.name)
    for agreed in (False, True):
        change_answers(registration_id=guest.pk, particulars=who, answers={"photos": agreed})
    assert [consent.withdrawn_at is None for consent in Consent.objects.order_by("pk")] == [False, True]


# -- be forgotten ------------------------------------------------------------------------------------------------------
def test_a_wish_to_be_forgotten_waits_for_one_answer_with_a_last_day(client: Client, guest: Registration) -> None:
    assert "sure" in client.post(page("ask_to_be_forgotten", guest), {"text": "x"}).context["form"].errors
    for _twice in range(2):
        client.post(page("ask_to_be_forgotten", guest), {"sure": "on", "text": "No more"})
    asked = ErasureRequest.objects.get()
    assert asked.text == "No more"
    assert asked.due_at - asked.created_at == timedelta(days=30)
    assert "We have your request." in client.get(page("own_data", guest)).content.decode()


def test_an_officer_grants_it_and_the_data_are_gone_and_the_certificate_can_be_checked(
    client: Client, guest: Registration
) -> None:
    asked = ask_for_erasure(registration=guest)
    keeper().post(reverse("privacy:request", args=[asked.pk]), {"grant": "1"})
    guest.refresh_from_db()
    assert (guest.state, guest.name, guest.email) == (State.WITHDRAWN, guest.code, "")
    assert guest.erased_at is not None
    certificate = ErasureCertificate.objects.get()
    content = client.get(page("own_data", guest)).content.decode()
    address = reverse("registration:certificate", args=[certificate.number, certificate.digest[:32]])
    assert address in content
    assert "This certificate is genuine." in client.get(address).content.decode()
    ErasureCertificate.objects.update(content={**certificate.content, "erased": []})
    assert "not genuine" in client.get(address).content.decode()
    wrong = reverse("registration:certificate", args=[certificate.number, "0" * 32])
    assert client.get(wrong).status_code == 404


def test_the_guest_is_told_and_that_message_goes_too_once_it_was_sent(guest: Registration) -> None:
    grant_erasure(ask_for_erasure(registration=guest).pk, by=OFFICER)
    Message.objects.filter(kind="registration.erased").update(state=Message.State.SENT)
    assert all(message.recipient == "" for message in Message.objects.exclude(kind="registration.erased"))


def test_a_refusal_has_a_reason_the_guest_reads(client: Client, guest: Registration) -> None:
    asked = ask_for_erasure(registration=guest)
    with pytest.raises(Refused):
        refuse_erasure(asked.pk, by=OFFICER, answer=" ")
    refuse_erasure(asked.pk, by=OFFICER, answer="An invoice is open.")
    assert "An invoice is open." in Message.objects.get(kind="registration.erasure_refused").text
    assert "An invoice is open." in client.get(page("own_data", guest)).content.decode()
    with pytest.raises(Refused):
        grant_erasure(asked.pk, by=OFFICER)


def test_an_erasure_that_was_cut_short_is_taken_up_by_the_worker(
    guest: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registration.actions import forgetting

    asked = ask_for_erasure(registration=guest)
    real = forgetting.erase_guest
    monkeypatch.setattr(forgetting, "erase_guest", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        grant_erasure(asked.pk, by=OFFICER)
    monkeypatch.setattr(forgetting, "erase_guest", real)
    assert finish_granted() == 1
    assert finish_granted() == 0
    guest.refresh_from_db()
    assert guest.name == guest.code


# -- the desk ----------------------------------------------------------------------------------------------------------
def test_the_register_is_shown_and_taken_along_with_no_formula_in_it() -> None:
    desk = keeper()
    assert "Register of personal data" in desk.get(reverse("privacy:register")).content.decode()
    response = desk.get(reverse("privacy:register"), {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert len(rows) - 1 == sum(len(record.personal) for record in register().values())
    table = desk.get(reverse("privacy:register"), {"export": "xlsx"})
    assert b"".join(table.streaming_content).startswith(b"PK")
    table.close()


def test_the_certificate_is_a_pdf(guest: Registration) -> None:
    grant_erasure(ask_for_erasure(registration=guest).pk, by=OFFICER)
    number = ErasureCertificate.objects.get().number
    desk = keeper()
    assert desk.get(reverse("privacy:certificate_file", args=[number])).content.startswith(b"%PDF")
    assert "Genuine and unchanged." in desk.get(reverse("privacy:certificate", args=[number])).content.decode()


def test_a_rule_of_retention_is_added_with_its_source_and_never_changed() -> None:
    desk = keeper()
    facts = {"retention": "year_1", "days": "400", "in_force_from": "2026-01-01", "source": "Decree 12"}
    desk.post(reverse("retention:add"), facts)
    rule = RetentionRule.objects.get()
    assert rule.days == 400
    assert HistoryEntry.objects.filter(verb="retention_rule_added").exists()
    assert desk.get(f"/cms/privacy/rules/edit/{rule.pk}/", follow=True).status_code == 404


@pytest.mark.parametrize("name", ["index", "register", "due"])
@pytest.mark.parametrize("role", ["Conference office", "Vetting: protocol desk", "IT"])
def test_no_other_role_opens_the_desk_of_data_protection(name: str, role: str) -> None:
    client = Client()
    client.force_login(staff(role))
    assert client.get(reverse(f"privacy:{name}")).status_code == 302
