"""Reads the outbox as the person whose address it is: the last message, and the links in it."""

import re
import time
from dataclasses import dataclass

from plenary.core.models import Message

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Letter:
    """One message as it was sent."""

    kind: str
    language: str
    subject: str
    text: str
    html: str

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)

    def link(self, part: str) -> str:
        """The one link whose address holds `part`."""
        found = list(dict.fromkeys(link for link in self.links if part in link))
        assert len(found) == 1, f"{len(found)} links with {part!r} in «{self.subject}»: {self.links}"
        return found[0]


class Mailbox:
    """Messages that have left; waits a little, because they leave after the request's transaction."""

    def last(self, address: str, *, kind: str | None = None, patience: float = 10.0) -> Letter:
        """The newest message to an address, of one kind if wanted; fails when none came."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if letters := self.all(address, kind=kind):
                return letters[0]
            time.sleep(0.1)
        raise AssertionError(f"no message {kind or ''} to {address} came within {patience} s")

    def all(self, address: str, *, kind: str | None = None) -> list[Letter]:
        """Every sent message to an address, the newest first."""
        sent = Message.objects.filter(state=Message.State.SENT).order_by("-sent_at")
        if kind:
            sent = sent.filter(kind=kind)
        return [
            Letter(m.kind, m.language, m.subject, m.text, m.html)
            for m in sent
            if m.recipient.casefold() == address.casefold()
        ]
