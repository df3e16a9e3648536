"""The workspace over HTTP: private behind its link, nothing typed is lost, every refusal says what to do."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from plenary.core.models import HistoryEntry
from registration import actions
from registration.emails import delegation_token
from registration.models import ChangeRequest, Delegation, DelegationPaper, MemberDraft, Registration
from registration.rules import State
from tests.factories.delegations import DelegationFactory, DelegationQuotaFactory, MemberFactory
from tests.factories.registration import QuestionFactory
from tests.registration.guest import my

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%x\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=3, category__name={"en": "Delegate"})


@pytest.fixture
def delegation(quota):
    return quota.delegation


def at(delegation, rest="", language="en") -> str:
    return f"/{language}/delegation/{delegation_token(delegation)}/{rest}"


def nominate(client, quota, **facts):
    sent = {"category": quota.category_id, "name": "Ama Owusu", "job_title": "Minister"} | facts
    return client.post(at(quota.delegation, "nominate/"), sent)


def test_the_workspace_opens_by_its_link_alone_and_is_kept_by_no_cache(client, delegation):
    page = client.get(at(delegation))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get("/en/delegation/" + "A" * 51 + "/").status_code == 404
    actions.revoke_workspace_link(delegation_id=delegation.pk, by=actions.DELEGATION)
    closed = client.get(at(delegation))
    assert closed.status_code == 410
    assert "This link has been closed" in closed.content.decode()
    for word in (str(delegation), str(delegation.event), delegation.focal_name, delegation.email):
        assert word not in closed.content.decode()


def test_every_page_of_the_workspace_opens_in_arabic_from_right_to_left(client, quota, delegation):
    member = MemberFactory(delegation=delegation, category=quota.category)
    for rest in (
        "",
        "nominate/",
        "import/",
        "confirm/",
        *(f"{member.pk}/{x}" for x in ("", "invite/", "replace/", "withdraw/")),
    ):
        page = client.get(at(delegation, rest, "ar"))
        assert page.status_code == 200, rest
        assert 'dir="rtl"' in page.content.decode()


def test_a_look_changes_nothing(client, quota, delegation):
    member = MemberFactory(delegation=delegation, category=quota.category)
    for rest in ("", "confirm/", f"{member.pk}/withdraw/", f"{member.pk}/replace/", "nominate/"):
        client.get(at(delegation, rest))
    member.refresh_from_db()
    assert member.state == State.NOMINATED
    assert Registration.objects.count() == 1


def test_a_name_a_function_and_a_category_are_enough(client, quota):
    response = nominate(client, quota)
    member = Registration.objects.get()
    assert response["Location"].endswith(f"{member.pk}/")
    assert (member.name, member.job_title, str(member.nationality)) == ("Ama Owusu", "Minister", "GH")


def test_what_was_typed_stays_beside_what_is_wrong(client, quota):
    page = nominate(client, quota, name="阿玛", email="nonsense").content.decode()
    assert "Latin letters" in page
    assert 'value="nonsense"' in page
    assert "阿玛" in page
    assert not Registration.objects.exists()


def test_a_second_of_the_same_name_is_added_once_somebody_says_it_is_another(client, quota):
    nominate(client, quota)
    page = nominate(client, quota)
    assert page.status_code == 409
    assert "another person of the same name" in page.content.decode()
    assert nominate(client, quota, namesake="on").status_code == 302


def test_a_full_delegation_is_told_so_before_and_after_and_the_form_is_kept_where_nobody_more_can_wait(
    client, monkeypatch
):
    quota = DelegationQuotaFactory(places=0)
    assert "no place left: waiting list" in client.get(at(quota.delegation, "nominate/")).content.decode()
    page = client.get(nominate(client, quota)["Location"])
    assert "Number 1 on your delegation" in page.content.decode()
    monkeypatch.setattr("registration.actions.nominations.MOST_IN_RESERVE", 1)
    page = nominate(client, quota, name="Yaw Boateng")
    assert page.status_code == 409
    assert "1 people wait already" in page.content.decode()
    assert 'value="Yaw Boateng"' in page.content.decode()


def test_what_each_member_misses_stands_in_the_list(client, quota, delegation):
    QuestionFactory(event=delegation.event, label={"en": "Arrival flight"}, required=True)
    MemberFactory(delegation=delegation, category=quota.category, nationality="")
    html = client.get(at(delegation)).content.decode()
    assert "Nationality · Arrival flight" in html


def test_details_are_saved_as_they_are_typed_and_are_there_again(client, quota, delegation):
    QuestionFactory(event=delegation.event, key="flight", required=True)
    member = MemberFactory(delegation=delegation, category=quota.category)
    typed = {"name": "Ama Owusu", "organisation": "Water Board", "q-flight": "", "go": "save"}
    assert client.post(at(delegation, f"{member.pk}/"), typed).status_code == 204
    assert "Water Board" in client.get(at(delegation, f"{member.pk}/")).content.decode()
    assert "Begun, not sent yet" in client.get(at(delegation)).content.decode()
    page = client.post(at(delegation, f"{member.pk}/"), typed | {"go": ""})
    assert page.status_code == 200
    assert "Answer this question." in page.content.decode()
    done = typed | {"go": "", "q-flight": "KQ 100", "nationality": "GH"}
    assert client.post(at(delegation, f"{member.pk}/"), done).status_code == 302
    member.refresh_from_db()
    assert (member.state, member.organisation) == (State.SUBMITTED, "Water Board")
    assert not MemberDraft.objects.exists()


def test_an_invited_member_completes_it_on_the_own_page(client, quota, delegation):
    from registration.emails import guest_token

    member = MemberFactory(delegation=delegation, category=quota.category)
    client.post(at(delegation, f"{member.pk}/invite/"), {"email": "ama@example.org"})
    member.refresh_from_db()
    own = f"/en/my/{guest_token(member)}/"
    assert "Complete your registration" in client.get(own).content.decode()
    client.post(own.replace("/en/", "/ar/") + "change/", {"name": "Ama Owusu", "nationality": "GH"})
    member.refresh_from_db()
    assert (member.state, member.confirmed_at is None) == (State.SUBMITTED, False)
    assert member.language == "ar"  # what it was filled in in, not what the focal point reads


def test_a_member_of_another_delegation_cannot_be_found(client, delegation):
    stranger = MemberFactory()
    for rest in ("", "invite/", "replace/", "withdraw/"):
        assert client.get(at(delegation, f"{stranger.pk}/{rest}")).status_code == 404
        assert client.post(at(delegation, f"{stranger.pk}/{rest}")).status_code in {404, 409}
    stranger.refresh_from_db()
    assert stranger.state == State.NOMINATED


def test_papers_are_checked_kept_private_and_opened_again(client, delegation):
    bad = {"kind": "credentials", "file": SimpleUploadedFile("letter.pdf", b"MZ not a PDF")}
    assert "not a picture or a PDF" in client.post(at(delegation, "papers/"), bad).content.decode()
    good = {"kind": "note_verbale", "file": SimpleUploadedFile("note.pdf", PDF)}
    assert client.post(at(delegation, "papers/"), good).status_code == 302
    paper = DelegationPaper.objects.get()
    with paper.file.open("rb") as sealed:
        assert b"%PDF" not in sealed.read()
    response = client.get(at(delegation, f"papers/{paper.pk}/"))
    assert response.content == PDF
    assert "attachment" in response["Content-Disposition"]
    assert client.get(at(DelegationFactory(), f"papers/{paper.pk}/")).status_code == 404
    client.post(at(delegation, f"papers/{paper.pk}/"))
    assert not DelegationPaper.objects.exists()


def test_the_list_goes_out_as_a_table_in_which_nothing_runs(client, quota, delegation):
    MemberFactory(delegation=delegation, category=quota.category, name="=HYPERLINK(1)")
    text = b"".join(client.get(at(delegation, "list.csv")).streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    book = load_workbook(io.BytesIO(b"".join(client.get(at(delegation, "list.xlsx")).streaming_content)))
    assert book.active.max_row == 2
    taken = HistoryEntry.objects.of(delegation).filter(verb="list_taken")
    assert sorted(entry.data["form"] for entry in taken) == ["csv", "xlsx"], "each export is noted"


def test_confirming_after_the_deadline_says_who_can_help(client, quota, delegation):
    MemberFactory(delegation=delegation, category=quota.category)
    Delegation.objects.update(deadline=delegation.created_at)
    page = client.post(at(delegation, "confirm/"), {"version": delegation.version})
    assert page.status_code == 409
    assert "write to the organiser" in page.content.decode()
    assert "/nominate/" not in page.content.decode()


def test_the_workspace_costs_the_same_statements_with_one_and_with_three(client, quota, delegation):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 2):
        for _more in range(number):
            MemberFactory(delegation=delegation, category=quota.category)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(at(delegation))
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] < 25


# -- from a spreadsheet ------------------------------------------------------------------------------------------------
def table(
    *rows, head=("Category", "Full name", "Function", "Nationality", "E-mail address"), edit=None
) -> SimpleUploadedFile:
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    if edit:
        edit(book.active)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("list.xlsx", file.getvalue())


def check(client, delegation, file) -> str:
    return client.post(at(delegation, "import/"), {"file": file}).content.decode()


def test_a_spreadsheet_is_shown_first_and_added_by_the_button_once(client, quota, delegation):
    html = check(
        client,
        delegation,
        table(("Delegate", "Ama Owusu", "Minister", "Ghana", ""), ("delegate", "Yaw B", "", "加纳", "")),
    )
    assert "2 members can be added" in html
    assert not Registration.objects.exists()
    packed = dict(re.findall(r'name="(rows|origin)" value="([^"]+)"', html))
    for _again in range(2):
        assert client.post(at(delegation, "import/"), packed).status_code == 302
    assert sorted(Registration.objects.values_list("name", flat=True)) == ["Ama Owusu", "Yaw B"]
    again = check(client, delegation, table(("Delegate", "Ama Owusu", "", "GH", "")))
    assert "On your list already" in again
    other = DelegationFactory(event=delegation.event)
    assert client.post(at(other, "import/"), packed).status_code == 409


def test_every_problem_of_a_spreadsheet_is_named_with_its_cell_and_nothing_is_added(client, quota, delegation):
    rows = [
        ("Astronaut", "Ama Owusu", "", "GH", ""),
        ("Delegate", "", "", "GH", ""),
        ("Delegate", "Yaw B", "", "Atlantis", "not an address"),
        ("Delegate", "Esi C", "", "GH", "esi@example.org"),
        ("Delegate", "Esi C", "", "GH", "esi@example.org"),
    ]
    html = check(client, delegation, table(*rows))
    for cell in ("A2", "B3", "D4", "E4", "B6", "E6"):
        assert f">{cell}<" in html, cell
    assert 'name="rows"' not in html
    assert not Registration.objects.exists()


def test_a_spreadsheet_beyond_the_places_says_who_will_wait_and_they_do(client, quota, delegation):
    html = check(client, delegation, table(*[("Delegate", f"Name {c}", "", "", "") for c in "abcde"]))
    assert "3 places left there. The last of them go to your delegation" in html
    client.post(at(delegation, "import/"), dict(re.findall(r'name="(rows|origin)" value="([^"]+)"', html)))
    waiting = Registration.objects.filter(state=State.RESERVE).order_by("created_at")
    assert list(waiting.values_list("name", flat=True)) == ["Name d", "Name e"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (table(("Delegate", "A", "", "", ""), edit=lambda sheet: sheet.merge_cells("A2:B2")), "merged"),
        (table(("Delegate", "=1+1", "", "", "")), "formula"),
        (SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken"), "damaged"),
        (table(*[("Delegate", f"Name {n}x", "", "", "") for n in range(501)]), "at most 500"),
        (SimpleUploadedFile("x.xlsx", b""), "empty"),
    ],
)
def test_horrors_are_told_in_plain_words(client, quota, delegation, file, words):
    html = check(client, delegation, file)
    assert words in html
    assert 'name="rows"' not in html


def csv(text: str, codec: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", text.encode(codec), content_type="text/csv")


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("gb18030", "王秀英"),
        ("utf-16", "王秀英"),
        ("utf-16", "مريم عبد الله"),
        ("utf-8-sig", "Zoë Müller"),
    ],
)
def test_a_list_in_the_encoding_of_the_offices_own_computers_keeps_every_name(client, quota, delegation, codec, name):
    text = f"Category;Full name;Full name in Latin letters\r\nDelegate;{name};Somebody Latin\r\n"
    html = check(client, delegation, csv(text, codec))
    assert name in html
    client.post(at(delegation, "import/"), dict(re.findall(r'name="(rows|origin)" value="([^"]+)"', html)))
    assert Registration.objects.get().name == name


BROKEN = b"Category,Full name\r\nDelegate," + b"\xff\xfe\x81\x00\xd8" + b"\r\n"
OLD_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def with_sheets(*names) -> SimpleUploadedFile:
    book = Workbook()
    book.active.title = names[0]
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("list.xlsx", file.getvalue())


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: SimpleUploadedFile("list.xls", OLD_XLS), "old .xls"),
        (lambda: SimpleUploadedFile("list.csv", BROKEN), "encoding"),
        (
            lambda: csv("Category,Full name\r\nDelegate,Иванова Мария\r\nDelegate,Пётр Сидоров\r\n", "cp1251"),
            "CSV UTF-8",
        ),
        (lambda: with_sheets("Empty"), "empty"),
        (lambda: table(), "nothing below the headings"),
        pytest.param(
            lambda: table(*[("Delegate", f"Name {n}x", "", "", "") for n in range(50_000)]),
            "at most 500",
            marks=pytest.mark.slow,
        ),
        (lambda: SimpleUploadedFile("list.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100)), "not a table"),
    ],
    ids=["old-xls", "broken-encoding", "cp1251", "empty-sheet", "no-rows", "50,000-rows", "a-picture"],
)
def test_what_cannot_be_read_is_told_and_neither_writes_nor_loses_anything(client, quota, delegation, file, words):
    kept = MemberFactory(delegation=delegation, category=quota.category)
    html = check(client, delegation, file())
    assert words in html
    assert 'name="rows"' not in html
    assert list(Registration.objects.all()) == [kept]


def test_double_rows_are_told_by_the_row_they_repeat_and_none_is_added(client, quota, delegation):
    rows = [("Delegate", "Ama Owusu", "", "GH", ""), ("Delegate", "OWUSU Ama", "", "GH", "")]
    html = check(client, delegation, table(*rows))
    assert "The same person stands in row 2 already." in html
    assert 'name="rows"' not in html


def test_a_list_that_fails_at_the_last_member_adds_nobody(client, quota, delegation):
    html = check(client, delegation, table(("Delegate", "Ama Owusu", "", "", ""), ("Delegate", "Yaw B", "", "", "")))
    packed = dict(re.findall(r'name="(rows|origin)" value="([^"]+)"', html))
    nominate(client, quota, name="Yaw B")  # somebody was quicker
    page = client.post(at(delegation, "import/"), packed)
    assert page.status_code == 409
    assert "Nobody was added." in page.content.decode()
    assert Registration.objects.count() == 1


def test_after_the_decision_the_head_asks_for_changes_of_a_member_without_an_own_page(client, quota, delegation):
    nominate(client, quota)
    member = Registration.objects.get()
    Registration.objects.filter(pk=member.pk).update(state="approved")
    page = client.get(at(delegation, f"{member.pk}/")).content.decode()
    address = my(member, "ask/person.name/")
    assert address in page
    assert client.post(address, {"name": "Ama Owusu-Badu", "reason": "As in the passport."}).status_code == 302
    assert ChangeRequest.objects.get().new == "Ama Owusu-Badu"
    member.email, member.confirmed_at = "ama@example.org", timezone.now()
    member.save()
    assert "/ask/" not in client.get(at(delegation, f"{member.pk}/")).content.decode()
