"""Working days: weekends by country, holidays as facts that staff enter, and deadlines that follow both."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from plenary.core.actions import GUEST, Actor
from plenary.core.models import HistoryEntry
from registration.actions.visas import note_authority, open_case
from registration.models import Holiday, VisaCase
from registration.rules import State
from registration.rules.letters import WorkingDays
from registration.working_days import weekend_of, working_days_of
from tests.factories.events import EventFactory, VenueFactory
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


def held_in(country: str):
    return EventFactory(venue=VenueFactory(country=country))


def holiday(day, **facts) -> Holiday:
    return Holiday.objects.create(day=day, name={"en": "Holiday"}, **facts)


@pytest.mark.parametrize(
    ("country", "weekend"), [("CH", {5, 6}), ("EG", {4, 5}), ("IR", {4}), ("AE", {5, 6}), ("", {5, 6}), ("ZZ", {5, 6})]
)
def test_the_weekend_is_that_of_the_country(country, weekend):
    assert weekend_of(country) == weekend


def test_a_free_day_is_not_counted_and_a_worked_saturday_is():
    monday = date(2026, 11, 30)
    days = WorkingDays(free=frozenset({date(2026, 12, 1)}), worked=frozenset({date(2026, 12, 5)}))
    assert days.after(monday, 1) == date(2026, 12, 2)
    assert days.after(monday, 4) == date(2026, 12, 5)
    assert days.after(monday, 5) == date(2026, 12, 7)


def test_a_calendar_without_a_working_day_does_not_hang():
    with pytest.raises(OverflowError):
        WorkingDays(weekend=frozenset(range(7))).after(date(2026, 1, 1), 1)


def test_a_country_calendar_holds_for_its_events_only_and_an_event_has_the_last_word():
    here, there = held_in("CH"), held_in("KE")
    holiday(date(2026, 12, 1), country="CH")
    holiday(date(2026, 12, 2), country="CH")
    holiday(date(2026, 12, 2), event=here, is_worked=True)
    monday = date(2026, 11, 30)
    assert working_days_of(here, monday).after(monday, 1) == date(2026, 12, 2)
    assert working_days_of(there, monday).after(monday, 1) == date(2026, 12, 1)


def test_the_deadlines_of_a_visa_case_leave_holidays_out():
    event = held_in("CH")
    today = event.local(timezone.now()).date()
    free = [today + timedelta(days=number) for number in (1, 2, 3, 4)]
    for day in (*free, date(2026, 12, 1), date(2026, 12, 2)):
        Holiday.objects.get_or_create(day=day, country="CH", defaults={"name": {"en": "Holiday"}})
    guest = RegistrationFactory(category__event=event, state=State.APPROVED)
    case = open_case(registration_id=guest.pk, by=GUEST)
    assert case.letter_due == working_days_of(event, today).after(today, 5) > WorkingDays().after(today, 5)
    asked = {"state": VisaCase.Authority.REQUESTED, "requested_on": date(2027, 3, 1)}
    holiday(date(2027, 3, 2), country="CH")
    found = note_authority(case_id=case.pk, by=Actor("Officer"), **asked)
    assert found.authority_due == date(2027, 3, 16)  # ten working days and one holiday


def test_a_holiday_is_of_a_country_or_of_an_event_and_stands_once():
    holiday(date(2026, 12, 1), country="CH")
    for facts in ({}, {"country": "CH"}, {"country": "KE", "event": held_in("KE")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            holiday(date(2026, 12, 1), **facts)


def test_the_office_keeps_the_calendar_and_every_change_leaves_a_trace():
    client = Client()
    client.force_login(staff("Conference office"))
    sent = {"country": "CH", "day": "2026-08-01", "name_en": "National day", "event": ""}
    wrong = client.post("/cms/holidays/new/", sent | {"country": ""})
    assert "one of the two" in wrong.content.decode()
    assert client.post("/cms/holidays/new/", sent).status_code == 302
    found = Holiday.objects.get()
    assert (str(found.country), found.day) == ("CH", date(2026, 8, 1))
    assert "National day" in client.get("/cms/holidays/").content.decode()
    assert client.post(f"/cms/holidays/delete/{found.pk}/").status_code == 302
    assert not Holiday.objects.exists()
    traces = HistoryEntry.objects.filter(subject_type="registration.holiday").order_by("id")
    assert list(traces.values_list("verb", flat=True)) == ["created", "removed"]
