"""The office invites; the guest opens the mail, accepts in Arabic, registers; staff see the reply; the letter verifies."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from plenary.events.models import Event
from registration.letters import letter_pdf, verification_address
from registration.models import Invitation, Letter, Registration
from registration.rules import State
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]
ADDRESS = "amina@journey.example"


@pytest.mark.usefixtures("server")
def test_a_guest_is_invited_accepts_in_arabic_and_the_letter_verifies(
    laptop: Page, visitor: Callable[..., Page], axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    office = laptop
    forum = Event.objects.get(slug="forum")
    vip = forum.categories.get(slug="vip")
    sign_in(office, "office", "/cms/invitations/")
    axe(office)
    picture(office, "invitations-list-laptop")

    # the office adds a guest, at first without Latin letters
    office.goto("/cms/invitations/new/")
    axe(office)
    picture(office, "invitations-new-laptop")
    office.locator("#id_event").select_option(str(forum.pk))
    office.locator("#id_category").select_option(str(vip.pk))
    office.locator("#id_salutation").fill("د.")
    office.locator("#id_name").fill("أمينة الحسن")
    office.locator("#id_email").fill(ADDRESS)
    office.locator("#id_nationality").select_option("EG")
    office.locator("#id_language").select_option("ar")
    office.locator("#id_companions_allowed").fill("1")
    office.locator("#id_reply_by").fill("2027-04-30")
    office.get_by_role("button", name="Create").click()
    expect(office.get_by_text("Write the name in Latin letters too").first).to_be_visible()
    office.locator("#id_latin_name").fill("Amina Al Hassan")
    office.get_by_role("button", name="Create").click()
    expect(office.get_by_role("heading", name="Next step")).to_be_visible()
    axe(office)
    picture(office, "invitations-guest-laptop")
    office.get_by_role("button", name="Send the invitation").click()
    expect(office.get_by_text("The invitation is on its way.")).to_be_visible()

    # the guest opens the mail on a phone, in Arabic
    letter = mailbox.last(ADDRESS, kind="invitation.sent")
    assert letter.language == "ar"
    page = visitor("phone", "ar")
    page.goto(letter.link("/ar/invitation/"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    axe(page)
    picture(page, "invitation-reply-ar-phone")
    page.locator("form button.button--primary").click()
    expect(page.locator("#id_email")).to_have_value(ADDRESS)
    expect(page.locator("#id_name")).to_have_value("أمينة الحسن")
    expect(page.locator("#id_latin_name")).to_have_value("Amina Al Hassan")
    picture(page, "invitation-prefilled-ar-phone")
    for _step in range(8):
        if not page.locator("button[name=go][value=next]").count():
            break
        _answer_what_is_required(page)
        page.locator("button[name=go][value=next]").click()
    page.goto(letter.link("/ar/invitation/"))
    axe(page)
    picture(page, "invitation-registered-ar-phone")
    invitation = Invitation.objects.get(registration__isnull=False, name="أمينة الحسن")
    registration = Registration.objects.get(invitation=invitation)
    assert registration.state in {State.SUBMITTED, State.APPROVED}
    assert registration.language == "ar"

    # she brings somebody along
    page.locator("a[href$='/companion/']").click()
    page.locator("#id_name").fill("Omar Hassan")
    page.locator("#id_nationality").select_option("EG")
    _answer_what_is_required(page)  # the questions of the companion's own category
    axe(page)
    picture(page, "invitation-companion-ar-phone")
    page.locator("form button.button--primary").click()
    expect(page.get_by_text("Omar Hassan").first).to_be_visible()

    # staff see the reply
    office.goto(f"/cms/invitations/{invitation.pk}/")
    expect(office.get_by_text("Omar Hassan").first).to_be_visible()
    expect(office.get_by_text(registration.code).first).to_be_visible()
    axe(office)
    picture(office, "invitations-replied-laptop")
    office.goto("/cms/invitations/?state=accepted")
    expect(office.get_by_role("link", name="أمينة الحسن")).to_be_visible()
    axe(office)
    picture(office, "invitations-board-laptop")

    # whoever holds the letter scans its code
    printed = Letter.objects.with_subject().get(invitation=invitation)
    with pypdfium2.PdfDocument(letter_pdf(printed)) as document:
        [code] = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    assert code.text == verification_address(printed)
    page.goto("/" + code.text.split("/", 3)[3])
    expect(page.get_by_text(printed.reference)).to_be_visible()
    axe(page)
    picture(page, "letter-verified-ar-phone")


def _answer_what_is_required(page: Page) -> None:
    """Tick consents and fill in what must not stay empty, whatever the demonstration asks."""
    for box in page.locator("form input[type=checkbox][name^='q-']").all():
        if box.is_visible() and not box.is_checked():
            box.check()
    for name in {field.get_attribute("name") for field in page.locator("form input[type=radio]").all()}:
        first = page.locator(f"input[type=radio][name='{name}']").first
        if first.is_visible() and not page.locator(f"input[name='{name}']:checked").count():
            first.check()
    for field in page.locator("form select").all():
        if field.is_visible() and not field.input_value():
            field.select_option(index=1)
    for field in page.locator("form input[type=date]").all():
        if field.is_visible() and not field.input_value():
            field.fill("2027-05-17")


def test_the_letters_desk_and_an_import_with_mistakes_can_be_used_by_everybody(
    laptop: Page, axe: Judge, picture: Camera, tmp_path: Path
) -> None:
    page = laptop
    sign_in(page, "office", "/cms/letters/")
    axe(page)
    picture(page, "letters-desk-laptop")
    page.locator("td.title a").first.click()
    expect(page.get_by_role("heading", name="Departure")).to_be_visible()
    axe(page)
    picture(page, "letters-case-laptop")
    page.goto("/cms/letter-texts/new/")
    axe(page)
    picture(page, "letters-text-laptop")
    page.goto("/cms/invitations/import/")
    axe(page)
    picture(page, "invitations-import-laptop")
    wrong = tmp_path / "guests.csv"
    wrong.write_text(
        "email,name,category,nationality\nnobody,Amina,vip,Utopia\nli@example.org,Li Ming,vip,China\n", "utf-8"
    )
    page.locator("#id_event").select_option(str(Event.objects.get(slug="forum").pk))
    page.locator("#id_file").set_input_files(wrong)
    page.get_by_role("button", name="Show me what is in it").click()
    expect(page.get_by_role("heading", name="2 problems: nothing was written")).to_be_visible()
    expect(page.get_by_role("button", name="Add")).to_have_count(0)
    axe(page)
    picture(page, "invitations-preview-laptop")
