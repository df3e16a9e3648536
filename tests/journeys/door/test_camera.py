"""A camera that will not: every trouble is explained, and the door goes on by hand."""

import pytest
from playwright.sync_api import expect

from tests.journeys.door.event import Door

REFUSE = """navigator.mediaDevices.getUserMedia = async () => {
  if (!sessionStorage.allowed) throw new DOMException("for the journey", "%s");
  return document.createElement("canvas").captureStream();
};"""


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        ("NotAllowedError", "denied"),
        ("NotFoundError", "absent"),
        ("NotReadableError", "busy"),
        ("TypeError", "failed"),
    ],
)
def test_a_camera_that_does_not_start_is_explained_and_guests_are_found_by_hand(
    volunteer, error, trouble, axe, picture
):
    door = Door()
    guest = door.guest("Kofi Mensah")
    phone = volunteer()
    phone.page.add_init_script(REFUSE % error)
    phone.page.goto(door.enrolment())
    expect(phone.page.get_by_role("heading", name=phone.words[f"camera.{trouble}"])).to_be_visible()
    expect(phone.text(f"camera.{trouble}_help")).to_be_visible()
    axe(phone.page)
    picture(phone.page, f"door-camera-{trouble}-en")
    phone.search("kofi")
    phone.found(guest).get_by_role("button").click()
    phone.button("confirm.yes").click()
    expect(phone.verdict("admit").get_by_text("Kofi Mensah")).to_be_visible()


def test_the_camera_is_tried_again_when_asked(volunteer):
    door = Door()
    phone = volunteer()
    phone.page.add_init_script(REFUSE % "NotReadableError")
    phone.page.goto(door.enrolment())
    expect(phone.page.get_by_role("heading", name=phone.words["camera.busy"])).to_be_visible()
    phone.page.evaluate("() => { sessionStorage.allowed = 1; }")
    phone.button("action.again").click()
    expect(phone.page.get_by_role("heading", name=phone.words["camera.busy"])).to_be_hidden()


def test_a_page_opened_without_encryption_says_what_to_do(volunteer):
    door = Door()
    phone = volunteer()
    phone.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });")
    phone.page.goto(door.enrolment())
    expect(phone.text("camera.insecure_help")).to_be_visible()


def test_a_reader_that_does_not_load_is_explained_and_tried_again(volunteer):
    door = Door()
    phone = volunteer()
    phone.page.context.route("**/*.wasm", lambda route: route.abort())
    phone.page.goto(door.enrolment())
    expect(phone.page.get_by_role("heading", name=phone.words["camera.no_reader"])).to_be_visible(timeout=15_000)
    phone.page.context.unroute("**/*.wasm")
    phone.button("action.again").click()
    expect(phone.viewfinder).to_be_visible()


def test_the_camera_rests_while_the_page_is_out_of_sight_and_comes_back(volunteer):
    door = Door()
    phone = volunteer()
    phone.enrol(door)
    hide = """(state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    phone.page.evaluate(hide, "hidden")
    expect(phone.viewfinder).to_be_hidden()
    assert phone.page.evaluate("document.querySelector('video').srcObject") is None
    phone.page.evaluate(hide, "visible")
    expect(phone.viewfinder).to_be_visible()


def test_the_camera_rests_when_nobody_comes_and_a_tap_wakes_it(volunteer, axe, picture):
    door = Door()
    guest = door.guest("Amina Wanjiru")
    phone = volunteer()
    phone.page.clock.install()
    phone.enrol(door)
    phone.page.clock.fast_forward("04:50")
    phone.page.wait_for_timeout(500)
    expect(phone.viewfinder).to_be_visible()
    phone.page.clock.fast_forward("00:15")
    expect(phone.text("camera.resting")).to_be_visible()
    assert phone.page.evaluate("document.querySelector('video').srcObject") is None
    axe(phone.page)
    picture(phone.page, "door-resting-en")
    phone.page.keyboard.type(guest.badge)  # a scanner that types needs no camera, and somebody is there again
    phone.page.keyboard.press("Enter")
    expect(phone.verdict("admit").get_by_text("Amina Wanjiru")).to_be_visible()
    phone.next_badge()
    expect(phone.viewfinder).to_be_visible()
    phone.page.clock.fast_forward("05:05")
    expect(phone.viewfinder).to_be_hidden()
    phone.button("scan.title").click()
    expect(phone.viewfinder).to_be_visible()


def test_the_light_is_offered_where_the_camera_has_one(volunteer, picture):
    door = Door()
    phone = volunteer()
    phone.page.add_init_script(
        """MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
        MediaStreamTrack.prototype.applyConstraints = async (wish) => {
          document.documentElement.dataset.torch = wish.advanced[0].torch;
        };"""
    )
    phone.enrol(door)
    light = phone.page.get_by_role("button", name=phone.words["action.light"])
    light.click()
    expect(light).to_have_attribute("aria-pressed", "true")
    expect(phone.page.locator("html")).to_have_attribute("data-torch", "true")
    picture(phone.page, "door-light-en")
    light.click()
    expect(phone.page.locator("html")).to_have_attribute("data-torch", "false")


def test_one_of_several_cameras_is_chosen_and_used_from_then_on(volunteer):
    door = Door()
    phone = volunteer()
    phone.page.add_init_script(
        """if (window.MediaDevices) {
        const devices = ["Back", "Front"].map((label) => ({ kind: "videoinput", deviceId: label + "-id", label }));
        const ask = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.enumerateDevices = async () => devices;
        MediaDevices.prototype.getUserMedia = function (wish) {
          document.documentElement.dataset.asked = JSON.stringify(wish.video.deviceId ?? wish.video.facingMode);
          return ask.call(this, { video: true });
        }; }"""
    )
    phone.enrol(door)
    expect(phone.page.locator("html")).to_have_attribute("data-asked", '{"ideal":"environment"}')
    phone.button("action.settings").click()
    phone.page.get_by_label(phone.words["settings.camera"]).select_option(label="Front")
    phone.button("action.back").click()
    expect(phone.page.locator("html")).to_have_attribute("data-asked", '{"exact":"Front-id"}')
