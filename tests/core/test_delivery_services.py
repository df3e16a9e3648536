"""Reports as the services publish them: Amazon's through SNS with its challenge and confirmation, Mailgun's with its signature,
SendGrid's in bundles, signed or with the secret. Each is checked, noted once, and marks the address only where it should."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from plenary.core import outbox
from plenary.core.actions import queue_message
from plenary.core.models import FailingAddress, HistoryEntry, Message

pytestmark = [
    pytest.mark.django_db,
    # Anymail says of SendGrid that nobody there tests it any more; here it is tested.
    pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning"),
]
SECRET = "plenary:very-secret"
GUEST = "recipient@example.com"
Delivery = Message.Delivery
Configure = Callable[..., None]


@pytest.fixture
def message() -> Message:
    written = queue_message(kind="test", recipient=GUEST, language="en", subject="s", text="t")
    assert written is not None
    outbox.deliver_due()
    written.refresh_from_db()
    return written


@pytest.fixture
def configure(settings: Any) -> Configure:
    def by(service: str, **values: str) -> None:
        settings.MAIL_SERVICE, settings.ANYMAIL = service, values

    return by


def post(client: Client, service: str, body: str, kind: str = "application/json", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api/v1/mail/{service}/webhook", body, content_type=kind, headers=named)


def basic(secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


def outcome(message: Message) -> tuple[str, str, int]:
    """What is noted of the message, why its address fails, and how often that stands in the history."""
    message.refresh_from_db()
    failing = FailingAddress.objects.values_list("reason", flat=True).first() or ""
    noted = HistoryEntry.objects.of(message).filter(verb__in=["bounced", "complained"]).count()
    return message.delivery, failing, noted


# -- Amazon SES ----------------------------------------------------------------------------------------------------------
TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic"
CONFIRM = {
    "Type": "SubscriptionConfirmation",
    "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
    "Token": "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a747ba6f3beb71854e285d6ad02428b09",
    "TopicArn": TOPIC,
    "Message": f"You have chosen to subscribe to the topic {TOPIC}.\nTo confirm the subscription, visit the SubscribeURL.",
    "SubscribeURL": f"https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37",
    "Timestamp": "2012-04-26T20:45:04.751Z",
    "SignatureVersion": "1",
    "Signature": "EXAMPLEpH+DcEwjAPg8O9mY8dReBSwksfg2S7WKQcikcNKWLQjwu6A4VbeS0QHVCkhRS7fUQvi2egU3N858fiTDN6bkkOxYDVrY0=",
    "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
}


def of_amazon(kind: str, about: dict[str, Any], message: Message, *, published: bool = True) -> str:
    """A notification as SNS wraps it: with the message's headers, or by the name SES gave it alone."""
    mail: dict[str, Any] = {
        "timestamp": "2016-01-27T14:59:38.237Z",
        "source": "john@example.com",
        "sourceArn": "arn:aws:ses:us-east-1:888888888888:identity/example.com",
        "sendingAccountId": "123456789012",
        "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
        "destination": [GUEST],
    }
    if published:
        mail["headersTruncated"] = False
        mail["headers"] = [
            {"name": "From", "value": '"John Doe" <john@example.com>'},
            {"name": "X-Metadata", "value": json.dumps({"message": str(message.pk)})},
        ]
    told = {"eventType" if published else "notificationType": kind, kind.lower(): about, "mail": mail}
    return json.dumps(CONFIRM | {"Type": "Notification", "MessageId": NOTICE, "Message": json.dumps(told)})


NOTICE = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"
REFUSED = "smtp; 550 5.1.1 <recipient@example.com>... User"
BOUNCE = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "reportingMTA": "dns; email.example.com",
    "bouncedRecipients": [{"emailAddress": GUEST, "status": "5.1.1", "action": "failed", "diagnosticCode": REFUSED}],
    "timestamp": "2016-01-27T14:59:38.237Z",
    "feedbackId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa068a-000000",
    "remoteMtaIp": "127.0.2.0",
}
ABSENT = BOUNCE | {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": GUEST}]}
COMPLAINT = {
    "userAgent": "AnyCompany Feedback Loop (V0.01)",
    "complainedRecipients": [{"emailAddress": GUEST}],
    "complaintFeedbackType": "abuse",
    "arrivalDate": "2016-01-27T14:59:38.237Z",
    "timestamp": "2016-01-27T14:59:38.237Z",
    "feedbackId": "000001378603177f-18c07c78-fa81-4a58-9dd1-fedc3cb8f49a-000000",
}
ARRIVED = {
    "timestamp": "2016-01-27T14:59:38.237Z",
    "recipients": [GUEST],
    "processingTimeMillis": 546,
    "reportingMTA": "a8-70.smtp-out.amazonses.com",
    "smtpResponse": "250 ok:  Message 64111812 accepted",
    "remoteMtaIp": "127.0.2.0",
}


def from_amazon(client: Client, body: str, secret: str = SECRET, **headers: str) -> Any:
    told = json.loads(body) if body.startswith("{") else CONFIRM
    marks = {"x_amz_sns_message_type": told["Type"], "x_amz_sns_message_id": told["MessageId"], **headers}
    if secret:
        marks["Authorization"] = basic(secret)
    return post(client, "amazon-ses", body, "text/plain; charset=UTF-8", **marks)


class Topic:
    """Stands for Amazon's own interface, which is told that a subscription was meant."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.confirmed: list[dict[str, str]] = []
        self.regions: list[str] = []
        self.failure = failure

    def client(self, name: str, *, region_name: str, **_more: Any) -> "Topic":
        self.regions.append(region_name)
        return self

    def confirm_subscription(self, **told: str) -> None:
        if self.failure:
            raise self.failure
        self.confirmed.append(told)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def amazon(configure: Configure) -> None:
    configure("amazon-ses", WEBHOOK_SECRET=SECRET)


@pytest.mark.usefixtures("amazon")
def test_amazon_is_challenged_for_the_secret_before_it_is_believed_then_its_subscription_is_confirmed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = Topic()
    monkeypatch.setattr("boto3.session.Session", lambda **params: topic)
    first = from_amazon(client, json.dumps(CONFIRM), secret="")
    assert (first.status_code, first["WWW-Authenticate"].partition(" ")[0]) == (401, "Basic")
    assert from_amazon(client, json.dumps(CONFIRM), secret="plenary:guessed").status_code == 403
    assert topic.confirmed == []
    assert from_amazon(client, json.dumps(CONFIRM)).status_code == 200
    wanted = {"TopicArn": TOPIC, "Token": CONFIRM["Token"], "AuthenticateOnUnsubscribe": "true"}
    assert (topic.confirmed, topic.regions) == ([wanted], ["us-west-2"])


@pytest.mark.usefixtures("amazon")
def test_a_confirmation_that_does_not_get_through_is_asked_for_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = Topic(EndpointConnectionError(endpoint_url="https://sns.us-west-2.amazonaws.com"))
    monkeypatch.setattr("boto3.session.Session", lambda **params: topic)
    assert from_amazon(client, json.dumps(CONFIRM)).status_code == 503


@pytest.mark.usefixtures("amazon")
@pytest.mark.parametrize("published", [True, False], ids=["with headers", "by the name SES gave it"])
@pytest.mark.parametrize(
    ("kind", "about", "expected"),
    [
        ("Delivery", ARRIVED, (Delivery.DELIVERED, "", 0)),
        ("Bounce", BOUNCE, (Delivery.BOUNCED, "bounced", 1)),
        ("Bounce", ABSENT, (Delivery.BOUNCED, "", 1)),
        ("Complaint", COMPLAINT, (Delivery.COMPLAINED, "complained", 1)),
        ("Send", {}, ("", "", 0)),
    ],
)
def test_amazons_notification_is_noted_once_however_often_it_comes(
    client: Client, message: Message, kind: str, about: dict[str, Any], expected: Any, published: bool
) -> None:
    Message.objects.update(provider_id="00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000")
    body = of_amazon(kind, about, message, published=published)
    assert from_amazon(client, body, secret="plenary:guessed").status_code == 403
    assert outcome(message) == ("", "", 0)
    for _again in range(3):
        assert from_amazon(client, body).status_code == 200
    assert outcome(message) == expected


@pytest.mark.usefixtures("amazon")
def test_the_answer_of_somebody_absent_does_not_undo_that_the_mail_arrived(client: Client, message: Message) -> None:
    from_amazon(client, of_amazon("Delivery", ARRIVED, message))
    from_amazon(client, of_amazon("Bounce", ABSENT, message))
    assert outcome(message) == (Delivery.DELIVERED, "", 0)
    from_amazon(client, of_amazon("Bounce", BOUNCE, message))
    assert outcome(message) == (Delivery.BOUNCED, "bounced", 1)


@pytest.mark.usefixtures("amazon")
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("no JSON", {}),
        (json.dumps(CONFIRM | {"Type": "Strange"}), {}),
        (json.dumps(CONFIRM | {"TopicArn": "no topic"}), {}),
        (json.dumps(CONFIRM | {"Type": "Notification", "Message": "no event"}), {}),
        (json.dumps(CONFIRM | {"Type": "Notification", "Message": '{"notificationType": "Received"}'}), {}),
        (json.dumps(CONFIRM), {"x_amz_sns_message_id": "another"}),
        (json.dumps(CONFIRM), {"x_amz_sns_message_type": "Notification"}),
    ],
)
def test_what_amazon_would_not_send_is_refused_and_no_error(client: Client, body: str, headers: dict[str, str]) -> None:
    assert from_amazon(client, body, **headers).status_code in {400, 403}


@pytest.mark.usefixtures("amazon")
def test_amazons_word_that_its_topic_works_is_taken(client: Client) -> None:
    said = "Successfully validated SNS topic for Amazon SES event publishing."
    assert from_amazon(client, json.dumps(CONFIRM | {"Type": "Notification", "Message": said})).status_code == 200


# -- Mailgun -------------------------------------------------------------------------------------------------------------
MAILGUN_KEY = "key-of-the-webhooks"
HEADERS = {"to": f"Alice <{GUEST}>", "message-id": "20130503182626.18666.16540@example.org", "subject": "Test"}


def of_mailgun(about: Message, *, key: str = MAILGUN_KEY, **event: Any) -> str:
    timestamp, token = "1529006854", "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    data = {
        "tags": [],
        "timestamp": 1529006854.329574,
        "storage": {"url": "https://se.api.mailgun.net/v3/domains/example.org/messages/k", "key": "k"},
        "envelope": {
            "sending-ip": "209.61.154.250",
            "sender": "bob@example.org",
            "transport": "smtp",
            "targets": GUEST,
        },
        "recipient-domain": "example.com",
        "campaigns": [],
        "user-variables": {"message": str(about.pk)},
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "log-level": "info",
        "message": {"headers": HEADERS, "attachments": [], "size": 111},
        "recipient": GUEST,
        "id": "CPgfbmQMTCKtHW6uIWtuVe",
        **event,
    }
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return json.dumps(
        {"signature": {"timestamp": timestamp, "token": token, "signature": signature}, "event-data": data}
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {
                "event": "delivered",
                "delivery-status": {"code": 250, "message": "OK", "description": "", "attempt-no": 1},
            },
            (Delivery.DELIVERED, "", 0),
        ),
        (
            {
                "event": "failed",
                "severity": "permanent",
                "reason": "suppress-bounce",
                "delivery-status": {"code": 605, "description": "Not delivering to previously bounced address"},
            },
            (Delivery.BOUNCED, "bounced", 1),
        ),
        (
            {
                "event": "failed",
                "severity": "temporary",
                "reason": "generic",
                "delivery-status": {
                    "code": 452,
                    "message": "4.2.2 The email account is over quota",
                    "retry-seconds": 600,
                },
            },
            (Delivery.DEFERRED, "", 0),
        ),
        ({"event": "complained"}, (Delivery.COMPLAINED, "complained", 1)),
        ({"event": "opened", "ip": "50.56.129.169"}, ("", "", 0)),
    ],
)
def test_mailguns_event_is_believed_by_its_signature_and_noted_once(
    client: Client, configure: Configure, message: Message, event: dict[str, Any], expected: Any
) -> None:
    configure("mailgun", MAILGUN_WEBHOOK_SIGNING_KEY=MAILGUN_KEY)
    assert post(client, "mailgun", of_mailgun(message, key="guessed", **event)).status_code == 403
    assert post(client, "mailgun", json.dumps({"event-data": event})).status_code == 403
    assert outcome(message) == ("", "", 0)
    for _again in range(3):
        assert post(client, "mailgun", of_mailgun(message, **event)).status_code == 200
    assert outcome(message) == expected


def test_mailguns_event_is_found_by_our_message_id_where_it_brings_nothing_else(
    client: Client, configure: Configure, message: Message
) -> None:
    configure("mailgun", MAILGUN_WEBHOOK_SIGNING_KEY=MAILGUN_KEY)
    headers = {"message": {"headers": {"message-id": f"{message.pk}@plenary.example"}}, "user-variables": {}}
    assert post(client, "mailgun", of_mailgun(message, event="complained", **headers)).status_code == 200
    assert outcome(message) == (Delivery.COMPLAINED, "complained", 1)


# -- SendGrid ------------------------------------------------------------------------------------------------------------
def of_sendgrid(message: Message, **event: Any) -> str:
    """A bundle, as SendGrid posts it: one about somebody else's mail comes with ours."""
    common = {
        "timestamp": 1513299569,
        "sg_event_id": "sg_event_id",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001",
    }
    strange = {"email": "example@test.com", "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>", "event": "bounce"}
    ours = {"email": GUEST, "smtp-id": f"<{message.pk}@plenary.example>", "message": str(message.pk), **event}
    return json.dumps([common | strange, common | ours])


SENDGRID = pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"event": "delivered", "response": "250 OK"}, (Delivery.DELIVERED, "", 0)),
        ({"event": "deferred", "response": "400 try again later", "attempt": "5"}, (Delivery.DEFERRED, "", 0)),
        (
            {"event": "bounce", "type": "bounce", "reason": "500 unknown recipient", "status": "5.0.0"},
            (Delivery.BOUNCED, "bounced", 1),
        ),
        (
            {"event": "bounce", "type": "blocked", "reason": "554 5.7.1 blocked", "status": "5.7.1"},
            (Delivery.BOUNCED, "", 1),
        ),
        ({"event": "dropped", "reason": "Bounced Address", "status": "5.0.0"}, (Delivery.BOUNCED, "bounced", 1)),
        ({"event": "spamreport"}, (Delivery.COMPLAINED, "complained", 1)),
        ({"event": "open", "useragent": "Mozilla/4.0", "ip": "255.255.255.255"}, ("", "", 0)),
    ],
)


@SENDGRID
def test_sendgrids_bundle_is_believed_by_the_secret_and_noted_once(
    client: Client, configure: Configure, message: Message, event: dict[str, Any], expected: Any
) -> None:
    configure("sendgrid", WEBHOOK_SECRET=SECRET)
    body = of_sendgrid(message, **event)
    assert post(client, "sendgrid", body).status_code == 403
    assert post(client, "sendgrid", body, Authorization=basic("plenary:guessed")).status_code == 403
    assert outcome(message) == ("", "", 0)
    for _again in range(3):
        assert post(client, "sendgrid", body, Authorization=basic()).status_code == 200
    assert outcome(message) == expected


def test_sendgrids_bundle_is_believed_by_its_signature_without_a_secret(
    client: Client, configure: Configure, message: Message
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    configure("sendgrid", SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY=base64.b64encode(public).decode())
    body, stamp = of_sendgrid(message, event="spamreport"), "1600112502"
    signed = base64.b64encode(key.sign(f"{stamp}{body}".encode(), ec.ECDSA(hashes.SHA256()))).decode()
    name, time = "X_Twilio_Email_Event_Webhook_Signature", "X_Twilio_Email_Event_Webhook_Timestamp"
    assert post(client, "sendgrid", body).status_code == 403
    assert post(client, "sendgrid", body, **{name: signed, time: "1600112503"}).status_code == 403
    assert outcome(message) == ("", "", 0)
    for _again in range(2):
        assert post(client, "sendgrid", body, **{name: signed, time: stamp}).status_code == 200
    assert outcome(message) == (Delivery.COMPLAINED, "complained", 1)
