"""Django's PostgreSQL engine, whose health check is not made for every request: it costs a tenth of a scan."""

import time

from django.db.backends.postgresql import base

TRUST = 1.0  # seconds a connection is believed to live after it answered


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that answered a moment ago is used as it is; one that lay idle is asked first (CONN_HEALTH_CHECKS)."""

    _answered_at = float("-inf")

    def close_if_health_check_failed(self) -> None:
        if time.monotonic() - self._answered_at < TRUST:
            # Decided for this request: asked again when a transaction ends, the question would open another one.
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._answered_at = time.monotonic()
