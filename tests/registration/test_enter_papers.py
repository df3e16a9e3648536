"""Papers that come by hand or by post: entered by staff under the guest's own rules, with the same actions, and recorded."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.models import AccessLog, HistoryEntry
from plenary.events.models import EventStaff
from plenary.operations.planning.roles import PERMISSIONS
from registration.guest_tasks import tasks_of
from registration.identity import findings_of
from registration.models import AssignmentLetter, DocumentScan, Portrait, PortraitExemption, TravelDocument
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.files import pdf, picture, upload
from tests.registration.guest import my
from tests.registration.papers import NUMBER, face, zone

pytestmark = pytest.mark.django_db
DOCUMENT, PORTRAIT, LETTER = "vetting:enter_document", "vetting:enter_portrait", "vetting:enter_letter"
MAY = {
    DOCUMENT: {"Vetting: security desk", "Travel and visa desk", "Registration desk", "Conference office"},
    PORTRAIT: {
        "Vetting: security desk",
        "Vetting: protocol desk",
        "Registration desk",
        "Conference office",
    },
}
MAY[LETTER] = MAY[PORTRAIT]


@pytest.fixture(autouse=True)
def no_second_factor(settings) -> None:
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []


@pytest.fixture
def guest():
    category = CategoryFactory(
        asks_passport=True,
        asks_passport_scan=True,
        asks_portrait=True,
        asks_assignment_letter=True,
        event__starts_on=date(2030, 5, 18),
        event__ends_on=date(2030, 5, 20),
    )
    return RegistrationFactory(category=category, name="Amina Osman", nationality="KE")


def of(role, *events) -> Client:
    client, user = Client(), staff(role)
    for event in events:
        EventStaff.objects.create(user=user, event=event)
    client.force_login(user)
    return client


def typed(**facts) -> dict:
    return {
        "kind": "passport", "number": NUMBER, "issuing_country": "KE", "nationality": "KE", "surname": "Osman",
        "given_names": "Amina", "birth_date": "1980-02-03", "sex": "F", "expires_on": "2031-01-01",
        "scan": upload("page.jpg", picture("JPEG")),
    } | facts  # fmt: skip


@pytest.mark.parametrize("address", [DOCUMENT, PORTRAIT, LETTER])
def test_each_paper_is_entered_by_its_roles_alone(guest, address):
    for role in PERMISSIONS:
        response = of(role).get(reverse(address, args=[guest.pk]))
        assert (response.status_code == 200) is (role in MAY[address]), role
    assert Client().get(reverse(address, args=[guest.pk])).status_code == 302
    elsewhere = of("Registration desk", EventFactory())
    assert elsewhere.get(reverse(address, args=[guest.pk]), follow=True).status_code == 404
    assert elsewhere.post(reverse(address, args=[guest.pk]), typed(), follow=True).status_code == 404


def test_a_document_is_entered_replaced_and_recorded_with_the_name_of_who_did_it(guest):
    client, address = of("Registration desk"), reverse(DOCUMENT, args=[guest.pk])
    assert client.post(address, typed())["Location"] == address
    document = TravelDocument.objects.get()
    assert (document.facts().number, DocumentScan.objects.count()) == (NUMBER, 1)
    entry = HistoryEntry.objects.of(guest).get(verb="document_saved")
    assert entry.actor is not None
    page = client.get(address).content.decode()
    assert "What you enter here takes its place" in page
    assert NUMBER not in page  # whoever enters need not see
    assert "page.jpg" not in page
    assert not AccessLog.objects.filter(part__startswith="passport").exists()
    assert client.post(address, typed(surname="Osmane")).status_code == 302
    assert TravelDocument.objects.get().surname == "Osmane"
    assert HistoryEntry.objects.of(guest).filter(verb="document_changed").count() == 1
    officer = of("Vetting: security desk")
    kept = officer.post(address, typed(surname="Osman", scan=""))  # the picture that is there stays
    assert kept["Location"] == reverse("vetting:dossier", args=[guest.pk])
    assert DocumentScan.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"zone": zone().replace(f"{NUMBER}", "AK0123457")}, "does not fit"),
        ({"expires_on": "2030-05-19"}, "ends before the event does"),
        ({"expires_on": "2020-01-01"}, "has expired"),
        ({"number": ""}, "as it is printed"),
        ({"scan": ""}, "Choose a picture of the page."),
        ({"scan": upload("x.jpg", b"<html><script>")}, "not a picture or a PDF"),
    ],
)
def test_the_rules_are_the_guests_own(guest, wrong, words):
    page = of("Vetting: security desk").post(reverse(DOCUMENT, args=[guest.pk]), typed(**wrong)).content.decode()
    assert words in page
    assert not TravelDocument.objects.exists()


def test_portrait_and_letter_are_entered(guest):
    client = of("Vetting: protocol desk")
    sent = {"picture": upload("me.jpg", face()), "place": "middle"}
    assert client.post(reverse(PORTRAIT, args=[guest.pk]), sent).status_code == 302
    assert client.post(reverse(LETTER, args=[guest.pk]), {"letter": upload("l.pdf", pdf())}).status_code == 302
    assert (Portrait.objects.count(), AssignmentLetter.objects.count()) == (1, 1)
    assert "data-cropper" in client.get(reverse(PORTRAIT, args=[guest.pk])).content.decode()
    dossier = client.get(reverse("vetting:dossier", args=[guest.pk])).content.decode()
    assert reverse(PORTRAIT, args=[guest.pk]) in dossier
    assert reverse(DOCUMENT, args=[guest.pk]) not in dossier


def test_nothing_is_entered_that_is_not_asked_or_after_the_end(guest):
    client, address = of("Vetting: security desk"), reverse(DOCUMENT, args=[guest.pk])
    guest.state = State.WITHDRAWN
    guest.save()
    assert client.post(address, typed()).status_code == 409
    guest.state, guest.category.asks_passport = State.APPROVED, False
    guest.save()
    guest.category.save()
    assert client.post(address, typed()).status_code == 409
    assert not TravelDocument.objects.exists()


def test_one_guest_is_exempted_from_the_portrait_with_a_reason_that_stays_secret(guest, client):
    officer, address = of("Vetting: protocol desk"), reverse(PORTRAIT, args=[guest.pk])
    missing = {finding.code for finding in findings_of(guest)}
    assert "no_portrait" in missing
    assert "Give the reason" in officer.post(address, {"act": "exempt", "reason": " "}).content.decode()
    assert officer.post(address, {"act": "exempt", "reason": "Wears a veil."}).status_code == 302
    assert {finding.code for finding in findings_of(guest)} == missing - {"no_portrait"}
    assert "portrait" not in [task.name for task in tasks_of(guest, "token")]
    assert "Wears a veil." in officer.get(reverse("vetting:dossier", args=[guest.pk])).content.decode()
    entry = HistoryEntry.objects.of(guest).get(verb="portrait_exempted")
    assert "veil" not in entry.reason + str(entry.data)
    assert "veil" not in of("Registration desk").get(address).content.decode()
    assert client.get(my(guest)).status_code == 200
    assert officer.post(address, {"act": "end"}).status_code == 302
    assert not PortraitExemption.objects.exists()
    assert "no_portrait" in {finding.code for finding in findings_of(guest)}


def test_the_desk_that_only_registers_exempts_nobody(guest):
    address = reverse(PORTRAIT, args=[guest.pk])
    assert of("Registration desk").post(address, {"act": "exempt", "reason": "x"}).status_code in {302, 403}
    assert not PortraitExemption.objects.exists()
