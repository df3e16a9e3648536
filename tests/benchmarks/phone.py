"""A door without network with many guests, in a real browser: what setting up moves, how long the list takes to be read
from the phone, how long one look-up and one verdict take; at full speed and slowed down six times, as an old phone is.

`python -m tests.benchmarks.phone` prints a row for each; PHONE_GUESTS (100000) chooses another size. The figures are kept
in var/bench/phone.json.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.__main__ import FOLDER, drop_database, make_database, say
from tests.benchmarks.server import Product
from tests.journeys.chromium import ARGUMENTS, find_chromium

GUESTS = int(os.environ.get("PHONE_GUESTS", "100000"))
SLOWED = (1, 6)  # times
TARGETS = {"moved": 4.0, "read": 1000.0, "look-up": 1.0, "verdict": 100.0}  # MB, then ms
UNITS = {"moved": "MB"}

# Through the very files that are served, on what the app itself has kept.
MEASURE = """async (texts) => {
  const load = (name) => import(`/static/checkin/door/${name}.js`);
  const [{ Store }, { Vault }, { Guests }, { Passages }, { Judge }] =
    await Promise.all(["store", "vault", "guests", "passages", "judge"].map(load));
  const store = await Store.open();
  const guests = new Guests(null, new Vault(store));
  const times = { read: [], "look-up": [], verdict: [] };
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    await guests.serve("bench");
    times.read.push(performance.now() - began);
  }
  const judge = new Judge(guests, new Passages(null, store));
  const ids = texts.map((text) => judge.idOf(text));
  const began = performance.now();
  for (const id of ids) if (!guests.badge(id)) throw new Error(`not known: ${id}`);
  times["look-up"].push((performance.now() - began) / ids.length);
  for (const credential of texts.slice(0, 40)) {
    const start = performance.now();
    const found = await judge.verdict({ credential, checkpoint: "gate-0", direction: "in", escort: null }, new Date());
    times.verdict.push(performance.now() - start);
    if (found.result.verdict !== "admit") throw new Error(found.result.reason);
  }
  return { size: guests.size, times };
}"""


def main() -> int:
    folder = FOLDER / "phone"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = make_database("sqlite", folder)
    product = Product(database, folder)
    credentials = folder / "credentials.txt"
    try:
        product.run("manage.py", "prepare")
        product.run("-m", "tests.benchmarks.stage", str(GUESTS), str(credentials))
        code = product.run("-m", "tests.benchmarks.phone", "enrol")["code"]
        texts = credentials.read_text(encoding="utf-8").split()
        with product:
            rows = measure(f"http://127.0.0.1:{product.port}", code, texts[:: max(1, len(texts) // 1000)])
    finally:
        drop_database(database)
    (FOLDER / "phone.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


def enrol() -> str:
    """A one-time code for a phone at the bench's event."""
    from checkin.actions import add_device
    from checkin.models import Checkpoint
    from plenary.core.actions import SYSTEM

    place = Checkpoint.objects.select_related("event").get(event__slug="bench", slug="gate-0")
    _device, code = add_device(event=place.event, name="Phone", by=SYSTEM, checkpoint=place)
    return code


def measure(address: str, code: str, texts: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    say(f"{GUESTS:,} guests\n{'':<12}{'slowed':>7}{'median':>10}{'worst':>10}{'target':>10}")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(base_url=address)
        moved = _set_up(page, code)
        _tell(rows, "moved", 1, [moved / 1_000_000])
        debugger = page.context.new_cdp_session(page)
        for times in SLOWED:
            debugger.send("Emulation.setCPUThrottlingRate", {"rate": times})
            found = page.evaluate(MEASURE, texts)
            assert found["size"] == GUESTS, found["size"]
            for name, measured in found["times"].items():
                _tell(rows, name, times, measured)
        browser.close()
    return rows


def _set_up(page: Page, code: str) -> int:
    """Enrol a phone and wait until its list lies on the disk; answers the bytes that came over the wire."""
    sizes: dict[str, int] = {}
    debugger = page.context.new_cdp_session(page)
    debugger.send("Network.enable")
    wanted: set[str] = set()
    debugger.on(
        "Network.responseReceived",
        lambda event: wanted.add(event["requestId"]) if "/snapshot" in event["response"]["url"] else None,
    )
    debugger.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(f"/door/#enrol={code}")
    end = time.monotonic() + 180
    while time.monotonic() < end and not page.evaluate(KEPT):
        page.wait_for_timeout(250)
    return max(int(sizes[request]) for request in wanted if request in sizes)


KEPT = """async () => {
  const { Store } = await import("/static/checkin/door/store.js");
  return Boolean(await (await Store.open()).get("guests bench"));
}"""


def _tell(rows: list[dict[str, Any]], name: str, times: int, measured: list[float]) -> None:
    ordered = sorted(measured)
    row = {"name": name, "slowed": times, "median": ordered[len(ordered) // 2], "worst": ordered[-1]}
    missed = "*" if row["worst"] > TARGETS[name] else " "
    unit = UNITS.get(name, "ms")
    say(f"{name:<12}{times:>7}{row['median']:>10.3f}{row['worst']:>10.3f}{missed}{TARGETS[name]:>7} {unit}")
    rows.append(row)


if __name__ == "__main__":
    if sys.argv[1:] == ["enrol"]:
        import django

        django.setup()
        print(json.dumps({"code": enrol()}))
    else:
        sys.exit(main())
