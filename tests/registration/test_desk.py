"""The registration desk: quick, checked like the site, decided like everybody, and open to those who stand there alone."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from plenary.core.models import AccessLog, HistoryEntry, Message
from plenary.operations.planning import roles
from registration.actions.identity import save_travel_document
from registration.models import Category, Registration, TravelDocument
from registration.rules import State
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.papers import NUMBER, document, zone

pytestmark = pytest.mark.django_db
URL = "/cms/desk/"


@pytest.fixture
def category():
    return CategoryFactory(public=False, closes_at=timezone.now(), name={"en": "VIP"})


@pytest.fixture
def desk(client, category):
    client.force_login(staff("Registration desk"))
    return client


def sent(category, **facts) -> dict:
    return {
        "event": category.event_id, "category": category.pk, "source": "desk", "language": "fr", "name": "Ana Lima",
        "nationality": "PT", "origin": str(uuid.uuid4()),
    } | facts  # fmt: skip


@pytest.mark.parametrize("role", roles.PERMISSIONS)
def test_the_desk_is_open_to_the_desk_and_the_office(client, category, role):
    client.force_login(staff(role))
    opens = client.get(URL).status_code == 200
    assert opens == (role in {"Conference office", "Registration desk"})
    if not opens:
        client.post(URL, sent(category))
        client.post(URL + "similar/", {"name": "Ana"})
        assert not Registration.objects.exists()


def test_the_desk_sees_no_dossier_and_no_queue(desk, category):
    registration = RegistrationFactory(category=category)
    for url in (reverse("vetting:index"), reverse("vetting:dossier", args=[registration.pk])):
        assert desk.get(url).status_code in {302, 403, 404}


def test_a_walk_in_waits_for_a_decision_and_the_next_form_is_ready(desk, category):
    response = desk.post(URL, sent(category, email="ana@example.org"))
    registration = Registration.objects.get()
    assert (registration.state, registration.source) == (State.SUBMITTED, "desk")
    assert registration.confirmed_at  # given face to face
    assert Message.objects.get().language == "fr"
    page = desk.get(response["Location"]).content.decode()
    assert registration.code in page
    assert f'value="{category.pk}" selected' in page
    category.refresh_from_db()
    assert category.taken == 1
    assert HistoryEntry.objects.of(registration).filter(verb="registered_at_desk", actor__isnull=False).exists()


def test_a_paper_form_without_an_address_needs_none(desk, category):
    desk.post(URL, sent(category, source="paper"))
    desk.post(URL, sent(category, source="paper", name="Rui Melo"))
    assert Registration.objects.filter(source="paper", email_index="").count() == 2
    assert not Message.objects.exists()


def test_a_button_pressed_twice_registers_once(desk, category):
    form = sent(category)
    for _press in range(2):
        assert desk.post(URL, form).status_code == 302
    assert Registration.objects.count() == 1


def test_the_checks_are_those_of_the_site_and_nothing_typed_is_lost(desk, category):
    page = desk.post(URL, sent(category, name="王伟", email="nonsense", organisation="Water Board")).content.decode()
    assert "Latin letters" in page
    assert 'value="Water Board"' in page
    assert not Registration.objects.exists()


def test_somebody_of_the_same_name_shows_before_anything_is_written(desk, category):
    RegistrationFactory(category=category, name="LIMA Ana", name_key="ana lima", code="ABCD2345")
    assert "ABCD2345" in desk.post(URL + "similar/", {"event": category.event_id, "name": "Ana Lima"}).content.decode()
    form = sent(category, organisation="Water Board")
    page = desk.post(URL, form)
    assert page.status_code == 409
    assert "ABCD2345" in page.content.decode()
    assert 'value="Water Board"' in page.content.decode()
    assert Registration.objects.count() == 1
    assert desk.post(URL, form | {"again": "on"}).status_code == 302


def test_an_address_that_is_registered_is_told_with_its_code(desk, category):
    existing = RegistrationFactory(category=category, email="ana@example.org")
    page = desk.post(URL, sent(category, email="ANA@example.org"))
    assert page.status_code == 409
    assert existing.code in page.content.decode()


def test_a_full_category_is_full_for_the_desk_and_not_for_who_may_exceed_it_with_a_reason(client, category):
    Category.objects.filter(pk=category.pk).update(quota=0)
    client.force_login(staff("Registration desk"))
    page = client.post(URL, sent(category, exceed_reason="I insist")).content.decode()
    assert "ask the conference office" in page
    client.force_login(staff("Conference office"))
    form = sent(category)
    assert "Give the reason" in client.post(URL, form).content.decode()
    assert client.post(URL, form | {"exceed_reason": "Minister's own guest"}).status_code == 302
    entry = HistoryEntry.objects.get(verb="over_quota")
    assert entry.reason == "Minister's own guest"
    category.refresh_from_db()
    assert category.taken == 1


def test_questions_of_the_category_are_offered_and_hold_up_nobody(desk, category):
    QuestionFactory(event=category.event, key="flight", label={"en": "Your flight"}, required=True)
    assert "Your flight" in desk.get(f"{URL}?category={category.pk}").content.decode()
    page = desk.post(URL, sent(category, show="1", name="")).content.decode()
    assert "Your flight" in page
    assert "plenary-errors" not in page
    assert desk.post(URL, sent(category)).status_code == 302


# -- the travel document -----------------------------------------------------------------------------------------------
def test_a_readers_lines_fill_in_the_person_and_nothing_is_registered_yet(desk, category):
    html = desk.post(URL, sent(category, name="", nationality="", zone=zone(), read="1")).content.decode()
    assert 'value="Amina Osman"' in html
    assert '<option value="KE" selected' in html
    assert "Nobody is registered with this document" in html
    assert not Registration.objects.exists()


def test_lines_alone_register_a_walk_in_and_the_document_is_kept_where_it_is_asked(desk, category):
    Category.objects.update(asks_passport=True, asks_passport_scan=True)
    assert desk.post(URL, sent(category, name="", nationality="", zone=zone())).status_code == 302
    registration = Registration.objects.get()
    assert (registration.name, str(registration.nationality), registration.state) == (
        "Amina Osman", "KE", State.SUBMITTED,
    )  # fmt: skip
    assert registration.travel_document.number == NUMBER
    assert HistoryEntry.objects.filter(verb="document_saved", actor__isnull=False).exists()


def test_where_no_document_is_asked_none_is_kept(desk, category):
    desk.post(URL, sent(category, zone=zone()))
    assert Registration.objects.get().name == "Ana Lima"  # what was typed stands; the officer sees that it differs
    assert not TravelDocument.objects.exists()


@pytest.mark.parametrize("by", ["lines", "number"])
def test_the_same_document_under_another_name_shows_before_anything_is_written(desk, category, by):
    held = RegistrationFactory(category=category, name="A. Osman-Diallo")
    save_travel_document(registration_id=held.pk, facts=document())
    given = {"zone": zone()} if by == "lines" else {"number": f"{NUMBER[:4]} {NUMBER[4:]}".lower(), "nationality": "KE"}
    facts = sent(category, name="Somebody Else", **given)
    page = desk.post(URL, facts)
    assert page.status_code == 409
    assert "This document is registered already" in page.content.decode()
    assert held.code in page.content.decode()
    assert Registration.objects.count() == 1
    assert AccessLog.objects.filter(part="desk search").exists()
    assert desk.post(URL, facts | {"again": "on"}).status_code == 302


def test_a_document_of_another_event_or_of_somebody_who_left_is_no_obstacle(desk, category):
    Category.objects.filter(pk=category.pk).update(asks_passport=True)
    elsewhere = RegistrationFactory()
    left = RegistrationFactory(category=category)
    for one in (elsewhere, left):
        save_travel_document(registration_id=one.pk, facts=document())
    Registration.objects.filter(pk=left.pk).update(state=State.WITHDRAWN)
    assert desk.post(URL, sent(category, zone=zone())).status_code == 302


def test_lines_with_a_wrong_check_digit_or_of_an_expired_document_are_told_and_nothing_typed_is_lost(desk, category):
    wrong = zone().replace(NUMBER, "AK0123457")
    expired = zone(expires_on=date(2019, 6, 30))
    for lines in (wrong, expired, "P<KEN"):
        page = desk.post(URL, sent(category, zone=lines, organisation="Ministry of Water"))
        assert page.status_code == 200
        assert "or leave them empty and type the rest" in page.content.decode()
        assert "Ministry of Water" in page.content.decode()
    assert not Registration.objects.exists()
    assert desk.post(URL, sent(category)).status_code == 302
