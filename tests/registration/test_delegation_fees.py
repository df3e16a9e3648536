"""Money in a delegation: who owes what is told to whoever reads the member's mails, and shown with every way to pay."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plenary.core.models import Message
from plenary.core.money import Money
from registration import actions
from registration.actions.delegations import send_digests
from registration.actions.dunning import heed_overdue, remind
from registration.actions.payments import pay_by_transfer
from registration.emails import delegation_token, guest_token
from registration.models import Delegation, Order, Registration, Sponsorship
from registration.rules import State, WhenOverdue, Who
from tests.factories.delegations import DelegationQuotaFactory, MemberFactory
from tests.factories.payments import CASHIER, OFFICER, FeeFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota():
    quota = DelegationQuotaFactory(places=9, delegation__name={"en": "Ghana"})
    FeeFactory(event=quota.delegation.event)
    return quota


@pytest.fixture
def delegation(quota):
    return quota.delegation


def member(quota, **facts) -> Registration:
    return MemberFactory(delegation=quota.delegation, category=quota.category, **{"state": State.SUBMITTED} | facts)


def with_address(quota, **facts) -> Registration:
    return member(quota, email="own@example.org", email_index="x", confirmed_at=timezone.now(), **facts)


def approve(*members) -> list[Order]:
    report = actions.approve([one.pk for one in members], by=OFFICER)
    assert report.refused == {}
    return [Order.objects.get(registration=one) for one in members]


def mails(kind) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("created_at"))


def later(**delta) -> None:
    Delegation.objects.update(news_since=timezone.now() - timedelta(minutes=11))
    Order.objects.update(due_at=timezone.now() + timedelta(**delta), created_at=timezone.now() - timedelta(days=9))


def page(client, delegation, query="") -> str:
    return client.get(f"/en/delegation/{delegation_token(delegation)}/{query}").content.decode()


def test_that_a_payment_is_due_reaches_the_focal_point_in_one_mail_with_sum_day_and_reference(quota, delegation):
    one, other = member(quota, name="Ama Owusu"), member(quota, name="Yaw Boateng")
    orders = approve(one, other)
    later(days=8)
    assert send_digests() == 1
    [mail] = mails("delegation.decisions")
    assert mail.recipient == delegation.email
    assert "payment due" in mail.subject
    assert mail.text.count("120.00") == 2
    for order in orders:
        assert order.reference[:4] in mail.text
    assert "#payments" in mail.text
    assert not Message.objects.filter(kind__startswith="registration.payment").exists()


def test_a_member_who_has_proved_an_own_address_is_told_directly(quota):
    approve(with_address(quota))
    assert [mail.recipient for mail in mails("registration.payment_due")] == ["own@example.org"]


def test_where_no_officer_decides_the_focal_point_is_told_all_the_same(quota, delegation):
    quota.category.needs_review = False
    quota.category.save()
    one = member(quota, state=State.NOMINATED)
    actions.complete_nomination(registration_id=one.pk, who=Who.DELEGATION)
    one.refresh_from_db()
    assert one.state == State.PAYMENT_DUE
    later(days=8)
    send_digests()
    assert "120.00" in mails("delegation.decisions")[0].text


def test_an_address_that_nobody_proved_gets_no_word_about_money(quota, delegation):
    [order] = approve(member(quota, email="typed@example.org", email_index="y"))
    later(days=2)
    send_digests(), remind()
    pay_by_transfer(order_id=order.pk, amount=Money(12_000, "EUR"), reference="L1", received_at=None, by=CASHIER)
    assert {message.recipient for message in Message.objects.all()} == {delegation.email}


def test_reminders_name_every_member_who_owes_in_one_mail_and_go_once(quota, delegation):
    approve(member(quota, name="Ama Owusu"), member(quota, name="Yaw Boateng"))
    later(days=2)
    assert (remind(), remind()) == (2, 0)
    [mail] = mails("delegation.payment_reminder")
    assert (mail.recipient, "Ama Owusu" in mail.text, "Yaw Boateng" in mail.text) == (delegation.email, True, True)


def test_overdue_payments_are_told_and_one_who_is_cancelled_for_it_too(quota, delegation):
    approve(member(quota))
    later(days=-3)
    heed_overdue()
    assert len(mails("delegation.payment_overdue")) == 1
    Order.objects.update(overdue_at=None)
    quota.category.when_overdue = WhenOverdue.CANCEL
    quota.category.save()
    send_digests()
    heed_overdue()
    Delegation.objects.update(news_since=timezone.now() - timedelta(minutes=11))
    send_digests()
    assert "The fee was not paid in time." in mails("delegation.decisions")[-1].text


def test_the_receipt_and_then_the_badge_go_to_the_focal_point(quota, delegation):
    one = member(quota, name="Ama Owusu")
    [order] = approve(one)
    later(days=8)
    send_digests()
    pay_by_transfer(order_id=order.pk, amount=Money(12_000, "EUR"), reference="L1", received_at=None, by=CASHIER)
    [receipt] = mails("payment.received")
    assert receipt.recipient == delegation.email
    assert "Dear Kofi Mensah" in receipt.text
    assert "Ama Owusu" in receipt.text
    assert guest_token(one) not in receipt.text  # closed with the workspace, should its link leak
    later(days=8)
    send_digests()
    [badge] = mails("delegation.decisions")[-1].attachments
    assert badge["kind"] == "badge"


def test_mails_to_the_focal_point_are_in_that_persons_language(quota, delegation):
    Delegation.objects.update(language="fr")
    approve(member(quota, language="en"))
    later(days=2)
    remind()
    [mail] = mails("delegation.payment_reminder")
    assert (mail.language, "/fr/delegation/" in mail.text) == ("fr", True)


def test_the_delegation_withdraws_a_member_who_owes_and_the_order_is_closed(quota, delegation):
    [order] = approve(member(quota))
    actions.withdraw_member(delegation_id=delegation.pk, member_id=order.registration_id)
    order.refresh_from_db()
    assert order.state == "cancelled"


# -- the workspace -----------------------------------------------------------------------------------------------------
def test_the_workspace_tells_who_owes_what_and_how_to_pay(client, quota, delegation, settings):
    settings.PLENARY_BANK_ACCOUNT = {"holder": "UN Fund", "iban": "DE89370400440532013000", "bic": "X", "bank": ""}
    assert 'id="payments"' not in page(client, delegation)
    one, other = member(quota, name="Ama Owusu"), with_address(quota, name="Yaw Boateng")
    member(quota, name="Esi Badu")
    first, _second = approve(one, other)
    html = page(client, delegation)
    assert "2 members have to pay" in html
    assert "€240.00" in html
    assert "DE89 3704 0044 0532 0130 00" in html
    assert first.reference[:4] in html
    assert html.count(">Pay<") == 1  # the other pays on the own page
    only = page(client, delegation, "?show=owing")
    assert ("Ama Owusu" in only, "Esi Badu" in only.split('id="log"')[0].split('id="members"')[1]) == (True, False)
    inside = client.get(f"/en/delegation/{delegation_token(delegation)}/{one.pk}/").content.decode()
    assert "/pay" in inside
    sheet = client.get(f"/en/delegation/{delegation_token(delegation)}/list.csv")
    assert first.reference[:4] in b"".join(sheet.streaming_content).decode()


def test_where_a_sponsor_pays_nothing_is_due_and_one_invoice_covers_the_delegation(client, quota, delegation):
    Sponsorship.objects.create(event=delegation.event, payer="Ministry of Finance", delegation=delegation)
    approve(member(quota), member(quota))
    html = page(client, delegation)
    assert "Ministry of Finance pays for 2 members: €240.00, on one invoice." in html
    assert "has to pay" not in html
    later(days=2)
    assert remind() == 0


def test_staff_see_in_the_unit_who_owes_and_who_pays_in_whose_place(client, quota, delegation):
    approve(member(quota))
    client.force_login(staff("Conference office"))
    html = client.get(reverse("delegations:unit", args=[delegation.pk])).content.decode()
    assert "To be paid: €120.00" in html
