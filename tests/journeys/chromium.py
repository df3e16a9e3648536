"""Finds Chromium, or installs Debian's where the machine allows, or says clearly what to do. Never skips."""

import os
import shutil
import subprocess

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Fonts too: a page of boxes instead of Chinese or Arabic would hide every fault of the layout.
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """The path of a Chromium; fails the journey with instructions where there is none."""
    if path := os.environ.get("CHROMIUM") or _installed():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True}
        subprocess.run(["apt-get", "update"], **quiet, check=False)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], **quiet, check=False)
        if path := _installed():
            return path
    pytest.fail(
        "The browser journeys need Chromium and found none. Install it (Debian: apt-get install chromium "
        "fonts-noto-core fonts-noto-cjk) or set CHROMIUM to the path of one; `make test-quick` leaves the browser out.",
        pytrace=False,
    )


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
