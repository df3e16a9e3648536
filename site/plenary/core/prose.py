"""Plain text shown as prose: paragraphs, simple lists and links, with everything else escaped. Pure functions."""

import re
import unicodedata

from django.utils.html import conditional_escape, escape, format_html, urlize
from django.utils.safestring import SafeString, mark_safe

_BLANK_LINES = re.compile(r"\n\s*\n")
_ITEM = re.compile(r"^\s*[*•–-]\s+")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,200})\]\((https?://[^\s)]{1,1000})\)")


def render(text: str) -> SafeString:
    """Blank lines part paragraphs; lines that start with a dash or asterisk are a list; addresses become links."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = [_part(part) for part in _BLANK_LINES.split(text) if part.strip()]
    return mark_safe("\n".join(parts))  # noqa: S308 — every part escapes what it shows


def _part(part: str) -> str:
    lines = part.strip("\n").split("\n")
    if len(lines) > 1 and all(_ITEM.match(line) for line in lines):
        items = "".join(f"<li>{_inline(_ITEM.sub('', line))}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return "<p>" + "<br>".join(_inline(line) for line in lines) + "</p>"


def _inline(line: str) -> str:
    """Named links as Markdown writes them, and bare addresses."""
    pieces = []
    position = 0
    for found in _MARKDOWN_LINK.finditer(line):
        pieces.append(urlize(escape(line[position : found.start()]), nofollow=True))
        pieces.append(format_html('<a href="{}" rel="nofollow">{}</a>', found[2], found[1]))
        position = found.end()
    pieces.append(urlize(escape(line[position:]), nofollow=True))
    return "".join(conditional_escape(piece) for piece in map(mark_safe, pieces))


def initials(name: str) -> str:
    """What stands in place of a portrait: first letters of first and last word; of Han, Kana and Hangul the first sign."""
    words = [word for word in re.split(r"[\s\-]+", name) if word and unicodedata.category(word[0]).startswith("L")]
    if not words:
        return name[:1]
    if unicodedata.east_asian_width(words[0][0]) in "WF":
        return words[0][0]
    chosen = [words[0]] if len(words) == 1 else [words[0], words[-1]]
    # Arabic letters join: two initials side by side would read as a word, so one stands alone.
    if unicodedata.bidirectional(words[0][0]) in {"AL", "R"}:
        return words[0][0]
    return "".join(word[0] for word in chosen).upper()
