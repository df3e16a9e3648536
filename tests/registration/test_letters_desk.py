"""The letters desk: asked for, issued, mailed; the outside authority; deadlines by the rules in force; departures."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plenary.core.actions import GUEST, Actor
from plenary.core.models import AccessLog, Message
from registration.actions import Refused
from registration.actions.identity import save_travel_document
from registration.actions.letters import revoke_letter
from registration.actions.visas import close_departure, issue_visa_letters, note_authority, open_case
from registration.letters import letter_pdf
from registration.models import Letter, LetterRules, VisaCase
from registration.rules import State
from registration.rules.letters import WorkingDays, departure_due, reminder_stage
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff
from tests.registration.files import pdf, upload
from tests.registration.guest import my
from tests.registration.papers import NUMBER, document
from tests.registration.test_letters import approved, text_of

pytestmark = pytest.mark.django_db
DESK = "/cms/letters/"
OFFICER = Actor("Officer Lin")
RECEIVED = VisaCase.Authority.RECEIVED


def case(**facts) -> VisaCase:
    return open_case(registration_id=approved(**facts).pk, by=GUEST)


def signed_in(*roles: str) -> Client:
    client = Client()
    client.force_login(staff(*roles))
    return client


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [((2026, 11, 26), 5, (2026, 12, 3)), ((2026, 11, 28), 1, (2026, 11, 30)), ((2026, 11, 26), 0, (2026, 11, 26))],
)
def test_working_days_leave_out_weekends(start, count, end):
    assert WorkingDays().after(date(*start), count) == date(*end)


@pytest.mark.parametrize(
    ("today", "last", "stage"),
    [(1, None, None), (17, None, 14), (20, 14, None), (28, 14, 3), (29, 3, None), (32, 14, None)],
)
def test_reminders_have_stages_and_after_a_pause_only_the_latest_goes_out(today, last, stage):
    day = date(2027, 1, 1) + timedelta(days=today - 1)
    found = reminder_stage(today=day, sent_on=date(2026, 12, 1), reply_by=date(2027, 1, 31), days=[14, 3], last=last)
    assert found == stage


def test_a_guest_asks_once_waits_and_loads_the_letter_from_the_own_page(client):
    guest = approved()
    page = client.get(my(guest)).content.decode()
    assert my(guest, "ask-letter/") in page
    assert client.get(my(guest, "ask-letter/")).status_code == 200
    for _time in range(2):
        assert client.post(my(guest, "ask-letter/"))["Location"] == my(guest)
    assert VisaCase.objects.count() == 1
    assert "You have asked for a letter" in client.get(my(guest)).content.decode()
    assert issue_visa_letters([guest.pk], by=OFFICER).done
    letter = Letter.objects.get()
    address = my(guest, f"letter/{letter.pk}.pdf")
    assert address in client.get(my(guest)).content.decode()
    assert client.get(address).content.startswith(b"%PDF")
    assert client.get(my(approved(), f"letter/{letter.pk}.pdf")).status_code == 404  # not of somebody else


def test_a_guest_who_is_not_approved_cannot_ask(client):
    guest = RegistrationFactory(state=State.SUBMITTED)
    assert client.post(my(guest, "ask-letter/")).status_code == 409
    assert not VisaCase.objects.exists()


def test_deadlines_come_from_the_rules_in_force_and_not_from_the_program():
    LetterRules.objects.create(
        valid_from=date(2020, 1, 1), source="Rule 7", visa_letter_days=1, departure_days=7, reminder_days=[]
    )
    LetterRules.objects.create(
        valid_from=date(2090, 1, 1), source="Rule 8", visa_letter_days=9, departure_days=90, reminder_days=[]
    )
    found = case()
    assert found.letter_due == WorkingDays().after(found.event.local(timezone.now()).date(), 1)
    assert found.departure_due == departure_due(found.event.ends_on, 7)


def test_issuing_mails_the_letter_once_and_names_who_gets_none():
    guest, waiting = approved(), RegistrationFactory()
    report = issue_visa_letters([guest.pk, waiting.pk], by=OFFICER)
    assert (report.done, list(report.refused)) == ([guest.pk], [waiting.pk])
    issue_visa_letters([guest.pk], by=OFFICER)
    [message] = Message.objects.filter(kind="letter.visa")
    assert message.attachments == [{"kind": "letter", "id": str(Letter.objects.get().pk)}]
    assert VisaCase.objects.get().letter_issued_at is not None


def test_the_authoritys_letter_is_followed_until_it_is_there():
    found = note_authority(case_id=case().pk, state="requested", requested_on=date(2026, 11, 26), by=OFFICER)
    assert found.authority_due == WorkingDays().after(date(2026, 11, 26), 10)
    with pytest.raises(Refused, match="number and the date"):
        note_authority(case_id=found.pk, state=RECEIVED, by=OFFICER)
    found = note_authority(case_id=found.pk, state=RECEIVED, number="A-7", dated=date(2026, 12, 1), by=OFFICER)
    assert VisaCase.objects.get().authority_number == "A-7"
    with pytest.raises(Refused, match="in the meantime"):
        note_authority(case_id=found.pk, state="refused", by=OFFICER, expected_version=0)


def test_departures_are_closed_with_a_day_that_can_be():
    found = case()
    with pytest.raises(Refused, match="the day the guest left"):
        close_departure(case_id=found.pk, departure="departed", by=OFFICER)
    with pytest.raises(Refused, match="still to come"):
        close_departure(case_id=found.pk, departure="departed", departed_on=date(2099, 1, 1), by=OFFICER)
    closed = close_departure(case_id=found.pk, departure="departed", departed_on=date(2026, 1, 1), by=OFFICER)
    assert closed.departure == "departed"


def test_what_is_overdue_is_counted_and_flagged():
    today = timezone.now().date()
    late, fine = case(), case()
    VisaCase.objects.filter(pk=late.pk).update(letter_due=today - timedelta(days=1))
    client = signed_in("Conference office")
    page = client.get(f"{DESK}?attention=overdue")
    assert [found.pk for found in page.context["object_list"]] == [late.pk]
    assert [number["count"] for number in page.context["summary"]] == [2, 0, 0, 1]
    assert "plenary-late" in page.content.decode()
    assert fine.pk != late.pk


def test_an_officer_works_a_case_from_letter_to_departure():
    found = case()
    client, address = signed_in("Travel and visa desk"), f"{DESK}case/{found.pk}/"
    assert client.get(address).status_code == 200
    client.post(address, {"issue": "1"})
    assert client.get(f"{address}letter.pdf").content.startswith(b"%PDF")
    sent = {"authority": "1", "state": RECEIVED, "number": "A-7", "dated": "2026-12-01", "version": 1}
    client.post(address, {**sent, "file": upload("notice.pdf", pdf())})
    assert client.get(f"{address}authority/").content == pdf()
    wrong = client.post(address, {"departure": "eaten"})
    assert wrong.context["departure_form"].errors
    client.post(address, {"departure": "not_come"})
    client.post(address, {"revoke": "1", "reason": "Wrong dates"})
    found.refresh_from_db()
    assert (found.authority, found.departure) == (RECEIVED, "not_come")
    assert not Letter.objects.valid().exists()
    assert AccessLog.objects.filter(part="authority's letter").exists()


def test_a_refusal_at_the_desk_stands_beside_what_was_typed():
    found = case()
    client, address = signed_in("Travel and visa desk"), f"{DESK}case/{found.pk}/"
    page = client.post(address, {"authority": "1", "state": RECEIVED, "number": "A-7", "version": 0}).content.decode()
    assert "Write the number and the date" in page
    assert 'value="A-7"' in page
    page = client.post(address, {"departure": "departed", "departed_on": "2099-01-01"}).content.decode()
    assert "This day is still to come." in page
    assert "2099-01-01" in page
    said = client.post(address, {"revoke": "1", "reason": "Wrong dates"}, follow=True).content.decode()
    assert "no letter to withdraw" in said


def test_a_guest_whose_letter_was_withdrawn_waits_for_one_again_and_the_departure_stays_to_be_registered():
    found = case()
    issue_visa_letters([found.registration_id], by=OFFICER)
    revoke_letter(letter_id=Letter.objects.get().pk, by=OFFICER, reason="Wrong dates")
    today = found.departure_due + timedelta(days=1)
    assert list(VisaCase.objects.letter_waiting()) == [found]
    assert list(VisaCase.objects.departure_overdue(today)) == [found]
    page = signed_in("Travel and visa desk").get(f"{DESK}case/{found.pk}/").content.decode()
    assert "Issue the letter and mail it" in page
    issue_visa_letters([found.registration_id], by=OFFICER)
    assert not VisaCase.objects.letter_waiting().exists()
    never = case()
    assert never not in VisaCase.objects.departure_open(never.departure_due)


@pytest.mark.parametrize(
    "role",
    [
        *("Vetting: protocol desk", "Vetting: security desk", "Vetting: press desk", "HR", "IT", "Publicity"),
        *("Editor", "Leading group"),
    ],
)
def test_no_other_role_reaches_the_letters_desk(role):
    found = case()
    issue_visa_letters([found.registration_id], by=OFFICER)
    client = signed_in(role)
    for address in (DESK, f"{DESK}case/{found.pk}/", f"{DESK}case/{found.pk}/letter.pdf", "/cms/letter-texts/new/"):
        response = client.get(address)
        assert response.status_code in {403, 404} or response["Location"] == "/cms/", address
    client.post(f"{DESK}case/{found.pk}/", {"revoke": "1", "reason": "x"})
    assert Letter.objects.valid().exists()


def test_letters_are_issued_to_many_after_a_look_at_them():
    ready, waiting = approved(name="Ready Guest"), RegistrationFactory(name="Waiting Guest")
    client = signed_in("Conference office")
    bulk = f"/cms/bulk/registration/registration/issue_letters/?id={ready.pk}&id={waiting.pk}&next={DESK}"
    said = client.get(bulk).content.decode()
    assert "1 guest gets a letter" in said
    assert "1 guest gets no letter" in said
    assert not Letter.objects.exists()
    client.post(bulk, {"confirmed": "on", "seen": [f"{one.pk}:{one.version}" for one in (ready, waiting)]})
    assert Letter.objects.get().registration == ready


def test_the_dossier_shows_invitation_and_letters():
    found = case()
    page = signed_in("Conference office").get(reverse("vetting:dossier", args=[found.registration_id]))
    assert f"{DESK}case/{found.pk}/" in page.content.decode()


# -- what letters say -----------------------------------------------------------------------------------------------------
def test_the_office_edits_texts_letterhead_and_rules_and_a_wrong_placeholder_is_told_at_its_field():
    client = signed_in("Conference office")
    page = client.get("/cms/letter-texts/new/")
    assert "To whom it may concern" in page.content.decode()  # begun with the built-in text
    wrong = {"kind": "visa_support", "subject_en": "Visa", "body_en": "Dear {nmae}"}
    refused = client.post("/cms/letter-texts/new/", wrong)
    assert "{nmae}" in str(refused.context["form"].errors["body"])
    assert client.post("/cms/letter-texts/new/", {**wrong, "body_en": "Dear {name}"}).status_code == 302
    head = {"institution_en": "House", "seal_file": upload("seal.png")}
    assert client.post("/cms/letterheads/new/", head).status_code == 302
    rules = {
        "valid_from": "2026-01-01",
        "source": "Rule 7",
        "visa_letter_days": 3,
        "authority_days": 8,
        "departure_days": 20,
        "reminder_days": "3, 20",
    }
    assert client.post("/cms/letter-rules/new/", rules).status_code == 302
    assert LetterRules.objects.get().reminder_days == [20, 3]


def test_the_passport_number_stands_in_the_letter_and_reading_it_is_logged():
    guest = approved()
    save_travel_document(registration_id=guest.pk, facts=document(), by=GUEST)
    issue_visa_letters([guest.pk], by=OFFICER)
    said = text_of(letter_pdf(Letter.objects.with_subject().get()))
    assert NUMBER in said
    assert AccessLog.objects.filter(part="passport, for a letter").count() == 1
