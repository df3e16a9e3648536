"""How long a volunteer waits: from the camera's picture to the painted verdict, server included."""

import statistics
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.door.event import Door
from tests.journeys.fake_camera import HARD, STRAIGHT, TILTED, UNSTEADY, Shot

GUESTS = 12
# Far above what is measured on an idle machine (some 60 ms), because test machines are shared; the figure is printed.
LIMIT = 1000  # ms
OLD = 6  # times slower than this machine: a telephone of five years ago
MEASURED = "performance.getEntriesByName('door: picture to verdict').map((entry) => entry.duration)"


@pytest.mark.parametrize("slower", [1, OLD])
def test_the_verdict_is_there_before_the_guest_has_stopped_walking(volunteer, camera, capsys, slower):
    door = Door()
    views = (STRAIGHT, TILTED, UNSTEADY, HARD)
    phone = volunteer()
    session = phone.page.context.new_cdp_session(phone.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    phone.page.goto(door.enrolment(checkpoint=False))
    camera.play(*(Shot(door.guest().badge, views[number % 4], seconds=2) for number in range(GUESTS)))
    phone.page.get_by_role("button", name="Main entrance").click()
    expect(phone.page.get_by_text(f"{GUESTS} admitted")).to_be_attached(timeout=120_000)
    times = sorted(phone.page.evaluate(MEASURED))[:GUESTS]
    p95 = times[round(0.95 * (len(times) - 1))]
    with capsys.disabled():
        sys.stdout.write(
            f"\n  picture to verdict, {slower} times slower: median {statistics.median(times):.0f} ms, "
            f"p95 {p95:.0f} ms, {len(times)} scans\n"
        )
    assert p95 < LIMIT * slower
