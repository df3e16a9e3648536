"""Staff sign in with a passkey, with a one-time code, and with a recovery code when the telephone is lost."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import caches
from django.test.utils import override_settings
from playwright.sync_api import Page, expect

from plenary.operations.planning.demo import PASSWORD
from tests.factories.staff import staff

Visitor = Callable[..., Page]
Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]


@pytest.fixture(autouse=True)
def enforced() -> Iterator[None]:
    # The server of the journeys speaks HTTP; browsers allow passkeys there on this name alone.
    with override_settings(PLENARY_REQUIRE_SECOND_FACTOR=True, MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN=True):
        yield


@pytest.fixture
def office(visitor: Visitor, server: str) -> Page:
    """A laptop in front of the sign-in page, under the name on which browsers allow passkeys without TLS."""
    return visitor("laptop", base_url=server.replace("127.0.0.1", "localhost"))


def give_password(page: Page, login: str, path: str = "/cms/") -> None:
    page.goto(f"/cms/account/login/?next={path}")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def again(page: Page) -> None:
    """Where the page asks for the password once more, give it."""
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("form button[type=submit]").first.click()


def officer(name: str) -> None:
    staff("Vetting: protocol desk", username=name, password=PASSWORD)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_passkey_is_set_up_and_then_opens_the_office_by_itself(office: Page, axe: Judge, picture: Camera) -> None:
    officer("passkey")
    devtools = office.context.new_cdp_session(office)
    devtools.send("WebAuthn.enable")
    added = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    give_password(office, "passkey")
    expect(office).to_have_url(re.compile("/cms/account/2fa/"))
    expect(office.get_by_text("Your role sees personal data.")).to_be_visible()
    axe(office)
    picture(office, "second-factor-asked-laptop")
    office.goto("/cms/account/2fa/webauthn/add/")
    again(office)
    office.locator("input[name=name]").fill("Laptop")
    if office.locator("input[name=passwordless]").count():
        office.locator("input[name=passwordless]").check()
    office.locator("#mfa_webauthn_add").click()
    office.wait_for_url(re.compile("/cms/account/2fa/(recovery-codes|webauthn)/(?!add)|/cms/account/2fa/$"))
    kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": added["authenticatorId"]})
    assert len(kept["credentials"]) == 1

    office.context.clear_cookies()
    office.goto("/cms/account/login/?next=/cms/vetting/")
    picture(office, "sign-in-with-passkey-laptop")
    office.locator("#passkey_login").click()
    office.wait_for_url("**/cms/vetting/")
    expect(office.get_by_role("heading", name="Vetting queue")).to_be_visible()

    office.context.clear_cookies()
    give_password(office, "passkey", "/cms/vetting/")
    expect(office).to_have_url(re.compile("/cms/account/2fa/authenticate/"))


def test_a_one_time_code_opens_the_office_and_a_recovery_code_when_the_telephone_is_lost(
    office: Page, axe: Judge, picture: Camera
) -> None:
    officer("onetime")
    give_password(office, "onetime")
    office.goto("/cms/account/2fa/totp/activate/")
    again(office)
    secret = office.locator("#authenticator_secret").input_value()
    axe(office)
    picture(office, "one-time-code-set-up-laptop")
    office.locator("input[name=code]").fill("000000")
    office.locator("form button[type=submit]").first.click()
    expect(office.locator("input[name=code]")).to_be_visible()
    office.locator("input[name=code]").fill(code_of(secret))
    office.locator("form button[type=submit]").first.click()
    office.goto("/cms/account/2fa/recovery-codes/")
    again(office)
    recovery = office.locator("#recovery_codes").input_value().split()
    assert len(recovery) >= 5

    office.context.clear_cookies()
    give_password(office, "onetime", "/cms/vetting/")
    office.goto("/cms/vetting/")
    expect(office.get_by_role("heading", name="Vetting queue")).to_have_count(0)  # the password alone opens nothing
    office.context.clear_cookies()
    give_password(office, "onetime", "/cms/vetting/")
    for code, opens in (("000000", False), (code_of(secret), True)):
        expect(office).to_have_url(re.compile("/cms/account/2fa/authenticate/"))
        caches["default"].clear()  # a code that was used, for setting up, is refused until the next half minute
        office.locator("input[name=code]").fill(code)
        office.locator("form button[type=submit]").first.click()
        if not opens:
            expect(office.get_by_text("Incorrect code").first).to_be_visible()
    office.wait_for_url("**/cms/vetting/")
    expect(office.get_by_role("heading", name="Vetting queue")).to_be_visible()

    office.context.clear_cookies()
    give_password(office, "onetime", "/cms/vetting/")
    expect(office).to_have_url(re.compile("/cms/account/2fa/authenticate/"))
    office.locator("input[name=code]").fill(recovery[0])
    office.locator("form button[type=submit]").first.click()
    office.wait_for_url("**/cms/vetting/")

    office.context.clear_cookies()
    give_password(office, "onetime", "/cms/vetting/")
    office.locator("input[name=code]").fill(recovery[0])
    office.locator("form button[type=submit]").first.click()
    expect(office).to_have_url(re.compile("/cms/account/2fa/authenticate/"))  # a recovery code opens once
