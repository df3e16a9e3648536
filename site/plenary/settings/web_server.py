"""gunicorn in production (`make serve`): as many processes as WEB_WORKERS says, a few threads each."""

import os
from typing import Any

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_WORKERS") or os.cpu_count() or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 4)
# Imported once, then forked: the processes share most of their memory, and a killed one is replaced in milliseconds.
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than a proxy keeps its connections, so that no request meets a closing door
max_requests = 50_000
max_requests_jitter = 5_000
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")


def pre_fork(_server: Any, _worker: Any) -> None:
    """No process inherits an open database connection."""
    from django.db import connections

    connections.close_all()
