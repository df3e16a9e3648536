"""Money in the admin: who may see and do what, lists that do not grow in statements, and what staff book from a statement."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from plenary.core.models import AccessLog
from plenary.core.money import Money
from plenary.events.models import EventStaff
from registration import actions
from registration.actions.financial_documents import ask_for_invoice
from registration.actions.payments import pay_at_desk
from registration.bank_statement import read_statement
from registration.models import Fee, Order, Payment, Registration, Sponsorship
from registration.rules import State, WaitingList
from registration.rules.payments import OrderState
from registration.rules.references import in_groups
from tests.factories.payments import CASHIER, OFFICER, FeeFactory, fresh, owing, state_of
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.PLENARY_REQUIRE_SECOND_FACTOR = False


def as_(client, *roles):
    user = staff(*roles)
    client.force_login(user)
    return user


def cash(order, minor=12_000):
    return pay_at_desk(order_id=order.pk, amount=Money(minor, order.currency), by=CASHIER)


# -- rights -------------------------------------------------------------------------------------------------------------
PAGES = [
    "",
    "report/",
    "statement/",
    "refund/",
    "fees/",
    "fees/who-pays-what/",
    "sponsors/",
    "order/{order}/",
    "document/{document}/",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("Finance", True),
        ("Conference office", True),
        ("Vetting: protocol desk", False),
        ("Vetting: press desk", False),
        ("HR", False),
        ("Editor", False),
        ("Door supervisor", False),
    ],
)
def test_only_finance_and_the_office_see_money(client, role, may, page):
    order = owing()
    document = ask_for_invoice(order_id=order.pk, by=OFFICER)
    as_(client, role)
    status = client.get(f"/cms/payments/{page.format(order=order.pk, document=document.pk)}").status_code
    assert (status == 200) is may
    assert status in {200, 302, 403}


@pytest.mark.parametrize("wish", ["cash", "transfer", "host", "waive", "invoice", "refund", "paid_back"])
def test_whoever_may_only_look_does_nothing(client, django_user_model, wish):
    from django.contrib.auth.models import Permission

    order = owing()
    user = as_(client, "HR")
    user.user_permissions.add(Permission.objects.get(codename="view_payment"))
    assert client.get(f"/cms/payments/order/{order.pk}/").status_code == 200
    sent = {"do": wish, "cash-amount": "120", "host-reason": "x", "waive-reason": "x"}
    answer = client.post(f"/cms/payments/order/{order.pk}/", sent)
    assert answer.status_code in {302, 403}
    assert fresh(order).state == OrderState.OPEN


def test_staff_of_another_event_find_no_order(client):
    order, other = owing(), CategoryFactory()
    EventStaff.objects.create(event=other.event, user=as_(client, "Finance"))
    assert client.get(f"/cms/payments/order/{order.pk}/", follow=True).status_code == 404
    assert order.registration.name not in client.get("/cms/payments/").content.decode()
    assert order.reference not in client.get("/cms/payments/?export=csv").getvalue().decode()


def test_a_look_at_an_order_is_logged(client):
    order = owing()
    as_(client, "Finance")
    client.get(f"/cms/payments/order/{order.pk}/")
    assert AccessLog.objects.get(subject_id=str(order.registration_id)).part == "payment"


# -- lists --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["", "?show=to_refund", "report/", "fees/", "fees/who-pays-what/"])
def test_a_list_takes_as_many_statements_for_three_as_for_one(client, statements_of, page):
    def one():
        order = owing(category=category)
        cash(order)
        actions.withdraw(registration_id=order.registration_id)

    category = CategoryFactory()
    as_(client, "Finance")
    one()
    client.get(f"/cms/payments/{page}")
    first = statements_of(lambda: client.get(f"/cms/payments/{page}"))
    one()
    one()
    assert statements_of(lambda: client.get(f"/cms/payments/{page}")) <= first


@pytest.mark.parametrize(
    "query",
    [
        "q=nobody",
        "q=%00",
        "event=x",
        "event=99999",
        "state=x",
        "show=x",
        "p=99",
        "p=x",
        "show=overdue",
        "show=flagged",
        "show=disputed",
    ],
)
def test_any_filter_is_answered(client, query):
    owing()
    as_(client, "Finance")
    assert client.get(f"/cms/payments/?{query}").status_code == 200


def test_an_order_is_found_by_name_code_and_reference_as_the_bank_writes_it(client):
    order = owing(name="Gabriela Montes")
    Registration.objects.filter(pk=order.registration_id).update(search_text="gabriela montes")
    as_(client, "Finance")
    for words in ("montes", order.reference, in_groups(order.reference)):
        assert "Gabriela" in client.get("/cms/payments/", {"q": words}).content.decode(), words


def test_an_export_is_neutral_and_logged(client):
    order = owing(name="=HYPERLINK(1)")
    as_(client, "Finance")
    text = client.get("/cms/payments/?export=csv").getvalue().decode()
    assert "'=HYPERLINK(1)" in text
    assert "120.00" in text
    sheet = load_workbook(BytesIO(client.get("/cms/payments/report/?export=xlsx").getvalue())).active
    assert sheet.max_row == 1
    assert AccessLog.objects.filter(subject_id=str(order.event_id)).count() == 2


# -- doing --------------------------------------------------------------------------------------------------------------
def test_cash_is_booked_at_the_desk_and_its_receipt_is_there(client):
    order = owing()
    as_(client, "Finance")
    page = f"/cms/payments/order/{order.pk}/"
    wrong = client.post(page, {"do": "cash", "cash-amount": "500"})
    assert wrong.status_code == 409
    assert "give back the change" in wrong.content.decode()
    assert client.post(page, {"do": "cash", "cash-amount": "1.005"}).status_code == 422
    assert client.post(page, {"do": "cash", "cash-amount": "120"}).status_code == 302
    assert state_of(order) == State.APPROVED
    assert "REC-" in client.get(page).content.decode()


def test_a_refund_by_hand_from_asking_to_credit_note(client):
    order = owing()
    payment = cash(order)
    as_(client, "Finance")
    page = f"/cms/payments/order/{order.pk}/"
    client.post(page, {"do": "refund", "payment": payment.pk, "refund-amount": "20", "refund-reason": "One day"})
    made = payment.refunds.get()
    client.post(page, {"do": "paid_back", "refund": made.pk, "paid_back-reference": "out 9"})
    html = client.get(page).content.decode()
    assert "CN-" in html
    assert "partly refunded" in html
    too_much = client.post(page, {"do": "refund", "payment": payment.pk, "refund-amount": "101", "refund-reason": "x"})
    assert too_much.status_code == 409


def test_many_are_paid_back_after_a_look_at_the_sum(client):
    orders = [owing() for _n in range(2)]
    for order in orders:
        cash(order)
        actions.withdraw(registration_id=order.registration_id)
    as_(client, "Finance")
    chosen = {"order": [str(order.pk) for order in orders]}
    assert "€240.00" in client.get("/cms/payments/refund/", chosen).content.decode()
    assert client.post("/cms/payments/refund/", chosen | {"reason": ""}).status_code == 200
    client.post("/cms/payments/refund/", chosen | {"reason": "The event is cancelled"})
    assert {fresh(order).state for order in orders} == {OrderState.REFUNDED}
    assert client.get("/cms/payments/refund/", {"order": ["x", "'--"]}).status_code == 200


def test_fees_are_checked_before_they_are_saved(client):
    category = CategoryFactory()
    FeeFactory(event=category.event, currency="EUR")
    as_(client, "Finance")
    given = {
        "event": category.event.pk,
        "label_en": "Fee",
        "label-en": "Fee",
        "amount": "100",
        "currency": "EUR",
        "position": "3",
    }
    given |= {"label_0": "Fee"}
    for change, field in [
        ({"currency": "USD"}, "two currencies"),
        ({"currency": "QQQ"}, "no currency"),
        ({"amount": "1.005"}, "decimal places"),
        ({"first_day": "2030-02-02", "last_day": "2030-02-01"}, "end after it begins"),
        ({"categories": [CategoryFactory().pk]}, "same event"),
    ]:
        html = client.post("/cms/payments/fees/new/", given | change).content.decode()
        assert field in html, (change, field)
    assert Fee.objects.count() == 1


def test_the_preview_tells_who_pays_what(client):
    category = CategoryFactory(name={"en": "Delegates"})
    FeeFactory(event=category.event, code="MEMBER", amount_minor=100, position=0)
    FeeFactory(event=category.event, amount_minor=7_700, position=1)
    as_(client, "Finance")
    html = client.get("/cms/payments/fees/who-pays-what/").content.decode()
    assert "€77.00" in html
    assert "€1.00" in html
    assert "with the code MEMBER" in html


def test_a_sponsor_is_invoiced_by_a_button(client):
    category = CategoryFactory()
    FeeFactory(event=category.event)
    sponsorship = Sponsorship.objects.create(
        event=category.event, payer="Water Fund", organisation="Ministry of Water", organisation_key="ministry of water"
    )
    actions.approve([RegistrationFactory(category=category).pk], by=OFFICER)
    as_(client, "Finance")
    assert client.get(f"/cms/payments/sponsors/edit/{sponsorship.pk}/").status_code == 200
    client.post(f"/cms/payments/sponsors/invoice/{sponsorship.pk}/")
    document = sponsorship.documents.get()
    assert client.get(f"/cms/payments/document/{document.pk}/").content.startswith(b"%PDF")


# -- the bank's statement -----------------------------------------------------------------------------------------------
def statement(*rows):
    return "\n".join(["Date;Amount;Currency;Text;Number of the line", *(";".join(row) for row in rows)]).encode()


def test_a_statement_is_matched_by_reference_then_by_name_and_never_booked_by_itself():
    sure, named, partly = owing(), owing(name="Chen Wei", latin_name="Chen Wei"), owing()
    content = statement(
        ("2030-01-05", "120,00", "EUR", f"FEE {in_groups(sure.reference)}", "1"),
        ("05.01.2030", "120.00", "EUR", "thank you WEI CHEN", "2"),
        ("2030-01-05", "60.00", "EUR", partly.reference, "3"),
        ("2030-01-05", "1,00", "EUR", "unknown", "4"),
        ("2030-01-05", "-50.00", "EUR", "bank charges", "5"),
    )
    table, found = read_statement(content, Order.objects.all())
    assert table.problems == []
    assert [(s.order, s.sure) for s in found] == [(sure, True), (named, False), (partly, False), (None, False)]
    assert found[0].day == date(2030, 1, 5)
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("yesterday", "1", "EUR", "x", "1"), "no date"),
        (("2030-01-05", "one", "EUR", "x", "1"), "no amount"),
        (("2030-01-05", "1.005", "EUR", "x", "1"), "no amount"),
        (("2030-01-05", "1", "Euro", "x", "1"), "no currency"),
    ],
)
def test_what_cannot_be_read_in_a_statement_is_named_by_its_cell(row, said):
    table, _found = read_statement(statement(row), Order.objects.all())
    [problem] = table.problems
    assert said in problem.text
    assert problem.cell.endswith("2")


def test_ticked_lines_are_booked_and_the_same_statement_again_books_nothing(client):
    order = owing()
    as_(client, "Finance")
    content = statement(("2030-01-05", "120.00", "EUR", order.reference, "77"))

    def send():
        return client.post("/cms/payments/statement/", {"file": SimpleUploadedFile("s.csv", content)}).content.decode()

    assert "reference and amount fit" in send()
    line = {"take": "2", "minor-2": "12000", "currency-2": "EUR", "day-2": "2030-01-05", "line-2": "77"}
    client.post("/cms/payments/statement/", line | {"order-2": order.reference, "book": "1"})
    assert state_of(order) == State.APPROVED
    assert "booked already" in send()
    client.post("/cms/payments/statement/", line | {"order-2": order.reference, "book": "1"})
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"minor-2": "x"}, {"currency-2": "ZZZ"}, {"day-2": "x"}, {"order-2": "RF00"}, {"currency-2": "USD"}]
)
def test_tampered_lines_book_nothing(client, change):
    order = owing()
    as_(client, "Finance")
    line = {"take": "2", "minor-2": "12000", "currency-2": "EUR", "day-2": "2030-01-05", "line-2": "77", "book": "1"}
    assert client.post("/cms/payments/statement/", line | {"order-2": order.reference} | change).status_code == 302
    assert not Payment.objects.exists()


# -- the report and the waiting list ------------------------------------------------------------------------------------
def test_the_report_adds_up(client):
    paid, _open = owing(), owing()
    payment = cash(paid)
    actions.withdraw(registration_id=paid.registration_id)
    as_(client, "Finance")
    html = client.get("/cms/payments/report/").content.decode()
    assert "cash at the desk" in html
    assert html.count("€120.00") >= 3
    assert "plenary-plot__came" in html
    assert payment.flag == ""


def test_places_are_offered_by_hand_by_whoever_may_let_in(client):
    category = CategoryFactory(quota=1, waiting_list=WaitingList.MANUAL)
    guest = RegistrationFactory(category=category, state=State.WAITLISTED)
    page = f"/cms/waiting-lists/{category.pk}/"
    as_(client, "Vetting: security desk")
    assert client.get(page).status_code == 200
    client.post(page, {"guest": guest.pk, "hours": 12})
    assert fresh(guest).state == State.WAITLISTED
    as_(client, "Vetting: protocol desk")
    assert guest.name in client.get(page).content.decode()
    assert client.post(page, {"guest": guest.pk, "hours": 0}).status_code == 422
    assert client.post(page, {"guest": guest.pk, "hours": 12}).status_code == 302
    assert fresh(guest).state == State.OFFERED
    as_(client, "Finance")
    assert client.get(page).status_code in {302, 403}


def test_a_quota_lowered_below_what_is_taken_is_told_in_clear_words(client):
    category = CategoryFactory(quota=1, waiting_list=WaitingList.MANUAL)
    RegistrationFactory.create_batch(3, category=category)
    as_(client, "Conference office")
    assert "lower than the places taken, by 2" in client.get(f"/cms/waiting-lists/{category.pk}/").content.decode()


def test_the_dossier_shows_what_is_due_and_the_order_only_to_those_who_may_see_it(client):
    order = owing()
    as_(client, "Vetting: protocol desk")
    html = client.get(f"/cms/vetting/dossier/{order.registration_id}/").content.decode()
    assert "€120.00" in html
    assert "Open the order" not in html
    as_(client, "Conference office")
    assert "Open the order" in client.get(f"/cms/vetting/dossier/{order.registration_id}/").content.decode()
