"""The main job from end to end, on the demonstration event: a guest signs up, an officer approves in the admin, the mail
brings a badge, a volunteer's camera reads that very badge off the PDF and sees green, and red the second time.
"""

from collections.abc import Callable
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.core import mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from checkin.actions import add_device
from checkin.models import Checkpoint, Scan
from plenary.core.actions import SYSTEM
from plenary.operations.planning.demo import DEMO_LOGINS
from registration.models import Registration
from tests.journeys.door.phone import Phone
from tests.journeys.fake_camera import TILTED
from tests.journeys.mailbox import Mailbox

PEOPLE = {"en": ("Ngaio Te Rangi", ""), "ar": ("هند بنت سالم", "Hind bint Salem")}
DAY = "%Y-%m-%d"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_the_first_click_to_green_at_the_door(
    visitor: Callable[..., Page],
    volunteer: Callable[..., Phone],
    mailbox: Mailbox,
    picture: Callable[[Page, str], Path],
    axe: Callable[[Page], None],
    language: str,
) -> None:
    name, latin_name = PEOPLE[language]
    address = f"main-job-{language}@example.org"

    guest = visitor("phone", language)
    guest.goto(f"/{language}/forum/")
    expect(guest.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    guest.locator(f"main a[href='/{language}/register/forum/']").first.click()
    sign_up(guest, address, name, latin_name)
    guest.goto(mailbox.last(address, kind="registration.confirm").link("/register/confirm/"))
    guest.locator("main form button").click()
    guest.wait_for_url("**/my/**")

    officer_approves(visitor("laptop"), name)
    letter = mailbox.last(address, kind="registration.approved")
    assert letter.language == language
    guest.goto(next(link for link in letter.links if "/my/" in link and "calendar" not in link))
    axe(guest)
    picture(guest, f"main-job-{language}-approved")
    [code] = codes_on(attached_badge(address))
    [same] = codes_on(guest.request.get(letter.link("/badge/")).body())
    assert code == same  # signed anew, and yet the same: Ed25519 is deterministic

    phone = volunteer(language)
    checkpoint = Checkpoint.objects.select_related("event").get(event__slug="forum", slug="main")
    _device, enrolment = add_device(event=checkpoint.event, name=f"Gate {language}", by=SYSTEM, checkpoint=checkpoint)
    phone.page.goto(f"/door/#enrol={enrolment}")
    phone.viewfinder.wait_for()
    phone.hold(code, TILTED)
    expect(phone.verdict("admit").get_by_text(name)).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"main-job-{language}-green")

    phone.hold(code)
    refused = phone.verdict("stop")
    expect(refused).to_be_visible()
    first = Scan.objects.get(credential__registration__name=name, verdict="admit")
    clock = timezone.localtime(first.scanned_at, checkpoint.event.zone)
    expect(refused).to_contain_text(f"{clock:%M}")  # when, in the event's zone and the reader's way of writing it
    expect(refused).to_contain_text(checkpoint.name.get_for(language))  # and where
    axe(phone.page)
    picture(phone.page, f"main-job-{language}-red")


def sign_up(guest: Page, address: str, name: str, latin_name: str) -> None:
    """Delegate's form, with just what has to be answered."""
    guest.locator("#choose-delegate").click()
    guest.locator("#id_email").fill(address)
    guest.locator("#id_name").fill(name)
    guest.locator("#id_latin_name").fill(latin_name)
    guest.locator("#id_nationality").select_option("NZ")
    go_on(guest)
    guest.locator("#id_q-passport-nationality").select_option("NZ")
    guest.locator("#id_q-visa-letter_0").check()
    guest.locator("#id_q-interpretation_0").check()
    go_on(guest)
    guest.locator("#id_q-privacy").check()
    go_on(guest)
    expect(guest.locator("main")).to_contain_text(address)


def go_on(page: Page) -> None:
    page.locator("button[name=go][value=next]").click()


def officer_approves(officer: Page, name: str) -> None:
    """The protocol officer finds the guest in the queue, reads the dossier and approves."""
    login = next(login for login in DEMO_LOGINS if login.login == "protocol")
    officer.goto("/cms/")
    officer.locator("#id_login").fill(login.login)
    officer.locator("#id_password").fill(login.password)
    officer.locator("form button[type=submit]").first.click()
    officer.wait_for_url("**/cms/")
    registration = Registration.objects.get(name=name, event__slug="forum")
    officer.goto(f"/cms/vetting/?q={registration.code}")
    officer.locator("table tbody a[href*='/vetting/dossier/']").first.click()
    expect(officer.locator("main")).to_contain_text(registration.latin_name or name)
    with translation.override("en"):
        officer.get_by_label(_("Approve")).check()
        officer.get_by_role("button", name=_("Decide and stay")).click()
        expect(officer.locator("main")).to_contain_text(_("approved"))


def attached_badge(address: str) -> bytes:
    """The PDF in the mail as it went out."""
    sent = next(message for message in reversed(mail.outbox) if message.to == [address] and message.attachments)
    parsed = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    [pdf] = [part for part in parsed.iter_attachments() if part.get_content_type() == "application/pdf"]
    content = pdf.get_content()
    assert isinstance(content, bytes)
    return content


def codes_on(pdf: bytes) -> list[str]:
    """What a reader that is not ours finds on the printed page."""
    pages = [page.render(scale=150 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(BytesIO(pdf))]
    return [found.text for page in pages for found in zxingcpp.read_barcodes(page)]
