"""Tells people what does not fit in a machine-readable zone: which character of which line, and what it may have been."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registration.rules.mrz import Fault

_LOOK = gettext_lazy("Look again at characters %(first)d to %(last)d of line %(line)d.")
_CHECKS: Mapping[str, str | Promise] = {
    "number": gettext_lazy("Character %(character)d of line %(line)d does not fit the document number."),
    "birth": gettext_lazy("Character %(character)d of line %(line)d does not fit the date of birth."),
    "expiry": gettext_lazy("Character %(character)d of line %(line)d does not fit the date the document ends."),
    "optional": gettext_lazy("Character %(character)d of line %(line)d does not fit the personal number before it."),
    "whole": gettext_lazy("The last digit does not fit the lines as a whole."),
}
_OTHERS: Mapping[str, str | Promise] = {
    "lines": gettext_lazy(
        "Write all the lines at the bottom of the page that holds your picture: two in a passport, three on a card."
    ),
    "length": gettext_lazy(
        "Line %(line)d has %(seen)s characters, and should have %(instead)s. Every < counts, also those at the end."
    ),
    "character": gettext_lazy(
        "Character %(character)d of line %(line)d is “%(seen)s”. The lines hold only A to Z, digits and <."
    ),
    "digit": gettext_lazy("Character %(character)d of line %(line)d is “%(seen)s”, but a digit belongs there."),
    "date": gettext_lazy("Characters %(first)d to %(last)d of line %(line)d are no date of the calendar."),
    "country": gettext_lazy("Characters %(first)d to %(last)d of line %(line)d, “%(seen)s”, are no known country."),
    "sex": gettext_lazy("Character %(character)d of line %(line)d has to be F, M or <."),
    "no_name": gettext_lazy("Line %(line)d holds no name. Write it as it is printed."),
    "visa": gettext_lazy("These are the lines of a visa. Write those of the passport itself."),
}


def explain(fault: Fault) -> str:
    """One fault in a sentence or two of the active language."""
    facts = {
        "line": fault.line,
        "character": fault.character,
        "first": fault.first,
        "last": fault.last,
        "seen": fault.seen,
        "instead": fault.instead,
    }
    if fault.code != "check":
        return str(_OTHERS[fault.code]) % facts
    told = [str(_CHECKS[fault.field]) % facts]
    if fault.field == "whole":
        told.append(_("Look again at all of them, also at the name and the nationality."))
    else:
        told.append(str(_LOOK) % facts)
    if fault.seen:
        told.append(_("Perhaps the “%(seen)s” is a “%(instead)s”.") % facts)
    return " ".join(told)
