"""A delegation of five from the invitation to five badges, paid by a sponsor and by card, in English, Arabic and Chinese; and
a focal point who works in Arabic."""

import io
import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import Workbook
from playwright.sync_api import Locator, Page, expect

from plenary.core.actions import Actor
from plenary.core.fields import Label
from plenary.events.actions import create_event
from plenary.events.models import Event
from plenary.events.rules import ApprovalState
from registration.actions import save_delegation, save_stop, send_workspace_link
from registration.actions.fees import save_sponsorship
from registration.models import Category, CategoryDesk, Delegation, Desk, Registration, Sponsorship
from registration.rules import State
from tests.factories.payments import FeeFactory
from tests.factories.registration import CategoryFactory, QuestionFactory
from tests.journeys.mailbox import Mailbox
from tests.journeys.test_officer import sign_in
from tests.journeys.test_vetting import speak

Judge = Callable[..., None]
Camera = Callable[[Page, str], Path]
OFFICE = Actor("office")


def delegation(name: str, email: str, country: str, language: str = "en") -> Delegation:
    """As the office would have added it: one head and four delegates, and the link mailed."""
    event = Event.objects.get(slug="forum")
    found = Delegation(
        event=event,
        name={"en": name},
        country=country,
        focal_name="Journey Focal",
        email=email,
        language=language,
        deadline=timezone.now() + timedelta(days=9),
    )
    places = {"head-of-delegation": 1, "delegate": 4}
    quotas = {Category.objects.get(event=event, slug=slug): count for slug, count in places.items()}
    save_delegation(found, quotas=quotas, by=OFFICE)
    send_workspace_link(delegation_id=found.pk, by=OFFICE)
    return found


def answer_everything(page: Page) -> None:
    """Fill in what a member of the forum is asked, by the fields' names: they are the same in every language."""
    if (country := page.locator("select[name=q-passport-nationality]")).count():
        country.select_option(page.locator("select[name=nationality]").input_value())
    if (size := page.locator("input[name=q-delegation-size]")).count():
        size.fill("5")
    for name in ("q-visa-letter", "q-interpretation"):
        page.locator(f"input[name={name}]").first.check()
    page.locator("input[name=q-privacy]").check()


def spreadsheet(*names: str) -> bytes:
    book = Workbook()
    book.active.append(["Category", "Full name", "Function", "Nationality"])
    for name in names:
        book.active.append(["Delegate", name, "Adviser", "Kenya"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def conference(server: str) -> Event:
    """A conference with a fee, where protocol and security vet everybody, and security the heads with four eyes."""
    event = create_event(
        slug=f"water-{uuid.uuid4().hex[:8]}",
        by=OFFICE,
        name=Label({"en": "Water Conference", "zh-hans": "水事大会", "ar": "مؤتمر المياه"}),
        starts_on=date(2030, 5, 14),
        ends_on=date(2030, 5, 16),
        time_zone="Africa/Nairobi",
        approval=ApprovalState.IN_FORCE,
        published=True,
    )
    names = {"head": {"en": "Head of delegation"}, "delegate": {"en": "Delegate", "zh-hans": "代表", "ar": "مندوب"}}
    categories = [CategoryFactory(event=event, slug=slug, name=name) for slug, name in names.items()]
    for category in categories:
        for desk in Desk.objects.filter(slug__in=["protocol", "security"]):
            strict = desk.slug == "security" and category.slug == "head"
            save_stop(CategoryDesk(category=category, desk=desk, step=1, four_eyes=strict, may_veto=strict), by=OFFICE)
    QuestionFactory(event=event, key="diet", required=True, label={"en": "Diet", "zh-hans": "饮食", "ar": "الطعام"})
    FeeFactory(event=event, categories=categories, amount_minor=12_050, label={"en": "Fee", "ar": "الرسوم"})
    return event


def test_a_delegation_of_five_goes_from_the_invitation_to_five_paid_badges(
    visitor: Callable[..., Page], axe: Judge, picture: Camera, mailbox: Mailbox, conference: Event, stripe: str
) -> None:
    # Protocol's office enters the delegation and its places, and sends the link.
    office = visitor("laptop")
    sign_in(office, "office", "/cms/delegations/new/")
    office.locator("[name=event]").select_option(str(conference.pk))
    office.locator("[name=name_en]").fill("Journeyland")
    office.locator("[name=name_ar]").fill("بلاد الرحلات")
    office.locator("[name=country]").select_option("KE")
    office.locator("[name=focal_name]").fill("Journey Focal")
    office.locator("[name=email]").fill("focal@journeyland.example")
    office.locator("[name=deadline]").fill("2030-04-01T18:00")
    office.get_by_role("button", name="Save").click()
    office.get_by_label("Places as Head of delegation").fill("1")
    office.get_by_label("Places as Delegate").fill("4")
    office.get_by_role("button", name="Save").click()
    group = Delegation.objects.get(event=conference)
    unit = f"/cms/delegations/unit/{group.pk}/"
    office.goto(unit)
    office.get_by_role("button", name="Send the link").click()
    expect(office.get_by_text("The link is on its way to the focal point.")).to_be_visible()
    sponsor = Sponsorship(event=conference, delegation=group, payer="River Bank", places=4)
    save_sponsorship(sponsor, by=OFFICE)

    # The focal point: the head by hand, with a mistake first; then four more from a spreadsheet, told of one too many.
    page = visitor("laptop")
    page.goto(mailbox.last("focal@journeyland.example", kind="delegation.link").link("/delegation/"))
    expect(page.get_by_role("heading", name="Journeyland", level=1)).to_be_visible()
    axe(page)
    workspace = page.url
    page.get_by_role("link", name="Name a member").click()
    page.get_by_label("Category").select_option(label="Head of delegation (1 place left)")
    page.get_by_role("button", name="Add and fill in details").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Write the name.")
    axe(page)
    page.get_by_label("Full name", exact=True).fill("Wanjiru Journey")
    page.get_by_role("button", name="Add and fill in details").click()
    expect(page.get_by_role("heading", name="Wanjiru Journey")).to_be_visible()
    axe(page)
    picture(page, "delegation-member-laptop")
    page.goto(workspace)
    page.get_by_role("link", name="Bring a spreadsheet").click()
    four = ("Otieno Journey", "Njeri Journey", "Kamau Journey", "Achieng Journey")
    bring(page, spreadsheet(*four, "One Too Many"))
    expect(page.get_by_text("4 places left there. The last of them go to your delegation", exact=False)).to_be_visible()
    axe(page)
    picture(page, "delegation-import-laptop")
    bring(page, spreadsheet(*four))
    page.get_by_role("button", name="Add 4 members").click()
    expect(page.get_by_text("5 members", exact=False).first).to_be_visible()

    # One cannot come: somebody takes the place. She and another do their details themselves, on phones.
    member_of(page, group, "Kamau Journey").get_by_role("link", name="Replace").click()
    page.get_by_label("Full name", exact=True).fill("王芳")
    page.get_by_label("Full name in Latin letters").fill("Wang Fang")
    page.get_by_role("button", name="Replace").click()
    page.goto(workspace)
    expect(page.locator("#members li.member")).to_have_count(5)
    guests = {}
    for name, language in (("Achieng Journey", "ar"), ("王芳", "zh-hans")):
        address = f"{language}@journeyland.example"
        page.goto(workspace)
        member_of(page, group, name).get_by_role("link", name="Invite to fill in").click()
        page.get_by_label("E-mail address of the member").fill(address)
        axe(page)
        page.get_by_role("button", name="Send the invitation").click()
        expect(page.locator("#members")).to_be_visible()
        guests[language] = phone = visitor("phone", language)
        phone.goto(mailbox.last(address, kind="delegation.invitation").link("/my/"))
        phone.locator(f"a[hreflang='{language}' i]").first.click()
        expect(phone.locator("html")).to_have_attribute("lang", re.compile(f"^{language}", re.IGNORECASE))
        phone.locator("main a[href$='/change/']").first.click()
        phone.locator("[name=q-diet]").fill("素食" if language == "zh-hans" else "نباتي")
        axe(phone)
        picture(phone, f"delegation-own-{language}-phone")
        phone.locator("main form button[type=submit]").first.click()
        phone.wait_for_url(re.compile(r"/my/[^/]+/$"))
    for name in ("Wanjiru", "Otieno", "Njeri"):
        page.goto(workspace)
        page.get_by_role("link", name=re.compile(f"^Fill in.*{name} Journey")).click()
        page.locator("[name=q-diet]").fill("Anything")
        page.get_by_role("button", name="Send to the organiser").click()
        expect(page.locator("#members")).to_be_visible()
    page.get_by_label("File").set_input_files(
        {"name": "note.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%x\nstartxref\n9\n%%EOF\n"}
    )
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("link", name="note.pdf")).to_be_visible()
    page.get_by_role("link", name="Confirm the list").click()
    axe(page)
    page.get_by_role("button", name="Confirm the list").click()
    expect(page.get_by_text("The list is confirmed", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="Name a member")).to_have_count(0)
    axe(page)
    picture(page, "delegation-confirmed-laptop")

    # Two desks: protocol says its word for all, security too, but the head needs a second officer of that desk.
    protocol, security, second = visitor("laptop"), visitor("laptop"), visitor("laptop")
    for officer, login in ((protocol, "protocol"), (security, "security"), (second, "security2")):
        sign_in(officer, login, f"/cms/vetting/?event={conference.pk}")
    clear_all(protocol)
    clear_all(security)
    protocol.goto(unit)
    expect(protocol.locator(".plenary-member")).to_have_count(5)
    axe(protocol)
    picture(protocol, "delegation-unit-laptop")
    protocol.get_by_role("button", name="Approve …").click()
    expect(protocol.get_by_role("heading", name="4 members")).to_be_visible()
    expect(protocol.get_by_role("region", name="1 member is left as it is")).to_contain_text("Wanjiru Journey")
    second.goto(f"/cms/vetting/dossier/{Registration.objects.get(delegation=group, name='Wanjiru Journey').pk}/")
    speak(second, "No objection", "Checked, nothing found")
    expect(second.get_by_role("region", name="Decision")).to_contain_text("none objects")

    # Decided as one but for Achieng, who is decided last: the sponsor pays for four.
    protocol.goto(unit)
    for member in group.members.live().exclude(name="Achieng Journey"):
        protocol.locator(f"#tick-{member.pk}").check()
    for count, label in ((4, "Approve: 4 members"), (1, "Approve: 1 member")):
        protocol.get_by_role("button", name="Approve …").click()
        expect(protocol.get_by_role("heading", name=re.compile(f"^{count} member"))).to_be_visible()
        axe(protocol)
        picture(protocol, f"delegation-decide-{count}-laptop")
        protocol.get_by_role("button", name=label).click()
        expect(protocol.get_by_text(re.compile(f"{count} members? decided and told"))).to_be_visible()
    states = dict(group.members.live().values_list("name", "state"))
    assert sorted(states.values()) == [State.APPROVED] * 4 + [State.PAYMENT_DUE]

    # Achieng pays by card in Arabic; the cashier invoices the sponsor for the others.
    due = mailbox.last("ar@journeyland.example", kind="registration.payment_due")
    assert due.language == "ar"
    phone = guests["ar"]
    phone.goto(due.link("/payment/"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("120.50")
    phone.locator("button[name=do][value=card]").click()
    phone.wait_for_url(f"{stripe}/**")
    phone.get_by_label("Card").fill("4242 4242 4242 4242")
    phone.get_by_role("button", name="Pay").click()
    phone.wait_for_url("**/payment/?from=card")
    assert mailbox.last("ar@journeyland.example", kind="registration.approved").language == "ar"
    cashier = visitor("laptop")
    sign_in(cashier, "finance", f"/cms/payments/sponsors/edit/{sponsor.pk}/")
    cashier.get_by_role("button", name="Invoice the guests that are on none yet").click()
    expect(cashier.get_by_text("Issued:")).to_be_visible()
    assert sponsor.documents.get().total.minor == 4 * 12_050

    # Five approved, five badges: three for the focal point, two for those who have an address of their own.
    assert {member.state for member in group.members.live()} == {State.APPROVED}
    told = mailbox.last("focal@journeyland.example", kind="delegation.decisions")
    assert "Achieng Journey" in told.text
    badges = []
    page.goto(workspace)
    for member in group.members.live():
        page.goto(f"{workspace.split('#')[0]}{member.pk}/")
        badges += [link.get_attribute("href") for link in page.locator("main a[href*='/badge/']").all()]
    for language, guest in guests.items():
        letter = mailbox.last(f"{language}@journeyland.example", kind="registration.approved")
        assert letter.language == language
        guest.goto(next(link for link in letter.links if "/my/" in link and "calendar" not in link))
        axe(guest)
        picture(guest, f"delegation-approved-{language}-phone")
        badges += [guest.locator("main a[href*='/badge/']").get_attribute("href")]
    assert len(set(badges)) == 5
    for address in badges:
        answer = page.request.get(str(address))
        assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")


def bring(page: Page, table: bytes) -> None:
    page.get_by_label("Table").set_input_files({"name": "list.xlsx", "mimeType": "", "buffer": table})
    page.get_by_role("button", name="Check the file").click()


def member_of(page: Page, group: Delegation, name: str) -> Locator:
    """A member's line in the workspace."""
    return page.locator(f"#member-{Registration.objects.get(delegation=group, name=name).code}")


def clear_all(officer: Page) -> None:
    """Tick everybody in the queue and say for one's desk that nothing speaks against them."""
    expect(officer.locator("#listing-results tbody tr")).to_have_count(5)
    for box in officer.locator("#listing-results tbody input[type=checkbox]").all():
        box.check()
    officer.get_by_role("link", name="Say for your desk that nothing speaks against").click()
    if (reason := officer.locator("form select[name=reason_code]")).count():
        reason.select_option(label="Checked, nothing found")
    officer.locator("form[method=post] button[type=submit]").last.click()
    officer.wait_for_url("**/cms/vetting/**")


def test_a_focal_point_works_in_arabic_on_a_phone_without_scripts(
    visitor: Callable[..., Page], axe: Judge, picture: Camera, mailbox: Mailbox
) -> None:
    group = delegation("Arabic Journey", "focal@arabic.example", "EG", "ar")
    page = visitor("phone", "ar", java_script_enabled=False)
    letter = mailbox.last("focal@arabic.example")
    assert letter.language == "ar"
    page.goto(letter.link("/ar/delegation/"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("a[href$='/nominate/']").click()
    page.locator("select[name=category]").select_option(index=0)
    page.locator("input[name=name]").fill("ليلى جورني")
    page.locator("input[name=latin_name]").fill("Layla Journey")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/delegation/*/*-*/")
    answer_everything(page)
    page.locator("main form[data-sign-up] button[type=submit]").first.click()
    member = Registration.objects.get(delegation=group)
    assert (member.state, member.name) == (State.SUBMITTED, "ليلى جورني")
    scripted = visitor("phone", "ar")
    scripted.goto(letter.link("/ar/delegation/"))
    axe(scripted)
    picture(scripted, "delegation-ar-phone")
    scripted.goto(scripted.url.split("#")[0] + f"{member.pk}/")
    axe(scripted)
    picture(scripted, "delegation-member-ar-phone")
