"""A guest on a phone cuts out a portrait and gives a passport, with a wrong digit first; an officer with the right opens it,
the read is in the report, and an officer without the right sees none of it."""

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from plenary.core.actions import SYSTEM
from plenary.core.fields import Label
from plenary.events.actions import create_event
from plenary.events.rules import ApprovalState
from registration.emails import guest_token
from registration.models import Portrait, Registration, TravelDocument
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.journeys.test_officer import sign_in
from tests.registration.papers import NUMBER, face, zone

Judge = Callable[[Page], None]
Camera = Callable[[Page, str], Path]
Visitor = Callable[..., Page]


@pytest.fixture
def guest(server: str) -> Registration:
    """Somebody whose category asks for a passport and a portrait, at an event of its own."""
    event = create_event(
        slug=f"identity-{uuid.uuid4().hex[:8]}",
        by=SYSTEM,
        name=Label({"en": "Water Forum", "ar": "منتدى المياه"}),
        starts_on=date(2030, 5, 14),
        ends_on=date(2030, 5, 16),
        time_zone="Africa/Cairo",
        approval=ApprovalState.IN_FORCE,
        published=True,
    )
    category = CategoryFactory(
        event=event, slug="delegate", name={"en": "Delegate", "ar": "مندوب"}, asks_passport=True, asks_portrait=True
    )
    registration: Registration = RegistrationFactory(category=category, name="Amina Osman", nationality="KE")
    return registration


def share(page: Page) -> float:
    return float(page.locator("#id_share").input_value())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_guest_gives_portrait_and_passport_and_only_who_may_opens_them(
    visitor: Visitor, guest: Registration, axe: Judge, picture: Camera, tmp_path: Path, language: str
) -> None:
    page = visitor("phone", language)
    photo = tmp_path / "me.jpg"
    photo.write_bytes(face((1200, 1600)))
    page.goto(f"/{language}/my/{guest_token(guest)}/")
    axe(page)
    picture(page, f"identity-{language}-1-tasks")

    # the portrait: framed with a finger, enlarged with keys and with the slider
    page.locator("#task-portrait a").click()
    page.locator("#id_picture").set_input_files(photo)
    frame = page.locator("[data-frame]")
    expect(frame).to_be_visible()
    expect(page.locator("[data-too-small]")).to_be_hidden()
    whole = share(page)
    frame.focus()
    for _press in range(5):
        page.keyboard.press("+")
    assert share(page) < whole
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    before = float(told := page.locator("#id_left").input_value())
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(page.locator("#id_left")).not_to_have_value(told)
    assert float(page.locator("#id_left").input_value()) > before, "dragged to the left, more of the right is kept"
    expect(page.locator("#crop-state")).not_to_be_empty()
    axe(page)
    picture(page, f"identity-{language}-2-portrait")
    page.locator("main form.form button[type=submit]").first.click()
    shown = page.locator("img.portrait")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 540)  # waits for the picture, which comes after the page
    expect(shown).to_have_js_property("naturalHeight", 700)
    crop = Portrait.objects.get(registration=guest).crop
    assert 360 <= crop["width"] < 1200
    picture(page, f"identity-{language}-3-portrait-kept")

    # the passport: one digit is wrong, the page says which, nothing is lost
    page.goto(f"/{language}/my/{guest_token(guest)}/identity/")
    page.locator("#id_zone").fill(zone().replace(NUMBER, "AK0123457"))
    page.locator("main form.form button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    if language == "en":
        expect(page.locator("#id_zone_error")).to_contain_text("Character 10 of line 2")
    expect(page.locator("#id_zone")).to_have_value(zone().replace(NUMBER, "AK0123457"))
    axe(page)
    picture(page, f"identity-{language}-4-wrong-digit")
    page.locator("#id_zone").fill(zone())
    page.locator("main form.form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("…456")
    expect(page.locator("main")).not_to_contain_text(NUMBER)
    axe(page)
    picture(page, f"identity-{language}-5-given")
    assert TravelDocument.objects.get(registration=guest).number == NUMBER
    if language != "en":
        return

    # with the right: the dossier, the document, the report
    officer = visitor("laptop")
    sign_in(officer, "security", f"/cms/vetting/dossier/{guest.pk}/")
    expect(officer.locator("img.plenary-papers__portrait")).to_be_visible()
    expect(officer.locator("main")).not_to_contain_text(NUMBER)
    axe(officer)
    picture(officer, "identity-officer-1-dossier")
    officer.get_by_role("link", name="Open the travel document").click()
    expect(officer.locator("main")).to_contain_text(NUMBER)
    axe(officer)
    picture(officer, "identity-officer-2-document")
    officer.goto(f"/cms/reports/passport-reads/?code={guest.code}")
    expect(officer.locator("main")).to_contain_text("Travel document")
    expect(officer.locator("main")).to_contain_text("Karim Benali")
    axe(officer)
    picture(officer, "identity-officer-3-report")

    # without it: the portrait at most, and no way on
    other = visitor("laptop")
    sign_in(other, "protocol", f"/cms/vetting/dossier/{guest.pk}/")
    expect(other.get_by_role("region", name="Identity papers")).to_contain_text("Your role does not include it.")
    expect(other.get_by_role("link", name="Open the travel document")).to_have_count(0)
    other.goto(f"/cms/vetting/passport/{guest.pk}/")
    expect(other.locator("body")).not_to_contain_text(NUMBER)
    other.goto(f"/cms/reports/passport-reads/?code={guest.code}")
    expect(other.locator("body")).not_to_contain_text("Karim Benali")


def test_a_guest_without_script_sees_the_result_and_chooses_again(
    visitor: Visitor, guest: Registration, axe: Judge, tmp_path: Path
) -> None:
    page = visitor("phone", java_script_enabled=False)
    photo = tmp_path / "me.png"
    photo.write_bytes(face((700, 1800), "PNG"))
    page.goto(f"/en/my/{guest_token(guest)}/portrait/")
    expect(page.locator("[data-cropper]")).to_be_hidden()
    page.locator("#id_picture").set_input_files(photo)
    page.locator("#id_place").select_option("upper")
    page.locator("main form.form button[type=submit]").first.click()
    expect(page.locator("img.portrait")).to_be_visible()
    assert Portrait.objects.get(registration=guest).crop["top"] == 0
    page.locator("#id_picture").set_input_files(photo)
    page.locator("#id_place").select_option("lower")
    page.locator("main form.form button[type=submit]").first.click()
    expect(page.locator("img.portrait")).to_be_visible()
    assert Portrait.objects.get(registration=guest).crop["top"] > 0


def test_a_picture_that_is_too_small_is_told_before_it_is_sent(
    visitor: Visitor, guest: Registration, tmp_path: Path
) -> None:
    page = visitor("phone")
    photo = tmp_path / "me.jpg"
    photo.write_bytes(face((200, 260)))
    page.goto(f"/en/my/{guest_token(guest)}/portrait/")
    page.locator("#id_picture").set_input_files(photo)
    expect(page.locator("[data-too-small]")).to_be_visible()
    page.locator("main form.form button[type=submit]").first.click()
    expect(page.locator("#id_picture_error")).to_contain_text("blurred")


def test_two_fingers_enlarge_the_portrait_and_one_moves_it(
    visitor: Visitor, guest: Registration, tmp_path: Path
) -> None:
    page = visitor("phone")
    photo = tmp_path / "me.jpg"
    photo.write_bytes(face((1200, 1600)))
    page.goto(f"/en/my/{guest_token(guest)}/portrait/")
    page.locator("#id_picture").set_input_files(photo)
    frame = page.locator("[data-frame]")
    expect(frame).to_be_visible()
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    screen = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": at[0], "y": at[1], "id": number} for number, at in enumerate(points)]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def pinch(before: float, after: float) -> None:
        touch("touchStart", (x - before, y), (x + before, y))
        for step in range(1, 5):
            apart = before + (after - before) * step / 4
            touch("touchMove", (x - apart, y), (x + apart, y))
        touch("touchEnd")

    whole, zoom = share(page), page.evaluate("visualViewport.scale")
    pinch(25, 60)
    expect(page.locator("#id_share")).not_to_have_value(str(whole))
    enlarged = share(page)
    assert enlarged < whole * 0.8
    assert page.evaluate("visualViewport.scale") == zoom, "the picture is enlarged, not the page"
    pinch(60, 30)
    assert share(page) > enlarged
    pinch(25, 60)
    told, scrolled = page.locator("#id_left").input_value(), page.evaluate("scrollY")
    touch("touchStart", (x, y))
    for step in range(1, 5):
        touch("touchMove", (x - 12 * step, y))
    touch("touchEnd")
    expect(page.locator("#id_left")).not_to_have_value(told)
    assert float(page.locator("#id_left").input_value()) > float(told)
    assert page.evaluate("scrollY") == scrolled


def test_an_officer_enters_a_portrait_and_a_passport_that_came_by_hand(
    visitor: Visitor, guest: Registration, axe: Judge, picture: Camera, tmp_path: Path
) -> None:
    officer = visitor("laptop")
    photo = tmp_path / "me.jpg"
    photo.write_bytes(face((1200, 1600)))
    sign_in(officer, "security", f"/cms/vetting/dossier/{guest.pk}/")
    officer.get_by_role("link", name="Enter the portrait").click()
    officer.locator("#id_picture").set_input_files(photo)
    expect(officer.locator("[data-frame]")).to_be_visible()
    axe(officer)
    picture(officer, "identity-enter-1-portrait")
    officer.locator("form[data-portrait] button[type=submit]").last.click()
    expect(officer.locator("img.plenary-papers__portrait")).to_be_visible()
    officer.get_by_role("link", name="Enter the travel document").click()
    officer.locator("#id_zone").fill(zone().replace(NUMBER, "AK0123457"))
    officer.get_by_role("button", name="Save").click()
    expect(officer.locator("#id_zone_error")).to_contain_text("Character 10 of line 2")
    axe(officer)
    picture(officer, "identity-enter-2-wrong-digit")
    officer.locator("#id_zone").fill(zone())
    officer.get_by_role("button", name="Save").click()
    expect(officer.get_by_role("link", name="Open the travel document")).to_be_visible()
    assert TravelDocument.objects.get(registration=guest).number == NUMBER
    narrow = visitor("phone")
    sign_in(narrow, "security", f"/cms/vetting/portrait/{guest.pk}/enter/")
    expect(narrow.get_by_text("What you enter here takes its place")).to_be_visible()
    picture(narrow, "identity-enter-3-narrow")
