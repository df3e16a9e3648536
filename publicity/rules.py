"""What an embargo allows. Pure functions; where the visitor and the file come from is in access.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


def under_embargo(embargo_until: datetime | None, now: datetime) -> bool:
    """Whether an embargo still holds; at its very minute it is over. Both times aware."""
    return embargo_until is not None and now < embargo_until


def may_read(*, embargo_until: datetime | None, now: datetime, accredited: bool, staff: bool = False) -> bool:
    """Whether a visitor may read a published release and its files (product.md 6.5): all, or before the end the accredited."""
    return accredited or staff or not under_embargo(embargo_until, now)


@dataclass(frozen=True)
class Use:
    """One release that a file belongs to."""

    live: bool
    embargo_until: datetime | None


def may_take(
    uses: Iterable[Use], *, now: datetime, accredited: bool, staff: bool = False, elsewhere: bool = False
) -> bool:
    """Whether a visitor may take a file.

    The strictest use decides: a file in one embargoed release stays closed though another release, or a page elsewhere,
    shows it too. A file whose releases are all unpublished is for staff alone, unless a public page uses it (`elsewhere`).
    """
    known = list(uses)
    if staff or not known:
        return True
    published = [use for use in known if use.live]
    if not published:
        locked = any(under_embargo(use.embargo_until, now) for use in known)
        return elsewhere and not locked
    return accredited or not any(under_embargo(use.embargo_until, now) for use in known)
