"""Keeps what opens somebody's page out of the logs: a guest's link in a log file would be a key lying about."""

import logging
import re
from typing import Any

# The place of a token in our addresses (docs/reference/settings.md names the loggers this is applied to).
_TOKENS = re.compile(
    r"(?P<place>/(?:my|badge|invitation|register/confirm|press/access|api/v1/registrations)/)(?P<token>[^/\s?\"']{8,})"
)


def mask(text: str) -> str:
    """The text with every token in an address replaced by its first four characters, enough to tell two apart."""
    return _TOKENS.sub(lambda found: f"{found['place']}{found['token'][:4]}…", text)


class MaskTokens(logging.Filter):
    """Rewrites a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask(str(record.msg))
        if isinstance(record.args, dict):
            record.args = {name: _masked(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_masked(value) for value in record.args)
        return True


def _masked(value: Any) -> Any:
    return mask(value) if isinstance(value, str) else value
