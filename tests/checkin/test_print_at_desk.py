"""Printing at the desk: find one guest, print that badge, replace a lost one, next guest; all from the keyboard."""

import pytest
from django.urls import reverse
from django.utils import timezone

from checkin.actions import issue_credentials, withdraw_credentials
from checkin.models import Credential
from plenary.core.models import AccessLog
from registration.models import Registration
from registration.rules import State
from tests.checkin.test_admin import staff
from tests.factories.checkin import badge_text, make_credential
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return CategoryFactory(event=EventFactory(slug="summit"), slug="expert")


@pytest.fixture
def printer(client, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    client.force_login(staff("checkin.print_badge"))
    return client


def guest(category, name, **facts):
    return make_credential(category.event, category=category, name=name, **{"latin_name": ""} | facts)


def found(client, words, **more):
    return client.get(reverse("badges:index"), {"q": words, **more})


def names(answer):
    return [one.name for one in answer.context["found"]]


@pytest.mark.parametrize("words", ["王", "王浩", "haoran", "CODE:{code}", "{code}", "{badge}"])
def test_a_guest_is_found_by_name_in_any_script_by_code_and_by_a_scanned_badge(printer, category, words):
    credential = guest(category, "王浩然", latin_name="WANG Haoran")
    guest(category, "Ana Lima")
    words = words.format(code=credential.registration.code, badge=badge_text(credential))
    assert names(found(printer, words)) == ["王浩然"]


def test_a_single_letter_finds_nobody(printer, category):
    guest(category, "Ana Lima")
    assert names(found(printer, "a")) == []
    assert not AccessLog.objects.exists()


def test_whose_name_begins_so_comes_before_whose_name_holds_it(printer, category):
    for name in ("Achieng Mwangi", "Bea Wang", "Wang Anli"):
        guest(category, name, latin_name=name)
    assert names(found(printer, "wang")) == ["Bea Wang", "Wang Anli", "Achieng Mwangi"]


def test_enter_prints_only_where_one_guest_alone_was_found(printer, category):
    guest(category, "Ana Lima")
    page = found(printer, "lima").content.decode()
    assert page.count("data-print ") + page.count("data-print>") == 1
    assert page.index("autofocus") > page.index("data-print")
    guest(category, "Bea Lima")
    page = found(printer, "lima").content.decode()
    assert page.index("autofocus") < page.index("data-print")
    assert page.count("autofocus") == 1


def test_the_state_says_what_the_desk_has_to_know(printer, category):
    credential = guest(category, "Ana Lima")
    Credential.objects.filter(pk=credential.pk).update(issue=3, printed_at=timezone.now())
    page = found(printer, "lima").content.decode()
    assert "R3" in page
    assert "printed at a kiosk" in page
    RegistrationFactory(category=category, name="Bea Melo", state=State.SUBMITTED)
    page = found(printer, "melo").content.decode()
    assert "Bea Melo" in page
    assert " data-print" not in page.replace("data-print-failed", "")


def test_a_withdrawn_badge_offers_nothing_to_print(printer, category):
    credential = guest(category, "Ana Lima")
    withdraw_credentials([credential.registration])
    page = found(printer, "lima").content.decode()
    assert "Ana Lima" in page
    assert reverse("badges:one", args=[credential.registration_id]) not in page


def test_a_replaced_badge_goes_to_the_printer_at_once_and_the_old_one_names_nobody_valid(printer, category):
    credential = guest(category, "Ana Lima")
    guest(category, "Bea Lima")
    old = badge_text(credential)
    answer = printer.post(reverse("badges:replace", args=[credential.registration_id]), {"reason": "Lost"}, follow=True)
    page = answer.content.decode()
    assert names(answer) == ["Ana Lima"]
    assert "data-print-now" in page
    credential.refresh_from_db()
    assert (credential.issue, badge_text(credential) == old) == (2, False)
    assert "data-print-now" not in found(printer, credential.registration.code).content.decode()


def test_who_looks_for_one_guest_does_not_wait_for_the_counts_of_all(printer, category):
    guest(category, "Ana Lima")
    assert "categories" not in found(printer, "lima").context
    assert "categories" in printer.get(reverse("badges:index")).context


def test_more_than_twenty_are_cut_and_only_those_shown_are_logged(printer, category):
    issue_credentials(
        [RegistrationFactory(category=category, name=f"Lima {n}", state=State.APPROVED) for n in range(21)]
    )
    page = found(printer, "lima").content.decode()
    assert "There are more" in page
    assert Registration.objects.count() == 21
    assert AccessLog.objects.count() == 20
