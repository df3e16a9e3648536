"""The vetting queue and its dossiers: who sees what, what it costs, what is logged, and what can never be done."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.admin.viewsets import viewsets

from plenary.core.models import AccessLog, HistoryEntry, Message
from registration.models import Category, Registration, Upload
from registration.permissions import decisions_for, visible_to
from registration.rules import State
from registration.uploads import seal
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import StaffFactory, staff

pytestmark = pytest.mark.django_db

QUEUE = "/cms/vetting/"
DESKS = {
    "Conference office": {"delegate", "press"},
    "Vetting: protocol desk": {"delegate"},
    "Vetting: security desk": {"delegate", "press"},
    "Vetting: press desk": {"press"},
}
OTHERS = ["Leading group", "HR", "Finance", "Security", "IT", "Publicity", "Editor", "Translator", "Door supervisor"]


def signed_in(*roles: str, **facts: Any) -> Client:
    client = Client()
    client.force_login(staff(*roles, **facts))
    return client


def dossier(registration: Registration) -> str:
    return reverse("vetting:dossier", args=[registration.pk])


@pytest.fixture
def delegate() -> Registration:
    return RegistrationFactory(name="Amina Diallo", organisation="Ministry of Water")


@pytest.fixture
def journalist() -> Registration:
    return RegistrationFactory(name="Jo Press", category=CategoryFactory(kind=Category.Kind.PRESS))


def rows(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{QUEUE}{query}")
    assert response.status_code == 200
    return [found.name for found in response.context["object_list"]]


# -- who sees what ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "kinds"), DESKS.items())
def test_a_desk_sees_its_own_guests_in_the_queue_and_by_address(
    role: str, kinds: set[str], delegate: Registration, journalist: Registration
) -> None:
    client = signed_in(role)
    wanted = {"delegate": delegate, "press": journalist}
    assert set(rows(client)) == {wanted[kind].name for kind in kinds}
    for kind, registration in wanted.items():
        assert client.get(dossier(registration), follow=True).status_code == (200 if kind in kinds else 404)


@pytest.mark.parametrize("role", OTHERS)
def test_no_other_role_reaches_the_queue_by_any_verb(role: str, delegate: Registration) -> None:
    client, user = signed_in(role), staff(role)
    bulk = f"/cms/bulk/registration/registration/approve/?id={delegate.pk}"
    for method in (client.get, client.post):
        for address in (QUEUE, f"{QUEUE}?export=csv", dossier(delegate), bulk):
            response = method(
                address, {"to": State.APPROVED, "version": 0, "confirmed": "on"} if method == client.post else {}
            )
            assert response.status_code in {302, 403}, address
            assert b"Amina" not in getattr(response, "content", b"")
    assert not visible_to(user).exists()
    assert decisions_for(user, delegate) == []
    delegate.refresh_from_db()
    assert delegate.state == State.SUBMITTED


def test_a_stranger_is_sent_to_sign_in(client: Client, delegate: Registration) -> None:
    for address in (QUEUE, dossier(delegate)):
        assert client.get(address).headers["Location"].startswith("/cms/account/login/")


DECISIONS = {
    "Conference office": {State.APPROVED, State.REJECTED, State.INFORMATION_REQUESTED, State.CANCELLED},
    "Vetting: protocol desk": {State.APPROVED, State.REJECTED, State.INFORMATION_REQUESTED, State.CANCELLED},
    "Vetting: security desk": {State.REJECTED, State.INFORMATION_REQUESTED},
    "Vetting: press desk": set(),
}


@pytest.mark.parametrize(("role", "possible"), DECISIONS.items())
@pytest.mark.parametrize("to", [State.APPROVED, State.REJECTED, State.INFORMATION_REQUESTED, State.CANCELLED])
def test_each_role_takes_its_own_decisions_and_no_other(
    role: str, possible: set[State], to: State, delegate: Registration
) -> None:
    data = {"to": to.value, "reason": "Please read.", "version": delegate.version, "then_stay": "1"}
    signed_in(role).post(dossier(delegate), data)
    delegate.refresh_from_db()
    assert delegate.state == (to if to in possible else State.SUBMITTED)


@pytest.mark.parametrize("verb", ["delete", "add", "history", "usage", "copy"])
def test_nobody_adds_or_deletes_a_registration_in_the_admin_not_even_a_superuser(
    verb: str, delegate: Registration, admin_client: Client
) -> None:
    for address in (f"{QUEUE}{verb}/{delegate.pk}/", f"{QUEUE}{verb}/"):
        assert admin_client.post(address, follow=True).status_code == 404
    for address in (
        f"/cms/bulk/registration/registration/delete/?id={delegate.pk}",
        f"/cms/snippets/registration/registration/delete/{delegate.pk}/",
    ):
        assert admin_client.post(address, follow=True).status_code == 404
    assert Registration.objects.filter(pk=delegate.pk).exists()


# -- the list ----------------------------------------------------------------------------------------------------------
def test_the_queue_shows_what_awaits_a_decision_the_oldest_first() -> None:
    category, now = CategoryFactory(), timezone.now()
    for days, name in [(1, "Newer"), (6, "Older")]:
        RegistrationFactory(category=category, name=name, created_at=now - timedelta(days=days))
    RegistrationFactory(category=category, name="Decided", state=State.APPROVED)
    client = signed_in("Vetting: protocol desk")
    assert rows(client) == ["Older", "Newer"]
    assert rows(client, "?state=approved") == ["Decided"]
    assert set(rows(client, "?state=all")) == {"Older", "Newer", "Decided"}
    content = client.get(QUEUE).content.decode()
    assert content.count('class="plenary-late">late<') == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("кузнецов", ["Иван Кузнецов"]),
        ("kuznetsov", ["Иван Кузнецов"]),
        ("小明", ["王小明"]),
        ("xiaoming", ["王小明"]),
        ("lefevre", ["Jean Lefèvre"]),
        ("LEFÈVRE jean", ["Jean Lefèvre"]),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_finds_names_in_any_script_and_spelling(words: str, found: list[str]) -> None:
    category = CategoryFactory()
    RegistrationFactory(category=category, name="Иван Кузнецов", latin_name="Ivan Kuznetsov")
    RegistrationFactory(category=category, name="王小明", latin_name="Wang Xiaoming")
    RegistrationFactory(category=category, name="Jean Lefèvre")
    client = signed_in("Vetting: protocol desk")
    response = client.get(QUEUE, {"q": words})
    assert [registration.name for registration in response.context["object_list"]] == found


def test_filters_narrow_the_queue() -> None:
    category, other = CategoryFactory(), CategoryFactory()
    RegistrationFactory(category=category, name="A", nationality="CN", language="zh-hans")
    RegistrationFactory(category=other, name="B", nationality="FR", language="fr", source="api")
    client = signed_in("Vetting: protocol desk")
    assert rows(client, f"?category={category.pk}") == ["A"]
    assert rows(client, f"?event={other.event_id}") == ["B"]
    assert rows(client, "?nationality=CN") == ["A"]
    assert rows(client, "?language=fr") == ["B"]
    assert rows(client, "?source=api") == ["B"]


@pytest.mark.slow
def test_the_queue_takes_as_many_statements_for_fifty_lines_as_for_one(statements_of: Any) -> None:
    client, category = signed_in("Vetting: protocol desk"), CategoryFactory()
    counts = []
    for total in (1, 3, 50):
        while Registration.objects.count() < total:
            RegistrationFactory(category=category)
        client.get(QUEUE)
        counts.append(statements_of(lambda: client.get(QUEUE)))
    assert len(set(counts)) == 1, counts


def test_the_menu_and_the_home_page_say_how_many_wait(delegate: Registration, journalist: Registration) -> None:
    content = signed_in("Vetting: press desk").get("/cms/").content.decode()
    assert "Vetting queue (1)" in content
    assert dossier(journalist) in content
    assert dossier(delegate) not in content


# -- export ------------------------------------------------------------------------------------------------------------
EVIL = ['=HYPERLINK("http://evil")', "+1+1", "@SUM(A1)", "-2+3", "\t=1"]


def exported(client: Client, kind: str) -> list[list[Any]]:
    response = client.get(QUEUE, {"export": kind})
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("text", EVIL)
def test_no_cell_of_an_export_can_be_a_formula(kind: str, text: str) -> None:
    RegistrationFactory(
        name=text, latin_name=text, organisation=text, job_title=text, email=f"{uuid4()}@example.org",
        category=CategoryFactory(name={"en": text}),
    )  # fmt: skip
    for row in exported(signed_in("Conference office"), kind):
        assert not any(str(cell or "").lstrip().startswith(("=", "+", "@", "-", "\t")) for cell in row)


def test_an_export_is_logged_and_takes_its_own_right(delegate: Registration) -> None:
    office = signed_in("Conference office", username="office")
    heading, line = exported(office, "csv")
    assert line[heading.index("E-mail address")] == delegate.email
    [look] = AccessLog.objects.filter(part="export of registrations")
    assert (look.subject_id, look.actor.username) == (str(delegate.event_id), "office")
    assert signed_in("Vetting: protocol desk").get(QUEUE, {"export": "csv"}).status_code in {302, 403}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_takes_as_many_statements_for_three_lines_as_for_one(
    kind: str, delegate: Registration, statements_of: Any
) -> None:
    office = signed_in("Conference office")
    exported(office, kind)
    one = statements_of(lambda: exported(office, kind))
    for _number in range(2):
        RegistrationFactory(category=delegate.category)
    assert statements_of(lambda: exported(office, kind)) == one


# -- the dossier -------------------------------------------------------------------------------------------------------
def test_opening_a_dossier_is_a_look_that_is_logged(delegate: Registration) -> None:
    signed_in("Vetting: protocol desk", username="ines").get(dossier(delegate))
    [look] = AccessLog.objects.filter(subject_id=str(delegate.pk))
    assert (look.part, look.actor.username) == ("identity", "ines")


def test_a_dossier_tells_what_the_guest_gave_and_escapes_it() -> None:
    category = CategoryFactory()
    QuestionFactory(
        event=category.event, key="diet", kind="choice", label={"en": "Diet"},
        options=[{"value": "veg", "label": {"en": "Vegetarian"}}],
    )  # fmt: skip
    QuestionFactory(event=category.event, key="born", kind="date", label={"en": "Date of birth"})
    QuestionFactory(event=category.event, key="outlet", label={"en": "Outlet"}, required=True)
    registration = RegistrationFactory(
        category=category,
        name="<script>alert(1)</script>",
        answers=json.dumps({"diet": "veg", "born": "1980-05-04", "gone": "{{ 7|add:7 }}"}),
    )
    content = signed_in("Vetting: protocol desk").get(dossier(registration)).content.decode()
    assert "<script>alert(1)" not in content
    for told in ("Vegetarian", "4 May 1980", "{{ 7|add:7 }}", registration.email, "Not answered: Outlet"):
        assert told in content


def test_without_the_right_to_identity_a_dossier_shows_no_address_and_no_answer(delegate: Registration) -> None:
    Registration.objects.filter(pk=delegate.pk).update(answers="")
    user = StaffFactory(roles=["Vetting: protocol desk"])
    group = user.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_identity"))
    client = Client()
    client.force_login(user)
    content = client.get(dossier(delegate)).content.decode()
    assert delegate.name in content
    assert delegate.email not in content


def test_the_dossier_takes_as_many_statements_whatever_it_holds(statements_of: Any) -> None:
    client, category = signed_in("Vetting: protocol desk"), CategoryFactory()
    thin, thick = RegistrationFactory(category=category), RegistrationFactory(category=category, name="Same Name")
    for _number in range(3):
        RegistrationFactory(category=category, name="Name Same")
        HistoryEntry.objects.create(
            subject_type="registration.registration", subject_id=str(thick.pk), verb="changed", actor_label="guest"
        )
    client.get(dossier(thin))
    assert statements_of(lambda: client.get(dossier(thick))) == statements_of(lambda: client.get(dossier(thin)))


def test_a_decision_tells_the_guest_and_opens_the_next_in_the_queue() -> None:
    category, now = CategoryFactory(), timezone.now()
    first, second = (RegistrationFactory(category=category, created_at=now - timedelta(days=n)) for n in (2, 1))
    client = signed_in("Vetting: protocol desk", first_name="Ines", last_name="Moreau")
    data = {"to": "information_requested", "reason": "Your passport, please.", "version": 0, "then_next": "1"}
    response = client.post(dossier(first), data)
    assert response.headers["Location"] == dossier(second)
    first.refresh_from_db()
    assert first.state == State.INFORMATION_REQUESTED
    assert HistoryEntry.objects.of(first).filter(actor_label="Ines Moreau", reason="Your passport, please.").exists()
    assert "Your passport, please." in Message.objects.of(first).get().text


@pytest.mark.parametrize("to", ["rejected", "information_requested", "cancelled"])
def test_a_decision_that_needs_a_reason_says_so_at_the_field_and_keeps_the_choice(
    to: str, delegate: Registration
) -> None:
    response = signed_in("Vetting: protocol desk").post(dossier(delegate), {"to": to, "reason": " ", "version": 0})
    assert response.status_code == 200
    assert "reason" in response.context["form"].errors
    assert response.context["form"]["to"].value() == to
    delegate.refresh_from_db()
    assert delegate.state == State.SUBMITTED


def test_of_two_officers_at_once_the_second_is_told_who_decided(delegate: Registration) -> None:
    first = signed_in("Vetting: protocol desk", first_name="Ines", last_name="Moreau")
    second = signed_in("Vetting: protocol desk", first_name="Karim", last_name="Saleh")
    seen = delegate.version
    first.post(dossier(delegate), {"to": "rejected", "reason": "Not invited.", "version": seen, "then_stay": "1"})
    response = second.post(dossier(delegate), {"to": "information_requested", "reason": "Who?", "version": seen})
    delegate.refresh_from_db()
    assert delegate.state == State.REJECTED
    content = response.content.decode()
    assert "Ines Moreau" in content
    assert "not approved" in content


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"to": "approved"},
        {"to": "approved", "version": "x"},
        {"to": "nothing", "version": "0"},
        {"to": "expired", "version": 0},
    ],
)
def test_a_decision_with_missing_or_foreign_fields_changes_nothing(
    data: dict[str, Any], delegate: Registration
) -> None:
    assert signed_in("Vetting: protocol desk").post(dossier(delegate), data).status_code == 200
    delegate.refresh_from_db()
    assert delegate.state == State.SUBMITTED


# -- files -------------------------------------------------------------------------------------------------------------
PICTURE = b"\x89PNG\r\n\x1a\n private"


@pytest.fixture
def passport(delegate: Registration) -> Upload:
    upload = Upload(
        registration=delegate, name='passport".png', media_type="image/png", size=len(PICTURE), digest="0" * 64
    )
    upload.file.save("x", ContentFile(seal(upload, PICTURE)), save=False)
    upload.save()
    return upload


def test_a_file_opens_for_its_desk_alone_can_run_nothing_and_the_look_is_logged(passport: Upload) -> None:
    address = reverse("vetting:file", args=[passport.pk])
    response = signed_in("Vetting: protocol desk", username="ines").get(address)
    assert response.content == PICTURE
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    assert AccessLog.objects.get(part=f"file {passport.pk}").actor.username == "ines"
    for role in ("Vetting: press desk", *OTHERS):
        assert PICTURE not in signed_in(role).get(address).content
    assert AccessLog.objects.filter(part=f"file {passport.pk}").count() == 1


def test_a_file_that_is_no_picture_is_downloaded_and_never_shown(passport: Upload) -> None:
    Upload.objects.filter(pk=passport.pk).update(media_type="application/pdf")
    response = signed_in("Vetting: protocol desk").get(reverse("vetting:file", args=[passport.pk]))
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_the_file_of_a_draft_is_nobodys_business(passport: Upload) -> None:
    Upload.objects.filter(pk=passport.pk).update(registration=None)
    response = signed_in("Conference office").get(reverse("vetting:file", args=[passport.pk]))
    assert PICTURE not in response.content


@pytest.mark.slow
def test_an_administrator_opens_every_list_that_the_admin_has(admin_client: Client) -> None:
    """Who may do everything is offered no button whose address does not exist: the list would not open at all."""
    admin_client.get("/cms/")  # all viewsets are known once the admin has answered
    opened = []
    for namespace in sorted({one.name for one in viewsets.viewsets if one.name}):
        try:
            address = reverse(f"{namespace}:index")
        except NoReverseMatch:
            continue  # a chooser
        assert admin_client.get(address).status_code == 200, address
        opened.append(namespace)
    assert {"vetting", "issues", "changes", "letters"} <= set(opened)
