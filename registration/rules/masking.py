"""Finds a person in what others wrote, by name in any script and order, by address or telephone number, and takes them out.

Pure. It errs on the side of other people: a family name alone may be somebody else's and stays; so do nicknames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from plenary.core.names import fold, normalise_email

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_BETWEEN = re.compile(r"[\s,.·‧・]{0,3}")
_PHONE = re.compile(r"\+?\d[\d\s()./\-]{5,}\d")
_DIGITS = 8  # the end of a number that tells it from others, whatever stands before it
_SHORTEST = 3  # letters of a name of one word, below which it is any word


@dataclass(frozen=True)
class Naming:
    """How a person is named, and what stands in the place of it."""

    names: tuple[str, ...]
    email: str
    phones: tuple[str, ...]
    pseudonym: str

    @cached_property
    def _spelt(self) -> list[frozenset[str]]:
        """The folded words of each name."""
        found = {frozenset(fold(word) for word in _WORD.findall(name)) for name in self.names}
        return [words for words in found if len(words) > 1 or any(len(word) >= _SHORTEST for word in words)]

    @cached_property
    def _ends(self) -> frozenset[str]:
        numbers = (re.sub(r"\D", "", phone) for phone in self.phones)
        return frozenset(number[-_DIGITS:] for number in numbers if len(number) >= _DIGITS)

    def mask(self, text: str) -> str:
        """The text without the person; the same text where the person is not in it."""
        for address in {self.email, normalise_email(self.email)} - {""}:
            text = re.sub(re.escape(address), self.pseudonym, text, flags=re.IGNORECASE)
        # Names in scripts without spaces stand in the middle of what looks like one word.
        for name in self.names:
            if name and not name.isascii() and len(name) > 1:
                text = re.sub(re.escape(name), self.pseudonym, text, flags=re.IGNORECASE)
        if self._ends:
            text = _PHONE.sub(self._without_number, text)
        return self._without_names(text)

    def is_in(self, text: str) -> bool:
        return self.mask(text) != text

    def is_asked_for(self, words: str) -> bool:
        """Whether a search looks for this person: by address, or by nothing but words of the name."""
        asked = {fold(word) for word in _WORD.findall(words)}
        return self.is_in(words) or any(asked and asked <= name for name in self._spelt)

    def _without_number(self, found: re.Match[str]) -> str:
        return self.pseudonym if re.sub(r"\D", "", found[0])[-_DIGITS:] in self._ends else found[0]

    def _without_names(self, text: str) -> str:
        words = list(_WORD.finditer(text))
        folded = [fold(word[0]) for word in words]
        parts, end, place = [], 0, 0
        while place < len(words):
            length = max((self._run(words, folded, place, name) for name in self._spelt), default=0)
            if length:
                parts += [text[end : words[place].start()], self.pseudonym]
                end = words[place + length - 1].end()
            place += length or 1
        return "".join([*parts, text[end:]])

    def _run(self, words: Sequence[re.Match[str]], folded: Sequence[str], place: int, name: frozenset[str]) -> int:
        """How many words from here on are this name, in any order; 0 where it is not enough of it."""
        last = place
        while last < len(words) and folded[last] in name:
            between = words[last].string[words[last - 1].end() : words[last].start()] if last > place else ""
            if not _BETWEEN.fullmatch(between):
                break
            last += 1
        return last - place if len(set(folded[place:last])) >= min(2, len(name)) else 0


def naming(names: Iterable[str], *, email: str, phones: Iterable[str], pseudonym: str) -> Naming:
    """What to look for; what is empty is not looked for."""
    return Naming(tuple(name for name in names if name), email, tuple(phone for phone in phones if phone), pseudonym)
