"""Identity papers before staff: who sees what of them, which looks are recorded, and the report of reads."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plenary.core.models import AccessLog
from plenary.operations.planning.roles import PERMISSIONS
from registration import actions
from registration.identity import findings_of, portraits_of
from registration.models import Portrait, TravelDocument
from registration.rules import State
from registration.uploads import inspect, inspect_portrait, inspect_scan
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.registration.files import pdf, picture, upload
from tests.registration.papers import NUMBER, document, face

pytestmark = pytest.mark.django_db
REPORT = "/cms/reports/passport-reads/"
VIEWS = ("passport", "passport_scan", "portrait", "assignment_letter")
SEES_PASSPORTS = {"Vetting: security desk", "Travel and visa desk"}
SEES_PORTRAITS = {
    "Conference office",
    "Vetting: protocol desk",
    "Vetting: security desk",
}  # of guests, not of the press
REQUIRED = {
    "passport": SEES_PASSPORTS,
    "passport_scan": SEES_PASSPORTS,
    "portrait": SEES_PORTRAITS,
    "assignment_letter": SEES_PORTRAITS,
}


@pytest.fixture(autouse=True)
def no_second_factor(settings) -> None:
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []


def guest(kind: str = "delegate", **facts):
    event = {"event__starts_on": date(2030, 5, 18), "event__ends_on": date(2030, 5, 20)}
    category = CategoryFactory(kind=kind, asks_passport=True, asks_portrait=True, **event)
    registration = RegistrationFactory(category=category, name="Amina Osman", nationality="KE", **facts)
    give(registration)
    return registration


def give(registration, **facts) -> None:
    actions.save_travel_document(
        registration_id=registration.pk,
        facts=document(**facts),
        scan=inspect_scan(upload("page.jpg", picture("JPEG"))),
    )
    actions.save_portrait(registration_id=registration.pk, portrait=inspect_portrait(upload("me.jpg", face())))
    actions.save_assignment_letter(registration_id=registration.pk, checked=inspect(upload("letter.pdf", pdf())))


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def looks() -> list[str]:
    return list(AccessLog.objects.order_by("pk").values_list("part", flat=True))


# -- view × role ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("view", VIEWS)
def test_each_paper_is_opened_by_its_roles_alone_and_every_look_is_recorded(view):
    registration = guest()
    address = reverse(f"vetting:{view}", args=[registration.pk])
    for role in PERMISSIONS:
        response = client_of(staff(role)).get(address)
        may = role in REQUIRED[view]
        assert (response.status_code == 200) is may, role
        assert looks() == ([view.replace("_", " ")] if may else []), role
        AccessLog.objects.all().delete()
    assert client_of(None).get(address).status_code == 302
    assert not looks()


@pytest.mark.parametrize("view", VIEWS)
def test_the_press_desk_opens_no_guest_and_the_protocol_desk_no_journalist(view):
    right = "registration.view_passport" if "passport" in view else "registration.view_identity"
    for role, kind in (("Vetting: press desk", "delegate"), ("Vetting: protocol desk", "press")):
        user = staff(role)
        user.user_permissions.add(*_permissions(right))
        assert client_of(user).get(reverse(f"vetting:{view}", args=[guest(kind).pk]), follow=True).status_code == 404
    assert not looks()


@pytest.mark.parametrize("view", VIEWS)
def test_staff_of_another_event_open_nothing(view):
    from plenary.events.models import EventStaff
    from tests.factories.events import EventFactory

    user = staff("Vetting: security desk")
    EventStaff.objects.create(user=user, event=EventFactory())
    assert client_of(user).get(reverse(f"vetting:{view}", args=[guest().pk]), follow=True).status_code == 404
    assert not looks()


def _permissions(name: str):
    from django.contrib.auth.models import Permission

    app, _dot, codename = name.partition(".")
    return Permission.objects.filter(content_type__app_label=app, codename=codename)


def test_a_page_of_a_document_shows_it_whole_and_is_kept_by_no_cache():
    registration = guest()
    response = client_of(staff("Travel and visa desk")).get(reverse("vetting:passport", args=[registration.pk]))
    html = response.content.decode()
    assert NUMBER in html
    assert "All check digits fit." in html
    assert "no-store" in response["Cache-Control"]


def test_files_are_served_sandboxed_and_named_by_code():
    registration = guest()
    client = client_of(staff("Vetting: security desk"))
    for view, kind in (("passport_scan", "inline"), ("portrait", "inline"), ("assignment_letter", "attachment")):
        response = client.get(reverse(f"vetting:{view}", args=[registration.pk]))
        assert "sandbox" in response["Content-Security-Policy"]
        assert "no-store" in response["Cache-Control"]
        assert response["Content-Disposition"].startswith(kind)
        assert registration.code in response["Content-Disposition"]
        assert "me.jpg" not in response["Content-Disposition"]
        assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_other_verb_is_answered(view, method):
    registration = guest()
    client = client_of(User.objects.create_superuser("root"))
    assert getattr(client, method)(reverse(f"vetting:{view}", args=[registration.pk])).status_code == 405


def test_papers_that_are_not_there_are_not_found():
    registration = RegistrationFactory()
    client = client_of(User.objects.create_superuser("root"))
    for view in VIEWS:
        assert client.get(reverse(f"vetting:{view}", args=[registration.pk]), follow=True).status_code == 404
    assert not looks()


# -- the dossier ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted({"Vetting: protocol desk", "Vetting: security desk", "Travel and visa desk"}))
def test_the_dossier_never_shows_a_number_and_offers_each_role_what_it_may_open(role):
    registration = guest()
    html = client_of(staff(role)).get(reverse("vetting:dossier", args=[registration.pk])).content.decode()
    assert NUMBER not in html
    assert (reverse("vetting:passport", args=[registration.pk]) in html) is (role in SEES_PASSPORTS)
    assert (reverse("vetting:portrait", args=[registration.pk]) in html) is (role in SEES_PORTRAITS)
    assert not {"passport", "passport scan"} & set(looks()), "a dossier is no read of a passport"


def test_the_panel_costs_the_same_with_many_equal_documents(statements_of):
    registration = guest()
    client, address = client_of(staff("Vetting: security desk")), reverse("vetting:dossier", args=[registration.pk])
    client.get(address)

    def with_the_same_document(people: int) -> int:
        for _number in range(people):
            actions.save_travel_document(
                registration_id=RegistrationFactory(category=registration.category, name="Someone Else").pk,
                facts=document(),
            )
        return statements_of(lambda: client.get(address))

    one = with_the_same_document(1)
    assert with_the_same_document(2) == one


def codes(registration) -> set[str]:
    registration.refresh_from_db()
    return {finding.code for finding in findings_of(registration)}


def test_what_deserves_a_look_is_found_and_told_without_what_the_document_says():
    registration = guest(latin_name="Amina Osman")
    assert codes(registration) == set()
    give(registration, nationality="FR", surname="Otherwise", zone="", expires_on=date(2030, 8, 1))
    found = findings_of(registration)
    assert {f.code for f in found} == {"nationality_differs", "name_differs", "no_zone", "ends_soon"}
    assert not any(word in f.text for f in found for word in (NUMBER, "Otherwise", "FR", "France"))
    give(registration, expires_on=date(2030, 5, 19))
    assert codes(registration) == {"ends_before_event"}
    give(registration, expires_on=timezone.localdate() - timedelta(days=1))
    assert codes(registration) == {"expired"}


def test_one_document_in_two_registrations_is_pointed_at_on_its_page():
    registration, other = guest(), guest()
    other.category = CategoryFactory(event=registration.event)
    other.event = registration.event
    other.save()
    assert codes(registration) == {"same_number"}
    html = (
        client_of(staff("Travel and visa desk"))
        .get(reverse("vetting:passport", args=[registration.pk]))
        .content.decode()
    )
    assert reverse("vetting:dossier", args=[other.pk]) in html
    other.state = State.WITHDRAWN
    other.save()
    assert codes(registration) == set()


def test_missing_papers_are_a_warning_until_they_are_due_and_more_after():
    category = CategoryFactory(
        asks_passport=True, asks_passport_scan=True, asks_portrait=True, asks_assignment_letter=True,
        identity_due_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    registration = RegistrationFactory(category=category)
    found = findings_of(registration)
    assert {f.code for f in found} == {"no_document", "no_scan", "no_portrait", "no_letter"}
    assert {f.level for f in found} == {"warning"}
    category.identity_due_at = timezone.now() - timedelta(days=1)
    assert {f.level for f in findings_of(registration)} == {"danger"}


def test_a_document_changed_after_the_decision_is_marked():
    registration = guest(latin_name="Amina Osman")
    registration.state, registration.decided_at = State.APPROVED, timezone.now()
    registration.save()
    assert codes(registration) == set()
    give(registration, number="BK7654321", zone="")
    assert "changed_since" in codes(registration)


def test_portraits_are_handed_to_badges_by_registration():
    with_one, without = guest(), RegistrationFactory()
    found = portraits_of([with_one.pk, without.pk])
    assert list(found) == [with_one.pk]
    assert found[with_one.pk].startswith(b"\xff\xd8\xff")


# -- the report ----------------------------------------------------------------------------------------------------------
def lines(client: Client, **query: str) -> list[tuple[str, str]]:
    return [(line.record.part, line.record.actor_label) for line in client.get(REPORT, query).context["object_list"]]


def test_every_read_of_a_passport_is_in_the_report_and_nothing_else():
    registration = guest()
    officer = staff("Vetting: security desk")
    reader, client = client_of(officer), client_of(staff("Security"))
    reader.get(reverse("vetting:dossier", args=[registration.pk]))
    for view in VIEWS:
        reader.get(reverse(f"vetting:{view}", args=[registration.pk]))
    name = officer.get_full_name()
    assert lines(client) == [(part, name) for part in ("assignment letter", "portrait", "passport scan", "passport")]
    assert lines(client, part="passport") == [("passport", name)]
    assert lines(client, q=name.split()[-1], until="2001-01-01") == []


def test_a_guest_who_asks_who_has_looked_gets_an_answer_by_code():
    one, other = guest(), guest()
    reader, client = client_of(staff("Travel and visa desk")), client_of(staff("Security"))
    for registration in (one, other):
        reader.get(reverse("vetting:passport", args=[registration.pk]))
    assert len(lines(client)) == 2
    assert [
        line.record.subject_id for line in client.get(REPORT, {"code": one.code.lower()}).context["object_list"]
    ] == [str(one.pk)]
    assert lines(client, code="NOBODY") == []
    assert client.get(REPORT, {"code": "a\x00b"}).status_code == 200


@pytest.mark.parametrize("role", [*PERMISSIONS, None])
def test_the_report_is_for_whoever_answers_for_personal_data(role):
    client = client_of(staff(role) if role else None)
    assert (client.get(REPORT).status_code == 200) is (role in {"Security", "Data protection"})


def test_the_report_goes_along_as_a_file_neutralised_and_recorded():
    registration = guest()
    officer = staff("Travel and visa desk", first_name="=HYPERLINK(1)", last_name="Moreau")
    client_of(officer).get(reverse("vetting:passport", args=[registration.pk]))
    auditor = client_of(staff("Security"))
    answer = b"".join(auditor.get(REPORT, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(answer)))
    assert rows[0] == ["when", "who", "account", "part", "whose", "event"]
    assert rows[1][1] == "'=HYPERLINK(1) Moreau"
    assert rows[1][2] == officer.username
    assert auditor.get(REPORT, {"export": "xlsx"}).getvalue().startswith(b"PK")
    assert looks().count("export of passport reads") == 2


def test_who_may_look_but_not_take_along_gets_no_file():
    user = staff("Finance")
    user.user_permissions.add(*_permissions("core.view_accesslog"))
    client = client_of(user)
    assert client.get(REPORT).status_code == 200
    assert client.get(REPORT, {"export": "csv"}).status_code == 302
    assert "export of passport reads" not in looks()


def test_the_report_is_narrowed_to_one_event_and_never_shows_another_persons():
    from plenary.events.models import EventStaff

    one, other = guest(), guest()
    reader = client_of(staff("Travel and visa desk"))
    for registration in (one, other):
        reader.get(reverse("vetting:passport", args=[registration.pk]))
    every = client_of(staff("Security"))
    assert len(lines(every)) == 2
    assert len(lines(every, event=one.event.slug)) == 1
    assert len(lines(every, event="nowhere")) == 2
    user = staff("Security")
    EventStaff.objects.create(user=user, event=one.event)
    mine = client_of(user)
    assert [line.record.subject_id for line in mine.get(REPORT).context["object_list"]] == [str(one.pk)]
    assert str(other.event) not in mine.get(REPORT).content.decode()
    assert len(lines(mine, event=other.event.slug)) == 1  # not a choice of this person's: no filter
    answer = b"".join(mine.get(REPORT, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(answer)))
    assert [row[5] for row in rows[1:]] == [one.event.slug]


def test_the_report_takes_as_many_statements_for_three_lines_as_for_one(statements_of):
    registration = guest()
    reader, client = client_of(staff("Travel and visa desk")), client_of(staff("Security"))
    address = reverse("vetting:passport", args=[registration.pk])
    reader.get(address)
    client.get(REPORT)
    one = statements_of(lambda: client.get(REPORT))
    reader.get(address), reader.get(address)
    assert statements_of(lambda: client.get(REPORT)) == one


# -- verbs by staff ------------------------------------------------------------------------------------------------------
def test_a_member_of_staff_gives_and_removes_papers_under_their_own_name():
    from plenary.core.actions import Actor
    from plenary.core.models import HistoryEntry

    registration, desk = RegistrationFactory(), Actor.staff(staff("Vetting: protocol desk"))
    actions.save_travel_document(registration_id=registration.pk, facts=document(), by=desk)
    actions.save_portrait(registration_id=registration.pk, portrait=inspect_portrait(upload("me.jpg", face())), by=desk)
    path = Portrait.objects.get().file
    actions.remove_portrait(registration_id=registration.pk, by=desk)
    actions.remove_portrait(registration_id=registration.pk, by=desk)
    actions.remove_travel_document(registration_id=registration.pk, by=desk)
    assert not TravelDocument.objects.exists()
    assert path
    told = [(entry.verb, entry.actor_label) for entry in HistoryEntry.objects.of(registration)]
    assert told == [
        (verb, desk.label) for verb in ("document_removed", "portrait_removed", "portrait_saved", "document_saved")
    ]


def test_two_who_change_one_document_at_once_are_told():
    registration = guest()
    version = TravelDocument.objects.get().version
    actions.save_travel_document(
        registration_id=registration.pk, facts=document(number="BK1"), expected_version=version
    )
    with pytest.raises(actions.Refused, match="changed since"):
        actions.save_travel_document(
            registration_id=registration.pk, facts=document(number="BK2"), expected_version=version
        )
    assert TravelDocument.objects.get().number == "BK1"


def test_a_file_that_cannot_be_stored_leaves_the_old_one(monkeypatch):
    registration = guest()
    before = Portrait.objects.get()

    def breaks(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("registration.actions.storing.seal", breaks)
    with pytest.raises(OSError, match="disk full"):
        actions.save_portrait(registration_id=registration.pk, portrait=inspect_portrait(upload("me.jpg", face())))
    assert Portrait.objects.get() == before
    assert before.file.storage.exists(before.file.name)
