"""How a message is shown to somebody it was not written to: its HTML apart, in an address of its own, unable to do anything."""

from django.http import HttpResponse
from django.utils.html import escape

from plenary.core.languages import get
from plenary.core.models import Message

# No scripts, no requests, no forms; links leave the frame only when a person clicks them.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; frame-ancestors 'self'; sandbox {rights}"
READING = "allow-popups allow-popups-to-escape-sandbox"
FOLLOWING = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
_EMPTY = "<!doctype html><html lang='{lang}'><head><title>{title}</title></head><body><pre>{text}</pre></body></html>"


def html_part(message: Message, *, links: str) -> HttpResponse:
    """The HTML of a message for a frame; `links` is the frame's target for links: `_blank`, or `_top` in the demo mailbox."""
    language = get(message.language)
    html = message.html or _EMPTY.format(lang=language.bcp47, title=escape(message.subject), text=escape(message.text))
    html = html.replace("<head>", f'<head><base target="{links}">', 1)
    response = HttpResponse(html)
    rights = FOLLOWING if links == "_top" else READING
    response.headers["Content-Security-Policy"] = POLICY.format(rights=rights)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-store, private"
    return response
