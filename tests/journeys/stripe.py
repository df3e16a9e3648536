"""The Stripe of the journeys: the outside double beside this repository where there is one, else our own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stripe_double import SECRET, StripeDouble

OUTSIDE = Path(__file__).resolve().parents[3] / "shared" / "judges" / "stripe_sim.py"


@contextmanager
def running_stripe(product: str) -> Iterator[str]:
    """The address of a Stripe that sends its events to the product."""
    hook = f"{product}/api/v1/stripe/webhook"
    if not OUTSIDE.exists():
        print(f"{OUTSIDE} is not there: the journey pays at the tests' own double")  # noqa: T201
        double = StripeDouble()
        double.hook = hook
        yield double.url
        double.close()
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(OUTSIDE), str(port), hook, SECRET], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the double of Stripe did not start")
