"""`manage.py start`, behind `make run`: prepares this machine and serves the product, in one process start."""

import os
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string
from gunicorn.app.base import BaseApplication

from plenary.core import preparation


class Command(BaseCommand):
    help = "Bring everything up to date (database, demonstration event, translations) and serve on HOST and PORT."
    requires_system_checks: list[str] = []  # checked by the tests; here they would cost a third of the start

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST") or "127.0.0.1", _port()
        _must_be_free(host, port)
        self.stdout.write("Preparing … the first start takes a minute.")
        preparation.prepare(demo=True)
        connections.close_all()  # the server forks: no process may inherit an open database
        _Server(host, port, welcome(settings.WAGTAILADMIN_BASE_URL)).run()


def _port() -> int:
    wished = os.environ.get("PORT") or "8000"
    if not wished.isdecimal() or not 0 < int(wished) < 65_536:
        raise CommandError(f"PORT is a number up to 65535, not {wished!r}.")
    return int(wished)


def _must_be_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({error.strerror}). Take another: PORT={port + 1} make run"
            ) from error


def welcome(base: str) -> str:
    """What a newcomer needs to know: addresses and logins of the demonstration."""
    rows = [
        ("Public site", f"{base}/en/"),
        ("Event", f"{base}/en/forum/"),
        ("Admin", f"{base}/cms/"),
        ("Door", f"{base}/door/"),
        ("Mailbox", f"{base}/dev/mailbox/"),
        ("Patterns", f"{base}/dev/patterns/"),
    ]
    logins = import_string(settings.PLENARY_DEMO_LOGINS)
    width = max(len(login) for login, _password, _role in logins)
    lines = ["", "Plenary is ready.", ""]
    lines += [f"  {name:<12} {address}" for name, address in rows]
    lines += ["", "  Demo logins for the admin:"]
    lines += [f"    {login:<{width}}  {password}  {role}" for login, password, role in logins]
    return "\n".join([*lines, "", "  Stop with Ctrl-C; everything is kept in var/.", ""])


class _Server(BaseApplication):
    """gunicorn with one process and a few threads, in this very process: a second one would import everything again."""

    def __init__(self, host: str, port: int, greeting: str) -> None:
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.greeting = greeting
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self.address,
            "workers": 1,
            "threads": 8,
            "worker_class": "gthread",
            "loglevel": "warning",
            "control_socket_disable": True,
            "reload": bool(os.environ.get("RELOAD")),
            "when_ready": lambda _server: print(self.greeting, flush=True),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_wsgi_application()
