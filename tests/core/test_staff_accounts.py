"""Staff sign-in: one door, and behind it a second factor for whoever sees personal data."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from plenary.core.models import Message
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
SIGN_IN = "/cms/account/login/"
PASSWORD = "door-and-desk"


@pytest.fixture
def required(settings: Any) -> None:
    settings.PLENARY_REQUIRE_SECOND_FACTOR = True


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"login": username, "password": password})


@pytest.mark.parametrize("door", ["/cms/login/", "/en/_util/login/", "/cms/account/signup/"])
def test_every_other_door_leads_to_the_one_sign_in(client: Client, door: str) -> None:
    staff("Finance", username="ines")
    for response in (client.get(door), client.post(door, {"username": "ines", "password": PASSWORD})):
        assert response.status_code == 302
        assert response.headers["Location"].startswith(SIGN_IN)
    assert "_auth_user_id" not in client.session


def test_the_office_sends_strangers_to_sign_in_and_back(client: Client) -> None:
    staff("Finance", username="ines")
    response = client.get("/cms/plans/")
    assert response.headers["Location"] == f"{SIGN_IN}?next=/cms/plans/"
    response = client.post(response.headers["Location"], {"login": "ines", "password": PASSWORD, "next": "/cms/plans/"})
    assert response.headers["Location"] == "/cms/plans/"


def test_staff_sign_in_by_name_or_address(client: Client) -> None:
    staff("Finance", username="ines", email="ines@plenary.example")
    assert sign_in(client, "INES@plenary.example").headers["Location"] == "/cms/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client: Client) -> None:
    staff("Finance", username="ines")
    known, unknown = sign_in(client, "ines", "wrong"), sign_in(client, "nobody", "wrong")
    errors = [list(response.context["form"].non_field_errors()) for response in (known, unknown)]
    assert errors[0] == errors[1]
    assert errors[0]


@pytest.mark.usefixtures("required")
def test_whoever_sees_personal_data_sets_up_a_second_factor_first(client: Client) -> None:
    client.force_login(staff("Vetting: press desk"))
    for address in ("/cms/", "/cms/vetting/", "/cms/messages/"):
        assert client.get(address).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code in {200, 302}


@pytest.mark.usefixtures("required")
def test_whoever_sees_none_needs_none(client: Client) -> None:
    client.force_login(staff("HR"))
    assert client.get("/cms/").status_code == 200


@pytest.mark.usefixtures("required")
def test_a_superuser_needs_one(admin_client: Client) -> None:
    assert admin_client.get("/cms/").headers["Location"] == reverse("mfa_index")


@pytest.mark.usefixtures("required")
def test_with_the_code_the_office_opens_and_without_it_the_session_stays_outside(client: Client) -> None:
    user, secret = staff("Vetting: press desk", username="ines"), generate_totp_secret()
    TOTP.activate(user, secret)
    assert sign_in(client, "ines").headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/cms/vetting/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get("/cms/vetting/").status_code == 200


@pytest.mark.usefixtures("required")
def test_a_session_opened_without_the_second_factor_is_closed(client: Client) -> None:
    user = staff("Vetting: press desk")
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user)  # as by any door that does not ask
    assert client.get("/cms/vetting/").headers["Location"].startswith(SIGN_IN)
    assert "_auth_user_id" not in client.session
    assert Authenticator.objects.filter(user=user).exists()


def test_production_requires_it_unless_told_otherwise() -> None:
    from plenary.settings import base, development

    assert base.PLENARY_REQUIRE_SECOND_FACTOR is True
    assert development.PLENARY_REQUIRE_SECOND_FACTOR is False


def test_a_forgotten_password_is_answered_through_the_outbox(client: Client) -> None:
    staff("Finance", username="ines", email="ines@plenary.example")
    client.post(reverse("account_reset_password"), {"email": "ines@plenary.example"})
    message = Message.objects.get()
    assert message.kind.startswith("account.")
    assert message.recipient == "ines@plenary.example"
    assert "/cms/account/password/reset/key/" in message.text


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_sign_in_pages_stand_in_the_products_design(client: Client, name: str) -> None:
    content = client.get(reverse(name)).content.decode()
    assert 'class="account__card"' in content
    assert "<style" not in content


def test_the_pages_of_the_second_factor_open_once_the_password_was_given_again(client: Client) -> None:
    staff("Finance", username="ines")
    sign_in(client, "ines")
    again = client.get(reverse("mfa_activate_totp")).headers["Location"]
    assert again.startswith(reverse("account_reauthenticate"))
    assert client.get(again).status_code == 200
    client.post(again, {"password": PASSWORD})
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password"):
        response = client.get(reverse(name))
        assert response.status_code == 200, name
        assert 'class="account__card"' in response.content.decode()
