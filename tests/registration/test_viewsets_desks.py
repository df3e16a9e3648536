"""Desks, flags and the watch list in the admin: who sees what, what a form refuses, what a list costs."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.actions import Actor
from plenary.core.models import AccessLog
from plenary.events.models import EventStaff
from registration.actions import check_now, save_entry
from registration.models import (
    Category,
    CategoryDesk,
    Desk,
    DeskStanding,
    Finding,
    Hold,
    InternalNote,
    Registration,
    Review,
    SavedFilter,
    WatchListEntry,
)
from registration.rules import State
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.files import upload
from tests.registration.guest import my

pytestmark = pytest.mark.django_db
PROTOCOL, SECURITY, OFFICE = "Vetting: protocol desk", "Vetting: security desk", "Conference office"


def signed_in(*roles, **facts):
    client = Client()
    client.user = staff(*roles, **facts)
    client.force_login(client.user)
    return client


def dossier(registration):
    return reverse("vetting:dossier", args=[registration.pk])


def hidden(content, form_of, name):
    """The value of a hidden field of one desk's form."""
    form = next(part for part in content.split("<form") if f'value="{form_of}"' in part and 'value="verdict"' in part)
    found = re.search(rf'name="{name}"(?: value="([^"]*)")?', form)
    return found.group(1) or "" if found else ""


def say(client, registration, slug, verdict, **more):
    content = client.get(dossier(registration)).content.decode()
    sent = {name: hidden(content, slug, name) for name in ("seen", "version")}
    data = {"act": "verdict", "desk": slug, "verdict": verdict, "then_stay": "1"}
    return client.post(dossier(registration), data | sent | more)


@pytest.fixture
def registration():
    found = RegistrationFactory(name="Amina Diallo")
    for slug, strict in [("protocol", False), ("security", True)]:
        CategoryDesk.objects.create(category=found.category, desk=Desk.objects.get(slug=slug), four_eyes=strict)
    return found


@pytest.mark.slow
def test_two_desks_decide_in_the_admin_with_four_eyes(registration):
    protocol, one, other = signed_in(PROTOCOL), signed_in(SECURITY), signed_in(SECURITY)
    assert "have spoken" in protocol.get(dossier(registration)).content.decode()
    assert say(protocol, registration, "protocol", "clear").status_code == 302
    assert say(one, registration, "security", "clear").status_code == 302
    assert "second officer" in say(one, registration, "security", "clear").content.decode()
    response = protocol.post(dossier(registration), {"to": "approved", "version": registration.version})
    assert response.status_code == 200  # not a choice yet
    say(other, registration, "security", "clear")
    content = protocol.get(dossier(registration)).content.decode()
    assert "none objects" in content
    protocol.post(dossier(registration), {"to": "approved", "version": registration.version, "then_stay": "1"})
    registration.refresh_from_db()
    assert registration.state == State.APPROVED


def test_a_form_opened_before_a_colleague_spoke_is_refused_and_loses_nothing(registration):
    one, other = signed_in(SECURITY), signed_in(SECURITY)
    content = one.get(dossier(registration)).content.decode()
    say(other, registration, "security", "object", reason_code="")
    say(other, registration, "security", "clear")
    sent = {name: hidden(content, "security", name) for name in ("seen", "version")}
    response = one.post(
        dossier(registration), {"act": "verdict", "desk": "security", "verdict": "clear", "note": "My words."} | sent
    )
    shown = response.content.decode()
    assert f"Security desk: No objection (officer 1 of 2) ({other.user.get_full_name()}, " in shown
    assert "My words." in shown
    fresh = {name: hidden(shown, "security", name) for name in ("seen", "version")}
    assert fresh["seen"] != sent["seen"]  # the page is as it is now: pressing again is a decision on what it shows
    assert Review.objects.get(closed="").officers == 1


def test_an_objection_without_its_reason_is_told_at_the_form(registration):
    assert "Choose the reason" in say(signed_in(SECURITY), registration, "security", "object").content.decode()
    assert not Review.objects.exists()


def test_another_desks_form_and_another_events_dossier_are_closed(registration):
    protocol = signed_in(PROTOCOL)
    data = {"act": "verdict", "desk": "security", "verdict": "clear", "version": registration.version, "seen": ""}
    assert protocol.post(dossier(registration), data).status_code in {302, 403}
    elsewhere = signed_in(PROTOCOL)
    EventStaff.objects.create(event=EventFactory(), user=elsewhere.user)
    assert elsewhere.get(dossier(registration), follow=True).status_code == 404
    refused = elsewhere.post(dossier(registration), data | {"desk": "protocol"}, follow=True)
    assert refused.status_code == 404
    assert not Review.objects.exists()


def test_hold_note_and_assignment_are_kept_and_shown_and_mail_nobody(registration):
    client, address = signed_in(PROTOCOL), dossier(registration)
    assert (
        "Choose a day" in client.post(address, {"act": "hold", "until": "2020-01-01", "reason": "x"}).content.decode()
    )
    client.post(address, {"act": "hold", "until": "2099-01-01", "reason": "Waits for the embassy."})
    client.post(address, {"act": "note", "text": "Called on Monday.", "about": "organisation"})
    client.post(address, {"act": "assign", "officer": client.user.pk, "holder": ""})
    content = client.get(address).content.decode()
    for words in ("Waits for the embassy.", "Called on Monday.", "assigned to you"):
        assert words in content
    assert "Amina" not in client.get("/cms/vetting/").content.decode()
    assert "Amina" in client.get("/cms/vetting/?show=hold").content.decode()
    client.post(address, {"act": "resume"})
    assert "Amina" in client.get("/cms/vetting/?assigned=me").content.decode()
    assert (Hold.objects.count(), InternalNote.objects.count()) == (1, 1)
    guest = Client().get(my(registration)).content.decode()
    assert "embassy" not in guest
    assert "Monday" not in guest


# -- what a desk sees ------------------------------------------------------------------------------------------------------
def test_a_desk_sees_the_fields_its_work_needs_and_no_others(registration):
    question = QuestionFactory(event=registration.event, key="visits", label={"en": "Earlier visits"})
    question.desks.set([Desk.objects.get(slug="security")])
    registration.answers = '{"visits": "In 2019"}'
    registration.save()
    Desk.objects.filter(slug="protocol").update(sees_contact=False, sees_documents=False)
    protocol = signed_in(PROTOCOL).get(dossier(registration)).content.decode()
    security = signed_in(SECURITY).get(dossier(registration)).content.decode()
    assert "In 2019" in security
    assert "In 2019" not in protocol
    assert registration.email in security
    assert registration.email not in protocol


def test_a_file_opens_for_the_desk_that_needs_documents_alone(registration):
    from registration.actions import attach_upload
    from registration.uploads import inspect

    stored = attach_upload(owner=registration, question=None, checked=inspect(upload()))
    Desk.objects.filter(slug="protocol").update(sees_documents=False)
    address = reverse("vetting:file", args=[stored.pk])
    assert signed_in(PROTOCOL).get(address).status_code in {302, 403}
    assert signed_in(SECURITY).get(address).status_code == 200


# -- the watch list ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def watched():
    found = RegistrationFactory(name="Юсуф Кузнецов", latin_name="Yusuf Kuznetsov", nationality="RU")
    check_now(found)
    entry = WatchListEntry(names="Kuznetzov, Yousef", nationality="RU", source="Notice 7", birth_year=1970)
    save_entry(entry, by=Actor("Karim"))
    found.refresh_from_db()
    return found


def test_a_new_entry_finds_who_is_registered_and_explains_itself_to_security_alone(watched):
    assert watched.watch_level == Finding.Level.DANGER
    assert watched.flag_level == 0
    security = signed_in(SECURITY).get(dossier(watched)).content.decode()
    assert "Like an entry of the watch list" in security
    assert "sounds like" in security
    assert "1970" in security
    for role in (PROTOCOL, OFFICE):
        content = signed_in(role).get(dossier(watched)).content.decode()
        assert "watch list" not in content.lower()
    assert "plenary-mark--danger" in signed_in(SECURITY).get("/cms/vetting/").content.decode()
    assert "plenary-mark--danger" not in signed_in(PROTOCOL).get("/cms/vetting/").content.decode()


def test_nobody_like_an_entry_is_approved_until_security_has_dismissed_it(watched):
    protocol, security = signed_in(PROTOCOL), signed_in(SECURITY)
    data = {"to": "approved", "version": watched.version, "then_stay": "1"}
    assert "security desk has not released" in protocol.post(dossier(watched), data).content.decode()
    flag = Finding.objects.get(registration=watched, kind="watch_list")
    sent = {"act": "flag", "finding": str(flag.pk), "state": "dismissed"}
    assert "Write why" in security.post(dossier(watched), sent).content.decode()
    assert protocol.post(dossier(watched), sent | {"reason": "x"}).status_code in {302, 403}
    security.post(dossier(watched), sent | {"reason": "Born in 1991."})
    protocol.post(dossier(watched), data)
    watched.refresh_from_db()
    assert watched.state == State.APPROVED


@pytest.mark.parametrize("role", [PROTOCOL, "Vetting: press desk", OFFICE, "Leading group", "IT", "Security"])
def test_no_other_role_reaches_the_watch_list_by_any_verb(role, watched):
    entry, client = WatchListEntry.objects.get(), signed_in(role)
    for address in ("/cms/watch-list/", "/cms/watch-list/new/", reverse("watch_list:edit", args=[entry.pk]),
                    reverse("watch_list:delete", args=[entry.pk])):  # fmt: skip
        for response in (client.get(address), client.post(address, {"names": "X", "source": "Y"})):
            assert response.status_code in {302, 403}
            assert b"Kuznetzov" not in response.content
    assert WatchListEntry.objects.get().names == "Kuznetzov, Yousef"


def test_security_keeps_entries_and_every_look_at_one_is_logged(watched):
    client, entry = signed_in(SECURITY), WatchListEntry.objects.get()
    assert "Kuznetzov" not in client.get("/cms/watch-list/").content.decode()
    assert "Kuznetzov" in client.get(reverse("watch_list:edit", args=[entry.pk])).content.decode()
    assert AccessLog.objects.filter(subject_id=str(entry.pk), part="watch list").count() == 1
    client.post(reverse("watch_list:delete", args=[entry.pk]))
    watched.refresh_from_db()
    assert (WatchListEntry.objects.count(), watched.watch_level) == (0, 0)
    response = client.post("/cms/watch-list/new/", {"names": " ", "source": "Notice 8", "valid_from": "2026-01-01"})
    assert response.status_code == 200
    assert not WatchListEntry.objects.exists()


def test_an_entry_is_encrypted_and_its_keys_tell_nothing(watched):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT names FROM registration_watchlistentry")
        assert "Kuznetzov" not in str(cursor.fetchall())
        cursor.execute("SELECT key FROM registration_matchkey")
        assert "kznt" not in str(cursor.fetchall())


# -- set-up ------------------------------------------------------------------------------------------------------------------
def test_the_office_gives_a_category_its_route_and_others_cannot(registration):
    category = CategoryFactory(event=registration.event)
    data = {"category": category.pk, "desk": Desk.objects.get(slug="press").pk, "step": 2, "four_eyes": "on"}
    assert signed_in(OFFICE).post("/cms/routes/new/", data).status_code == 302
    stop = CategoryDesk.objects.get(category=category)
    assert (stop.step, stop.four_eyes, stop.may_veto) == (2, True, False)
    for role in (PROTOCOL, SECURITY, "Editor"):
        assert signed_in(role).post("/cms/routes/new/", data | {"step": 3}).status_code in {302, 403}
    assert CategoryDesk.objects.filter(category=category).count() == 1
    assert signed_in(OFFICE).get("/cms/desks/").status_code == signed_in(OFFICE).get("/cms/reasons/").status_code == 200


# -- many, and lists ---------------------------------------------------------------------------------------------------------
def bulk(action, registrations):
    query = urlencode([("id", str(one.pk)) for one in registrations] + [("next", "/cms/vetting/")])
    return f"{reverse('wagtail_bulk_action', args=['registration', 'registration', action])}?{query}"


def test_many_are_cleared_taken_and_held_but_not_approved_past_a_desk(registration):
    other = RegistrationFactory(category=registration.category, name="Jane Doe")
    both, protocol = [registration, other], signed_in(PROTOCOL)
    assert protocol.get(bulk("approve", both)).context["possible"] == []
    for one in both:
        from registration.actions.standing import refresh_standing

        refresh_standing(one)
    assert "Amina Diallo" in protocol.get(bulk("clear", both)).content.decode()
    protocol.post(bulk("clear", both), {"desk": Desk.objects.get(slug="protocol").pk})
    assert DeskStanding.objects.filter(desk__slug="protocol", state="cleared").count() == 2
    protocol.post(bulk("take", both))
    assert Registration.objects.filter(assigned_to=protocol.user).count() == 2
    protocol.post(bulk("hold", both), {"until": "2099-01-01", "reason": "The list comes on Monday."})
    assert Hold.objects.count() == 2
    stranger = signed_in("Vetting: press desk")
    stranger.post(bulk("take", both))
    assert Registration.objects.filter(assigned_to=protocol.user).count() == 2


def test_a_list_is_kept_for_oneself_or_for_all_and_removed_by_its_owner_alone():
    mine, other = signed_in(PROTOCOL), signed_in(SECURITY)
    mine.post("/cms/vetting/lists/", {"name": "Late from Kenya", "query": "show=late&nationality=KE"})
    mine.post("/cms/vetting/lists/", {"name": "Flagged", "query": "show=flagged", "shared": "on"})
    mine.post("/cms/vetting/lists/", {"name": "Flagged", "query": "show=flagged&event=", "shared": "on"})
    assert SavedFilter.objects.count() == 2
    assert "Late from Kenya" in mine.get("/cms/vetting/").content.decode()
    content = other.get("/cms/vetting/").content.decode()
    assert "Flagged" in content
    assert "Late from Kenya" not in content
    other.post(f"/cms/vetting/lists/{SavedFilter.objects.first().pk}/remove/")
    assert SavedFilter.objects.count() == 2
    assert signed_in("Editor").post("/cms/vetting/lists/", {"name": "x"}).status_code in {302, 403}


def test_the_queue_with_desks_and_flags_takes_as_many_statements_for_three_guests_as_for_one(statements_of):
    category = CategoryFactory()
    for slug in ("protocol", "security"):
        CategoryDesk.objects.create(category=category, desk=Desk.objects.get(slug=slug))
    client = signed_in(SECURITY)
    from registration.actions.standing import refresh_standing

    def add(number):
        for _number in range(number):
            one = RegistrationFactory(category=category, flag_level=2, assigned_to=client.user)
            refresh_standing(one)

    add(1)
    client.get("/cms/vetting/")
    one = statements_of(lambda: client.get("/cms/vetting/"))
    add(2)
    assert statements_of(lambda: client.get("/cms/vetting/")) == one


# -- the guest's side ----------------------------------------------------------------------------------------------------------
def test_the_link_of_a_request_opens_just_the_asked_fields_filled_in_and_no_other_is_taken():
    category = CategoryFactory(kind=Category.Kind.PRESS)
    for key in ("outlet", "diet"):
        QuestionFactory(event=category.event, key=key, label={"en": key.title()}, required=True)
    found = RegistrationFactory(category=category, name="Jo Press", answers='{"outlet": "The Courier", "diet": "none"}')
    press = signed_in("Vetting: press desk")
    press.post(
        dossier(found),
        {"to": "information_requested", "reason": "Which outlet?", "version": found.version,
         "fields_asked": ["answer:outlet", "organisation"], "then_stay": "1"},
    )  # fmt: skip
    guest, address = Client(), my(found, "requested/")
    found.refresh_from_db()
    content = guest.get(address).content.decode()
    assert "The Courier" in content
    assert "Ministry of Water" in content
    assert "Diet" not in content
    assert 'name="name"' not in content
    sent = {"version": found.version, "organisation": "Delta Media", "answers-outlet": "", "text": "Here you are."}
    response = guest.post(address, sent)
    assert response.status_code == 200
    assert "Delta Media" in response.content.decode()
    prefix = re.search(r'name="([^"]*)outlet"', content).group(1)
    answered = {"version": found.version, "organisation": "Delta Media", f"{prefix}outlet": "Delta Courier",
                f"{prefix}diet": "halal", "name": "Somebody Else"}  # fmt: skip
    assert guest.post(address, answered | {"version": found.version - 1}).status_code == 409
    assert guest.post(address, answered).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.organisation, found.name) == (State.SUBMITTED, "Delta Media", "Jo Press")
    assert found.answer_data == {"outlet": "Delta Courier", "diet": "none"}
    assert guest.post(address, answered).status_code == 409
    assert "The Courier" in press.get(dossier(found)).content.decode()  # what it was, beside what it is
