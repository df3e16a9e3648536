"""A supervisor watches the board while a phone scans; and counts heads by the phone when there is no network."""

from plenary.core.permissions import signed_in  # noqa: F401
