"""What became of a message after it left: reports of the mail service, told from forged ones, and the address that fails."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plenary.core import outbox
from plenary.core.actions import SYSTEM, queue_message
from plenary.core.addresses import address_index
from plenary.core.deliveries import clear_failing_address, find_message, record_delivery
from plenary.core.models import FailingAddress, HistoryEntry, Message

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/mail/postmark/webhook"
SECRET = "plenary:very-secret"
Delivery = Message.Delivery


@pytest.fixture
def message() -> Message:
    written = queue_message(kind="test", recipient="Guest@Example.org", language="en", subject="s", text="t")
    assert written is not None
    outbox.deliver_due()
    written.refresh_from_db()
    return written


@pytest.fixture
def service(settings: Any) -> None:
    settings.MAIL_SERVICE, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}


def report(client: Client, body: Any, secret: str = SECRET, address: str = ADDRESS) -> int:
    sent = body if isinstance(body, str) else json.dumps(body)
    authorization = "Basic " + base64.b64encode(secret.encode()).decode()
    answer = client.post(address, sent, content_type="application/json", headers={"Authorization": authorization})
    return answer.status_code


def bounce(message: Message, **facts: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "guest@example.org",
        "BouncedAt": "2026-11-25T16:33:54Z",
        "Metadata": {"message": str(message.pk)},
        **facts,
    }


def test_without_configuration_there_is_no_such_address(client: Client, settings: Any) -> None:
    assert client.post(ADDRESS).status_code == 404
    settings.MAIL_SERVICE = "postmark"  # named, but nothing to tell real reports from forged ones by
    assert client.post(ADDRESS).status_code == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert client.post("/api/v1/mail/sendgrid/webhook").status_code == 404
    assert client.post("/api/v1/mail/nonsense/webhook").status_code == 404


@pytest.mark.usefixtures("service")
def test_a_forged_report_changes_nothing(client: Client, message: Message) -> None:
    assert report(client, bounce(message), secret="plenary:guessed") == 403
    assert client.post(ADDRESS, json.dumps(bounce(message)), content_type="application/json").status_code == 403
    assert client.get(ADDRESS).status_code == 405
    message.refresh_from_db()
    assert message.delivery == ""
    assert not FailingAddress.objects.exists()


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "{}", '{"RecordType": 7}', '{"Metadata": []}'])
def test_a_report_that_cannot_be_read_is_refused_or_passed_over_and_never_an_error(client: Client, body: str) -> None:
    assert report(client, body) in (200, 400)


@pytest.mark.usefixtures("service")
def test_a_report_about_a_message_we_do_not_know_is_passed_over(client: Client, message: Message) -> None:
    strange = bounce(message, Metadata={"message": "not-a-key"}, MessageID="unknown")
    assert report(client, strange) == 200
    assert report(client, bounce(message, Metadata={})) == 200
    assert not FailingAddress.objects.exists()


@pytest.mark.usefixtures("service")
def test_a_report_too_large_to_be_one_is_not_read(client: Client, message: Message) -> None:
    assert report(client, bounce(message, Description="x" * 1_100_000)) == 413


@pytest.mark.usefixtures("service")
def test_a_bounce_is_noted_once_with_its_time_and_marks_the_address(client: Client, message: Message) -> None:
    for _again in range(3):
        assert report(client, bounce(message)) == 200
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert message.delivery == Delivery.BOUNCED
    assert message.delivery_at == datetime(2026, 11, 25, 16, 33, 54, tzinfo=UTC)
    [failing] = FailingAddress.objects.all()
    assert failing.index == address_index("guest@example.org")  # however the address was typed
    assert HistoryEntry.objects.of(message).filter(verb="bounced").count() == 1


@pytest.mark.usefixtures("service")
def test_a_mailbox_that_is_full_today_is_no_failing_address(client: Client, message: Message) -> None:
    assert report(client, bounce(message, Type="SoftBounce", TypeCode=4096, Name="Soft bounce")) == 200
    message.refresh_from_db()
    assert message.delivery == Delivery.BOUNCED
    assert not FailingAddress.objects.exists()


@pytest.mark.usefixtures("service")
def test_delivered_late_or_out_of_order_the_graver_report_stays(client: Client, message: Message) -> None:
    delivered = {
        "RecordType": "Delivery",
        "DeliveredAt": "2026-11-25T16:33:50Z",
        "Recipient": "guest@example.org",
        "Metadata": {"message": str(message.pk)},
    }
    assert report(client, delivered) == 200
    message.refresh_from_db()
    assert message.delivery == Delivery.DELIVERED
    report(client, bounce(message))
    report(client, delivered)
    message.refresh_from_db()
    assert message.delivery == Delivery.BOUNCED
    complaint = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Metadata": {"message": str(message.pk)}}
    report(client, complaint)
    message.refresh_from_db()
    assert message.delivery == Delivery.COMPLAINED
    assert FailingAddress.objects.get().reason == FailingAddress.Reason.COMPLAINED


def test_a_report_that_overtakes_the_sender_is_kept(message: Message) -> None:
    Message.objects.update(state=Message.State.WAITING, claimed_until=timezone.now() + timedelta(minutes=1))
    record_delivery(message, delivery=Delivery.BOUNCED, at=timezone.now())
    Message.objects.update(state=Message.State.SENT)
    message.refresh_from_db()
    assert (message.state, message.delivery) == (Message.State.SENT, Delivery.BOUNCED)


def test_a_message_is_found_by_our_key_our_message_id_or_the_name_the_service_gave_it(message: Message) -> None:
    Message.objects.update(provider_id="service-7")
    assert find_message(metadata={"message": str(message.pk)}, provider_id="") == message
    assert find_message(metadata={}, provider_id=f"<{message.pk}@plenary.example>") == message
    assert find_message(metadata={}, provider_id="service-7") == message
    assert find_message(metadata={}, provider_id="") is None


def test_an_address_works_again_once_mail_arrives_or_a_person_says_so(message: Message) -> None:
    record_delivery(message, delivery=Delivery.BOUNCED, at=timezone.now() - timedelta(days=1))
    later = queue_message(kind="test", recipient="guest@example.org", language="en", subject="s", text="t")
    assert later is not None
    record_delivery(later, delivery=Delivery.DELIVERED, at=timezone.now())
    assert not FailingAddress.objects.exists()
    record_delivery(later, delivery=Delivery.COMPLAINED, at=timezone.now())
    clear_failing_address(email="GUEST@example.org", message=later, by=SYSTEM)
    assert not FailingAddress.objects.exists()


def test_mail_by_an_ordinary_server_has_no_report_and_is_simply_sent(message: Message) -> None:
    assert (message.state, message.delivery, message.provider_id) == (Message.State.SENT, "", "")
