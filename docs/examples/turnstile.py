"""A turnstile that asks Plenary: reads codes a line at a time, opens or stays shut, and loses nothing while offline.

    TOKEN=… python turnstile.py https://plenary.example main scans.sqlite3 < /dev/serial

Standard library only. Every scan gets its id before it is sent and is on disk until the server has answered it; sent
again after any failure, it is still one scan. `open_gate` is where your hardware comes in.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

PATIENCE = 2.0  # seconds somebody waits before the gate
MOST = 200  # scans in one request


class Turnstile:
    """One gate at one checkpoint."""

    def __init__(self, server: str, token: str, checkpoint: str, database: str) -> None:
        self.address = f"{server.rstrip('/')}/api/v1/checkin/scans"
        self.token, self.checkpoint = token, checkpoint
        self.disk = sqlite3.connect(database)
        self.disk.execute("CREATE TABLE IF NOT EXISTS waiting (place INTEGER PRIMARY KEY, scan TEXT NOT NULL)")

    def pass_badge(self, text: str) -> str:
        """The verdict on a badge: `admit`, `refuse`, `conflict`; `offline` where the server cannot be asked.

        Whether to open without an answer is the house's decision: this gate does, and says so in the scan. The server
        then finds out whether the badge was in twice, and shows the office a conflict.
        """
        scan = {
            "id": str(uuid4()),
            "credential": text,
            "checkpoint": self.checkpoint,
            "scanned_at": datetime.now(UTC).isoformat(),
            "offline": False,
        }
        try:
            self.deliver()  # what waits goes first: verdicts depend on the order
            return str(self._send([scan])[0]["verdict"])
        except OSError:
            # The answer may have been lost on its way back, so the id stays: the server knows it then.
            self._keep(scan | {"offline": True})
            return "offline"

    def deliver(self) -> int:
        """Send what waits, oldest first; answers how many were answered. Raises OSError while there is no network."""
        sent = 0
        while rows := self.disk.execute("SELECT place, scan FROM waiting ORDER BY place LIMIT ?", (MOST,)).fetchall():
            self._send([json.loads(scan) for _place, scan in rows])
            with self.disk:
                self.disk.execute("DELETE FROM waiting WHERE place <= ?", (rows[-1][0],))
            sent += len(rows)
        return sent

    def _keep(self, scan: dict[str, Any]) -> None:
        with self.disk:
            self.disk.execute("INSERT INTO waiting (scan) VALUES (?)", (json.dumps(scan),))

    def _send(self, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
        request = urllib.request.Request(
            self.address,
            data=json.dumps({"scans": scans}).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                results: list[dict[str, Any]] = json.load(response)["results"]
                return results
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise SystemExit("This device is not enrolled, or locked out: ask the check-in desk.") from error
            raise  # busy (429, 503) and broken (5xx) are tried again like no network


def open_gate(verdict: str) -> None:
    """Replace this by a relay: open on `admit` and, if the house wants it, on `offline`."""
    print(verdict, flush=True)


def main(lines: Iterable[str], server: str, checkpoint: str, database: str) -> None:
    turnstile = Turnstile(server, os.environ["TOKEN"], checkpoint, database)
    for line in lines:
        if text := line.strip():
            open_gate(turnstile.pass_badge(text))


if __name__ == "__main__":
    main(sys.stdin, *sys.argv[1:4])
