"""Sends what stands in the outbox, once or for ever."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from plenary.core import outbox


class Command(BaseCommand):
    help = "Sends the messages that are due. With --loop it goes on until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or SIGINT")
        parser.add_argument("--pause", type=float, default=5.0, metavar="SECONDS", help="rest when nothing is due")

    def handle(self, *args: Any, loop: bool, pause: float, **options: Any) -> None:
        if not loop:
            self.stdout.write(f"{self._empty()} sent")
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            # The message in hand is finished first: a sender stopped half way would send it twice.
            signal.signal(name, lambda *_received: stop.set())
        while not stop.is_set():
            if not outbox.deliver_due(limit=20):
                close_old_connections()  # a database that restarted while nothing was due
                stop.wait(pause)

    def _empty(self) -> int:
        total = 0
        while sent := outbox.deliver_due():
            total += sent
        return total
