"""No action on many reaches a record of an event its officer does not work on, ticked or among “all”."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from plenary.events.models import Event, EventStaff
from plenary.operations.planning.roles import PERMISSIONS
from registration.actions.routes import refresh_category
from registration.bulk_actions import ALL, ClearMany, IssueLetters, SendMany
from registration.models import CategoryDesk, Desk, Invitation, Registration
from registration.rules.invitations import Delivery
from tests.factories.events import EventFactory
from tests.factories.letters import InvitationFactory
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff
from tests.registration.test_letters import approved

pytestmark = pytest.mark.django_db
NOT_COMPARED = {"sessions.session", "auth.user", "auth.permission", "contenttypes.contenttype"}


def officer(event: Event) -> Client:
    """An account with every role, which works on one event alone."""
    user = staff(*PERMISSIONS)
    EventStaff.objects.create(user=user, event=event)
    client = Client()
    client.force_login(user)
    return client


def target(action: type[Any]) -> Any:
    """A record on which the action has something to do."""
    if action is SendMany:
        return InvitationFactory(delivery=Delivery.MAIL)
    if action is IssueLetters:
        return approved(name="Amina Diallo")
    registration = RegistrationFactory(name="Amina Diallo")
    if action is ClearMany:
        CategoryDesk.objects.create(category=registration.category, desk=Desk.objects.get(slug="protocol"), step=1)
        refresh_category(registration.category)
    return registration


def press(client: Client, action: type[Any], record: Any, key: str) -> Any:
    """The last step of the action, filled in as its page would have it."""
    model = action.models[0]._meta.model_name
    desk = Desk.objects.get(slug="protocol")
    return client.post(
        f"/cms/bulk/registration/{model}/{action.action_type}/?id={key}&next=/cms/",
        {
            "confirmed": "on",
            "seen": [f"{record.pk}:{record.version}"],
            "reason": "Because of the list.",
            "until": (timezone.localdate() + timedelta(days=5)).isoformat(),
            "desk": desk.pk,
            "reason_code": "",
        },
    )


def everything() -> dict[str, list[Any]]:
    """All rows of our own tables."""
    ours = [model for model in apps.get_models() if model._meta.label_lower not in NOT_COMPARED]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in ours}


@pytest.mark.parametrize("key", ["ticked", "all"])
@pytest.mark.parametrize("action", ALL, ids=[action.action_type for action in ALL])
def test_an_action_on_many_changes_nothing_at_another_event(action: type[Any], key: str) -> None:
    record = target(action)
    stranger = officer(EventFactory())
    before = everything()

    page = press(stranger, action, record, str(record.pk) if key == "ticked" else "all")
    assert page.status_code in {200, 302}
    assert record.name not in page.content.decode()
    after = everything()
    assert [label for label in before if before[label] != after[label]] == []


@pytest.mark.parametrize("action", ALL, ids=[action.action_type for action in ALL])
def test_the_same_press_works_for_whoever_works_on_the_event(action: type[Any]) -> None:
    record = target(action)
    own = officer(record.event)
    before = everything()

    press(own, action, record, str(record.pk))
    after = everything()
    assert [label for label in before if before[label] != after[label]] != []


def test_every_action_on_many_is_walked() -> None:
    assert {model for action in ALL for model in action.models} == {Registration, Invitation}
