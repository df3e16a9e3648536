"""How one address is recognised where addresses themselves are encrypted. No database here."""

from plenary.core import crypto
from plenary.core.names import normalise_email


def address_index(email: str) -> str:
    """The blind index of an address: equal for one mailbox, however it was typed. No address, no index."""
    return crypto.blind_index(normalise_email(email), "registration.email") if email else ""
