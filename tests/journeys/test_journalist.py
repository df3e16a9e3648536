"""A journalist finds the press room of the demonstration, reads what is free, applies for accreditation with passport and
letter, is asked for one thing more by the press desk, and once accredited reads and takes a release under embargo, of which
a stranger learns nothing.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from plenary.core.actions import Actor
from publicity.models import Download, PressReleasePage
from registration import actions
from registration.rules import State
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in
from tests.registration.files import picture as photo
from tests.registration.papers import NUMBER, face, zone

OFFICER = Actor("Press officer Ioana")
PEOPLE = {"en": ("Rosalind Achebe", "", "The Delta Courier"), "ar": ("نادية الفارسي", "Nadia Al Farsi", "صوت النيل")}
FREE, HELD = "forum-announced", "glacier-atlas"
NOT_FOUND = 404
Judge = Callable[[Page], None]
Camera = Callable[[Page, str], Path]


@pytest.mark.parametrize(("device", "language"), [("laptop", "en"), ("phone", "ar")])
def test_a_journalist_is_accredited_and_reads_ahead(
    visitor: Callable[..., Page],
    axe: Judge,
    picture: Camera,
    mailbox: Mailbox,
    tmp_path: Path,
    device: str,
    language: str,
) -> None:
    page = visitor(device, language)
    room = f"/{language}/forum/press/"
    address = f"journalist-{device}-{language}@example.org"
    outlet = PEOPLE[language][2]
    held = release(HELD, language)

    def look(name: str) -> None:
        axe(page)
        picture(page, f"journalist-{device}-{language}-{name}")

    # before: what is free is read and taken, of the other nothing is said
    page.goto(room)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(page.locator("main")).not_to_contain_text(held.title)
    look("1-room")
    page.get_by_role("link", name=release(FREE, language).title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(release(FREE, language).title)
    take(page)
    look("2-free-release")

    # the application: a photographer has to name the equipment; the letter is taken along
    page.goto(room)
    page.locator(f"main a[href='/{language}/register/forum/?category=press']").click()
    letter = tmp_path / "assignment.png"
    letter.write_bytes(photo())
    apply(page, address, PEOPLE[language], letter, look)
    page.goto(mailbox.last(address, kind="registration.confirm").link("/register/confirm/"))
    page.locator("main form button").click()
    page.wait_for_url("**/my/**")
    expect(page.locator("a[href*='/press/access/']")).to_have_count(0)
    look("6-under-review")

    # the passport, on the page that asks for it
    registration = actions.read_guest_link(page.url.rstrip("/").rpartition("/")[2])
    assert registration.state == State.SUBMITTED
    page.locator("#task-identity a").click()
    page.locator("#id_zone").fill(zone(issuer="EGY", nationality="EGY", surname="Doe", given_names="Jane"))
    page.locator("#id_scan").set_input_files(
        {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": face((1200, 900))}
    )
    page.locator("main form.form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(f"…{NUMBER[-3:]}")

    # the press desk misses something and asks for just that; the journalist answers behind the link
    officer = visitor("laptop")
    sign_in(officer, "press", f"/cms/vetting/dossier/{registration.pk}/")
    expect(officer.get_by_role("region", name="Identity papers")).to_be_visible()
    expect(officer.locator("main")).not_to_contain_text(NUMBER)
    officer.get_by_label("Ask for more information").check()
    officer.get_by_label("Reason or question").fill("Please give the serial numbers.")
    officer.get_by_text("What the guest is to fill in again").first.click()
    officer.get_by_label("Which equipment do you bring?").check()
    picture(officer, f"journalist-{language}-desk-asks")
    officer.get_by_role("button", name="Decide and stay").click()
    expect(officer.get_by_text("waiting for the guest to answer")).to_be_visible()
    asked = mailbox.last(address, kind="registration.information_requested")
    assert asked.language == language
    page.goto(asked.link("/requested/"))
    expect(page.get_by_text("Please give the serial numbers.")).to_be_visible()
    expect(page.locator("#id_q-equipment")).to_have_value("2 × Nikon Z9")
    expect(page.locator("#id_q-outlet")).to_have_count(0)  # what was not asked is not shown
    look("6-asked")
    page.locator("#id_q-equipment").fill("")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".field__error")).to_have_count(1)
    axe(page)
    page.locator("#id_q-equipment").fill("2 × Nikon Z9, 4711 and 4712")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/my/[^/]+/$"))

    # the accreditation, and the way in from the journalist's own page
    officer.reload()
    changed = officer.get_by_role("region", name="Changed since signing up")
    expect(changed).to_contain_text("2 × Nikon Z9, 4711 and 4712")
    if language == "en":  # the desk works in English in both runs; the judge takes its time over this page
        axe(officer)
    officer.get_by_role("region", name="Decision").get_by_label("Approve").check()
    officer.get_by_role("button", name="Decide and stay").click()
    expect(officer.get_by_text("approved").first).to_be_visible()
    approved = mailbox.last(address, kind="registration.approved")
    assert approved.language == language
    page.goto(next(link for link in approved.links if "/my/" in link and "calendar" not in link))
    look("7-approved")
    page.locator("a[href*='/press/access/']").click()
    page.wait_for_url(f"**{room}")
    expect(page.locator("main")).to_contain_text(PEOPLE[language][0])
    look("8-room-accredited")

    # ahead of time
    page.get_by_role("link", name=held.title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(held.title)
    expect(page.locator(".notice--warning")).to_be_visible()
    look("9-embargoed-release")
    file = take(page)
    assert Download.objects.filter(outlet=outlet, registration=registration, accredited=True).count() == 1

    # a stranger with the very addresses, while the journalist is inside
    stranger = visitor(device, language)
    for url in (page.url, file):
        fetched = stranger.request.get(url)
        assert fetched.status == NOT_FOUND, url
        assert held.title not in fetched.text()
    answer = stranger.goto(page.url)
    assert answer is not None
    assert answer.status == NOT_FOUND
    axe(stranger)
    stranger.goto(room)
    expect(stranger.locator("main")).not_to_contain_text(held.title)

    # and no longer when the accreditation is called back
    actions.decide([registration.pk], to=State.CANCELLED, by=OFFICER, reason="The outlet recalled its correspondent.")
    assert page.request.get(file).status == NOT_FOUND
    answer = page.reload()
    assert answer is not None
    assert answer.status == NOT_FOUND


def release(slug: str, language: str) -> PressReleasePage:
    """One of the demonstration's two releases, as it is written in this language."""
    found = PressReleasePage.objects.get(slug=slug, locale__language_code=language)
    assert found.is_under_embargo is (slug == HELD)
    return found


def apply(page: Page, address: str, person: tuple[str, str, str], letter: Path, look: Callable[[str], None]) -> None:
    """The sign-up in the press category, from the choice to the sent form."""
    expect(page.locator("#choose-press")).to_be_focused()  # what was wished for in the press room
    page.locator("#choose-press").click()
    page.locator("#id_email").fill(address)
    page.locator("#id_name").fill(person[0])
    page.locator("#id_latin_name").fill(person[1])
    page.locator("#id_organisation").fill(person[2])
    page.locator("#id_nationality").select_option("EG")
    go_on(page)
    page.locator("#id_q-passport-nationality").select_option("EG")
    page.locator("#id_q-visa-letter_0").check()
    page.locator("#id_q-interpretation_0").check()
    go_on(page)  # what the press alone is asked stands in a section of its own
    page.locator("#id_q-outlet").fill(person[2])
    equipment = page.locator("#id_q-equipment")
    expect(equipment).to_be_hidden()
    page.locator("#id_q-press-role_1").check()
    expect(equipment).to_be_visible()
    equipment.fill("2 × Nikon Z9")
    page.locator("#id_q-assignment-letter").set_input_files(letter)
    look("3-questions")
    go_on(page)
    for told in (person[2], "2 × Nikon Z9", letter.name):
        expect(page.locator("main")).to_contain_text(told)
    look("4-review")
    page.locator("#id_q-privacy").check()
    go_on(page)
    expect(page.locator("main")).to_contain_text(address)
    look("5-sent")


def go_on(page: Page) -> None:
    page.locator("button[name=go][value=next]").click()


def take(page: Page) -> str:
    """Download the release's one file and answer its address."""
    link = page.locator("section[aria-labelledby=files] a")
    with page.expect_download() as download:
        link.click(modifiers=["Alt"])
    assert download.value.path().stat().st_size > 0
    return str(download.value.url)
