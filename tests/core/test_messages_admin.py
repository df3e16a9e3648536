"""The outbox as staff see it: the ledger by role, the text as a logged look, and sending again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.actions import queue_message
from plenary.core.models import AccessLog, Message
from plenary.operations.planning.roles import PERMISSIONS
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
LIST = "/cms/messages/"
READERS, LOOKERS = {"Conference office"}, {"Conference office", "IT"}


@pytest.fixture
def message() -> Message:
    written = queue_message(
        kind="registration.approved",
        recipient="fatima@example.org",
        language="ar",
        subject="تم القبول",
        text="secret text",
        html="<html><head></head><body>secret html<script>alert(1)</script></body></html>",
    )
    assert written is not None
    Message.objects.update(state=Message.State.FAILED, error="SMTPDataError", attempts=8)
    written.refresh_from_db()
    return written


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(staff(role))
    return client


@pytest.mark.parametrize("role", PERMISSIONS)
def test_each_role_sees_as_much_of_a_message_as_its_work_needs(role: str, message: Message) -> None:
    client = signed_in(role)
    one, html = reverse("outbox:message", args=[message.pk]), reverse("outbox:html", args=[message.pk])
    for address in (LIST, one):
        response = client.get(address)
        assert (response.status_code == 200) == (role in LOOKERS), address
        content = response.content.decode()
        assert ("fatima@example.org" in content) == (role in READERS), address
        assert ("secret text" in content) == (role in READERS and address == one)
    assert (b"secret html" in client.get(html).content) == (role in READERS)


@pytest.mark.parametrize("role", PERMISSIONS)
@pytest.mark.parametrize("button", ["send", "cancel"])
def test_only_who_looks_after_messages_sends_again_or_cancels(role: str, button: str, message: Message) -> None:
    signed_in(role).post(reverse("outbox:message", args=[message.pk]), {button: "1"})
    message.refresh_from_db()
    moved = Message.State.WAITING if button == "send" else Message.State.CANCELLED
    assert message.state == (moved if role in LOOKERS else Message.State.FAILED)


def test_reading_a_message_is_a_look_that_is_logged(message: Message) -> None:
    signed_in("Conference office").get(reverse("outbox:message", args=[message.pk]))
    assert AccessLog.objects.get(subject_id=str(message.pk)).part == "message"


def test_the_html_of_a_message_can_run_nothing_in_the_office(message: Message) -> None:
    response = signed_in("Conference office").get(reverse("outbox:html", args=[message.pk]))
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-top-navigation" not in policy


@pytest.mark.parametrize("verb", ["new", "delete", "history", "usage", "copy"])
def test_nobody_writes_the_ledger_by_hand(verb: str, message: Message, admin_client: Client) -> None:
    for address in (f"{LIST}{verb}/", f"{LIST}{verb}/{message.pk}/"):
        assert admin_client.post(address, follow=True).status_code == 404


def test_the_ledger_filters_by_state_and_counts_failures_in_the_menu(message: Message) -> None:
    client = signed_in("Conference office")
    assert list(client.get(f"{LIST}?state=failed").context["object_list"]) == [message]
    assert list(client.get(f"{LIST}?state=sent").context["object_list"]) == []
    assert "Messages (1)" in client.get(LIST).content.decode()


def test_the_ledger_takes_as_many_statements_for_three_messages_as_for_one(
    message: Message, statements_of: Any
) -> None:
    client = signed_in("Conference office")
    client.get(LIST)
    one = statements_of(lambda: client.get(LIST))
    for number in range(2):
        queue_message(kind="x", recipient=f"{number}@example.org", language="en", subject="s", text="t")
    assert statements_of(lambda: client.get(LIST)) == one
