"""Badges at the registration desk: of those it has registered itself, one by one, provisional until somebody decides."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language

from checkin.actions import issue_credentials
from checkin.badges import provisional_badge_pdf, provisional_data
from plenary.core.actions import Actor
from plenary.core.models import AccessLog
from plenary.events.actions import list_staff
from registration.models import Registration
from registration.rules import State
from tests.checkin.test_badges import codes_of, words_of
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return CategoryFactory(event=EventFactory(slug="summit"), slug="expert")


@pytest.fixture
def officer() -> User:
    return staff("Registration desk")


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def walk_in(category, state=State.SUBMITTED, **facts) -> Registration:
    return RegistrationFactory(category=category, state=state, **{"source": "desk", "name": "Ana Lima"} | facts)


def badge_of(guest: Registration) -> str:
    return reverse("badges:one", args=[guest.pk])


def status_of(client: Client, address: str) -> int:
    """At the end of the way: the office sends on whoever lacks a right, but tells a program 403."""
    return client.get(address, headers={"X-Requested-With": "XMLHttpRequest"}, follow=True).status_code


def test_a_walk_in_under_review_gets_a_badge_that_says_so_and_has_nothing_to_scan(desk, category) -> None:
    guest = walk_in(category)
    answer = desk.get(badge_of(guest))
    words = words_of(answer.content)
    assert "AnaLima" in words
    assert "Provisional" in words
    assert codes_of([provisional_data(guest)] * 2) == [[], []]
    assert list(AccessLog.objects.values_list("part", "subject_id")) == [("provisional badge", str(guest.pk))]


def test_a_provisional_badge_speaks_the_language_of_its_event(category, monkeypatch) -> None:
    category.event.source_language = "fr"
    monkeypatch.setattr("checkin.badges._", lambda _text: f"said in {get_language()}")
    assert "saidinfr" in words_of(provisional_badge_pdf(walk_in(category)))


def test_an_approved_walk_in_gets_the_badge_that_opens_doors(desk, category) -> None:
    guest = walk_in(category, State.APPROVED, source="paper")
    issue_credentials([guest])
    assert "Provisional" not in words_of(desk.get(badge_of(guest)).content)
    assert AccessLog.objects.get().part == "badge"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_the_desk_prints_nobody_who_registered_on_the_site(desk, category, state) -> None:
    guest = walk_in(category, state, source="site")
    if state == State.APPROVED:
        issue_credentials([guest])
    assert status_of(desk, badge_of(guest)) == 404
    assert guest.code not in desk.get(reverse("badges:index"), {"q": "lima"}).content.decode()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("state", [State.REJECTED, State.CANCELLED, State.WITHDRAWN, State.WAITLISTED])
def test_whoever_may_not_come_gets_no_provisional_badge(desk, category, state) -> None:
    assert status_of(desk, badge_of(walk_in(category, state))) == 404


def test_the_desk_of_one_event_prints_no_badge_of_another(desk, officer, category) -> None:
    list_staff(event=EventFactory(slug="elsewhere"), user=officer, by=Actor("office"))
    provisional, approved = walk_in(category), walk_in(category, State.APPROVED, name="Rui Melo")
    issue_credentials([approved])
    assert [status_of(desk, badge_of(guest)) for guest in (provisional, approved)] == [404, 404]


def test_the_desk_finds_its_walk_ins_and_prints_neither_many_nor_in_place_of_a_lost_one(desk, category) -> None:
    guest, waiting = walk_in(category, State.APPROVED), walk_in(category, name="Bea Lima")
    credential = issue_credentials([guest])[0]
    page = desk.get(reverse("badges:index"), {"q": "lima"}).content.decode()
    replace, many = reverse("badges:replace", args=[guest.pk]), reverse("badges:many", args=["summit", "expert", 1])
    assert badge_of(guest) in page
    assert badge_of(waiting) in page
    assert replace not in page
    assert many not in page
    assert desk.post(replace, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 403
    assert status_of(desk, many) == 403
    credential.refresh_from_db()
    assert credential.issue == 1


def test_the_door_supervisor_lets_people_in_and_hands_out_nothing_provisional(client, category) -> None:
    client.force_login(staff("Door supervisor"))
    guest = walk_in(category)
    assert status_of(client, badge_of(guest)) == 404
    assert badge_of(guest) not in client.get(reverse("badges:index"), {"q": "lima"}).content.decode()


@pytest.mark.parametrize("role", ["Vetting: protocol desk", "Finance", "Editor"])
def test_a_badge_is_closed_to_other_roles(client, category, role) -> None:
    client.force_login(staff(role))
    assert status_of(client, badge_of(walk_in(category))) == 403


def test_to_print_is_the_next_step_after_a_walk_in(desk, category) -> None:
    guest = walk_in(category)
    page = desk.get(reverse("desk:register"), {"event": category.event_id, "done": guest.pk}).content.decode()
    assert badge_of(guest) in page
