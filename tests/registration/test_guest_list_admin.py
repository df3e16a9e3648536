"""The guest list in the admin: who may do what, what an import shows before it writes, what the board counts."""

import csv
import io
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from plenary.core.models import AccessLog, Message
from plenary.events.models import EventStaff
from registration.actions.invitations import forget_guest_lists
from registration.guest_lists import read_guest_list
from registration.models import GuestListFile, Invitation
from registration.rules.invitations import InvitationState
from tests.factories.events import EventFactory
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory
from tests.factories.staff import staff
from tests.registration.files import pdf, upload, zip_archive
from tests.registration.test_invitations import soon

pytestmark = pytest.mark.django_db
LIST = "/cms/invitations/"
OFFICE = "Conference office"
SEES = {OFFICE, "Vetting: protocol desk", "Vetting: security desk"}
ALL = [
    *SEES,
    *("Vetting: press desk", "Leading group", "HR", "Finance", "Security", "IT", "Publicity", "Editor", "Translator"),
    "Door supervisor",
]


def signed_in(*roles: str) -> Client:
    client = Client()
    client.force_login(staff(*roles))
    return client


def refused(response) -> bool:
    """Wagtail sends somebody without the right back to its home page, and a page that is not there to its language."""
    if response.streaming:
        b"".join(response.streaming_content)  # read to its end, the file behind it is closed
    moved = response.headers.get("Location", "")
    return response.status_code in {403, 404} or moved == "/cms/" or moved.startswith("/en/")


@pytest.fixture
def office() -> Client:
    return signed_in(OFFICE)


def table(*rows, heads=("email", "name", "category")) -> bytes:
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def send_list(client: Client, event, content: bytes) -> str:
    """The address of the preview."""
    sent = {"event": event.pk, "file": SimpleUploadedFile("guests.xlsx", content)}
    response = client.post(f"{LIST}import/", sent)
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


# -- who may ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(ALL))
def test_every_view_of_the_guest_list_is_open_to_its_roles_only(role):
    invitation = InvitationFactory(reply_by=soon())
    client = signed_in(role)
    looks = [LIST, f"{LIST}{invitation.pk}/", f"{LIST}{invitation.pk}/letter.pdf"]
    edits = [f"{LIST}new/", f"{LIST}edit/{invitation.pk}/", f"{LIST}import/", f"{LIST}import/sample.xlsx"]
    for address in looks:
        assert refused(client.get(address)) == (role not in SEES), address
    for address in edits:
        assert refused(client.get(address)) == (role != OFFICE), address
    bulk = f"/cms/bulk/registration/invitation/send/?id={invitation.pk}&next={LIST}"
    assert refused(client.get(bulk)) == (role != OFFICE)
    for verb in ("send", "again", "take_back"):
        client.post(f"{LIST}{invitation.pk}/", {verb: "1"})
    invitation.refresh_from_db()
    assert (invitation.state != InvitationState.LISTED) == (role == OFFICE)


def test_staff_of_one_event_reach_no_other_events_list(office):
    mine, other = InvitationFactory(), InvitationFactory()
    user = staff(OFFICE)
    EventStaff.objects.create(event=mine.event, user=user)
    client = Client()
    client.force_login(user)
    assert [found.pk for found in client.get(LIST).context["object_list"]] == [mine.pk]
    for address in (f"{LIST}{other.pk}/", f"{LIST}edit/{other.pk}/", f"{LIST}{other.pk}/letter.pdf"):
        assert client.get(address, follow=True).status_code == 404
    events = client.get(f"{LIST}import/").context["form"].fields["event"].queryset
    assert list(events) == [mine.event]


def test_the_list_takes_as_many_statements_for_three_guests_as_for_one(office, statements_of):
    category = CategoryFactory()
    InvitationFactory(category=category)
    office.get(LIST)
    one = statements_of(lambda: office.get(LIST))
    InvitationFactory.create_batch(2, category=category)
    assert statements_of(lambda: office.get(LIST)) == one


# -- adding, sending ----------------------------------------------------------------------------------------------------
def form(category, **facts):
    return {
        "event": category.event.pk,
        "category": category.pk,
        "name": "Amina Osman",
        "email": "amina@example.org",
        "language": "ar",
        "delivery": "letter",
        "companions_allowed": 1,
        "reply_by": soon().isoformat(),
        "nationality": "KE",
        **facts,
    }


def test_the_office_adds_a_guest_and_sends_the_invitation(office):
    category = CategoryFactory(public=False)
    assert office.post(f"{LIST}new/", form(category)).status_code == 302
    invitation = Invitation.objects.get()
    assert office.post(f"{LIST}{invitation.pk}/", {"send": "1"}).status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT
    assert Message.objects.get().language == "ar"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "王小明"}, "latin_name"),
        ({"email": "nobody"}, "email"),
        ({"companions_allowed": 11}, "companions_allowed"),
        ({"reply_by": "2031-01-01"}, "reply_by"),
    ],
)
def test_a_wrong_entry_is_told_at_its_field_and_nothing_is_written(office, facts, field):
    response = office.post(f"{LIST}new/", form(CategoryFactory(), **facts))
    assert field in response.context["form"].errors
    assert not Invitation.objects.exists()


def test_an_address_that_is_invited_already_is_refused_with_what_was_typed_kept(office):
    guest = InvitationFactory(email="amina@example.org")
    response = office.post(f"{LIST}new/", form(guest.category))
    assert "already" in str(response.context["form"].non_field_errors())
    assert "Amina Osman" in response.content.decode()


def test_sending_many_shows_who_is_left_out_and_why_before_it_sends(office):
    ready = InvitationFactory(name="Ready Guest", reply_by=soon())
    held = InvitationFactory(name="Held Guest", reply_by=soon(), prominent=True, category=ready.category)
    bulk = f"/cms/bulk/registration/invitation/send/?id={ready.pk}&id={held.pk}&next={LIST}"
    said = office.get(bulk).content.decode()
    assert "risk assessment is missing" in said
    assert not Message.objects.exists()
    office.post(bulk, {"confirmed": "on", "seen": [f"{ready.pk}:0", f"{held.pk}:0"]})
    assert set(Invitation.objects.values_list("name", "state")) == {("Ready Guest", "sent"), ("Held Guest", "listed")}


def test_an_assessment_is_attached_by_the_security_desk_and_opened_with_a_trace():
    invitation = InvitationFactory(prominent=True, reply_by=soon())
    client = signed_in("Vetting: security desk")
    address = f"{LIST}{invitation.pk}/"
    wrong = client.post(address, {"assess": "1", "file": upload("virus.pdf", zip_archive())})
    assert "not a picture or a PDF" in wrong.content.decode()
    client.post(address, {"assess": "1", "file": upload("risk.pdf", pdf())})
    invitation.refresh_from_db()
    assert not invitation.is_held
    assert client.get(f"{address}assessment/").content == pdf()
    assert AccessLog.objects.filter(part="risk assessment").count() == 1


# -- importing ----------------------------------------------------------------------------------------------------------
def test_an_import_shows_its_guests_and_writes_only_when_confirmed_and_once(office):
    category = CategoryFactory(slug="minister")
    heads = (
        "E-mail address",
        "Name in original script",
        "Category",
        "Language",
        "Nationality",
        "Prominent person",
        "Reply by",
    )
    rows = [
        ("li@example.org", "Li Ming", "minister", "zh", "China", "yes", soon()),
        ("zoe@example.org", "Zoé", str(category.name), "français", "FR", "", None),
    ]
    preview = send_list(office, category.event, table(*rows, heads=heads))
    page = office.get(preview)
    assert not page.context["list"].problems
    assert page.context["held"] == 1
    assert not Invitation.objects.exists()
    for _time in range(2):
        office.post(preview)
    assert list(
        Invitation.objects.order_by("name").values_list("name", "language", "nationality", "prominent", "reply_by")
    ) == [
        ("Li Ming", "zh-hans", "CN", True, soon()),
        ("Zoé", "fr", "FR", False, None),
    ]
    assert not Message.objects.exists()


def test_every_problem_is_shown_with_its_cell_and_nothing_can_be_confirmed(office):
    category = CategoryFactory(slug="minister")
    rows = [
        ("nobody", "Amina", "minister"),
        ("a@example.org", "王小明", "minister"),
        ("b@example.org", "Bo", "unknown"),
        ("c@example.org", "Cy", "minister"),
        ("C@example.org", "Cy Again", "minister"),
        ("", "No Address", "minister"),
    ]
    preview = send_list(office, category.event, table(*rows))
    found = {problem.cell for problem in office.get(preview).context["list"].problems}
    assert found == {"A2", "3", "C4", "A6", "A7"}
    said = office.post(preview).content.decode()
    assert "5 problems" in said
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken", table(), b"name\nonly\n"])
def test_a_file_that_is_no_list_is_explained_and_never_fails(office, content):
    event = EventFactory()
    sent = {"event": event.pk, "file": SimpleUploadedFile("guests.csv", content)}
    response = office.post(f"{LIST}import/", sent, follow=True)
    assert response.status_code == 200
    assert not Invitation.objects.exists()


def test_a_longer_list_sent_again_adds_the_new_guests_only(office):
    category = CategoryFactory(slug="minister")
    InvitationFactory(category=category, email="old@example.org")
    rows = [("OLD@example.org", "Old", "minister"), ("new@example.org", "New", "minister")]
    preview = send_list(office, category.event, table(*rows))
    assert office.get(preview).context["list"].already == ["A2"]
    office.post(preview)
    assert Invitation.objects.count() == 2


def test_merged_cells_and_formulas_are_named_and_stop_the_list(office):
    category = CategoryFactory(slug="minister")
    book = Workbook()
    for row in (
        ("email", "name", "category"),
        ("a@example.org", "A", "minister"),
        ("b@example.org", "=A2", "minister"),
    ):
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    stream = io.BytesIO()
    book.save(stream)
    preview = send_list(office, category.event, stream.getvalue())
    found = {problem.cell: problem.text for problem in office.get(preview).context["list"].problems}
    assert "merged" in found["C2:C3"]
    assert "formula" in found["B3"]
    office.post(preview)
    assert not Invitation.objects.exists()


@pytest.mark.slow
def test_fifty_thousand_rows_are_refused_and_the_answer_does_not_take_long():
    rows = [("email", "name", "category"), *((f"g{n}@example.org", "Guest", "minister") for n in range(50_000))]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    event, begun = CategoryFactory(slug="minister").event, time.process_time()
    found = read_guest_list(stream.getvalue(), event=event)
    assert time.process_time() - begun < 20  # seconds of the processor; about three on the machine it was written on
    assert any("more than 5,000 rows" in problem.text for problem in found.problems)


@pytest.mark.parametrize(
    ("name", "codec", "is_read"),
    [("欧阳明慧", "gb18030", True), ("أمينة الحسن", "utf-16", True), ("Анастасия Щербакова", "cp1251", False)],
)
def test_a_name_comes_as_it_was_written_or_the_file_is_refused(name, codec, is_read):
    text = f"email,name,latin_name,category\na@example.org,{name},A Guest,minister\n"
    found = read_guest_list(text.encode(codec), event=CategoryFactory(slug="minister").event)
    assert [guest.name for guest in found.guests] == ([name] if is_read else [])
    assert bool(found.problems) != is_read


def test_more_than_five_thousand_guests_in_one_file_are_refused():
    lines = "email,name,category\n" + "".join(f"g{n}@example.org,Guest,minister\n" for n in range(5_001))
    found = read_guest_list(lines.encode(), event=CategoryFactory(slug="minister").event)
    assert any("more than 5,000 rows" in problem.text for problem in found.problems)


def test_a_preview_belongs_to_whoever_sent_the_file_and_is_forgotten_after_a_day(office):
    category = CategoryFactory(slug="minister")
    preview = send_list(office, category.event, table(("a@example.org", "A", "minister")))
    assert signed_in(OFFICE).get(preview, follow=True).status_code == 404
    assert forget_guest_lists() == 0
    GuestListFile.objects.update(created_at="2020-01-01T00:00:00Z")
    assert forget_guest_lists() == 1
    assert not GuestListFile.objects.exists()


# -- the board ----------------------------------------------------------------------------------------------------------
def test_the_board_counts_replies_and_what_needs_attention(office):
    category = CategoryFactory()
    for state, count in [("listed", 1), ("sent", 2), ("accepted", 3)]:
        InvitationFactory.create_batch(count, category=category, state=state, reply_by=soon(-5))
    InvitationFactory(category=category, prominent=True)
    board = office.get(f"{LIST}?event={category.event.pk}").context["board"]
    assert [number["count"] for number in board["numbers"]] == [2, 2, 3, 0, 0]
    assert [number["count"] for number in board["attention"]] == [1, 2, 3]
    assert round(sum(part["width"] for part in board["bar"])) == board["width"]
    page = office.get(f"{LIST}?event={category.event.pk}", headers={"accept-language": "fr"}).content.decode()
    drawn = re.findall(r'<rect class="plenary-board__\w+" x="([^"]*)" y="0" width="([^"]*)"', page)
    assert len(drawn) == len(board["bar"])
    assert not any("," in number for pair in drawn for number in pair)  # a browser takes no decimal comma


def test_an_export_is_neutralised_and_logged(office):
    InvitationFactory(name="=cmd()")
    response = office.get(f"{LIST}?export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert "'=cmd()" in rows[1]
    assert AccessLog.objects.filter(part="export of the guest list").exists()
