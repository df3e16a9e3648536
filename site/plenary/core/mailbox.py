"""The mailbox of a development machine: every message there is, so that a newcomer can follow the links. Never in production."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from plenary.core import csp
from plenary.core.languages import get
from plenary.core.message_parts import html_part
from plenary.core.models import Message
from plenary.core.outbox import render_attachments

PER_PAGE = 30
_POLICY = csp.render(csp.STRICT | {"frame-src": "'self'"})
View = Callable[..., HttpResponse]


def development_page(view: View) -> View:
    """A page that answers only where settings.PLENARY_DEVELOPMENT_PAGES says so: it shows what is nobody's business."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PLENARY_DEVELOPMENT_PAGES:
            raise Http404
        return view(request, *args, **kwargs)

    return require_GET(guarded)


@development_page
def mailbox(request: HttpRequest) -> HttpResponse:
    """All messages, the newest first."""
    found = Message.objects.defer("text", "html").order_by("-created_at", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    lines = [(message, get(message.language)) for message in page]
    return render(request, "development/mailbox.html", {"page": page, "lines": lines})


@development_page
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One message: HTML, text, attachments."""
    found = get_object_or_404(Message, pk=pk)
    context = {
        "message": found,
        "in_language": get(found.language),
        "attachments": [(index, attachment["kind"]) for index, attachment in enumerate(found.attachments)],
    }
    response = render(request, "development/message.html", context)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@development_page
def message_html(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The HTML part, for the frame of the page above. A link opens where the mailbox was."""
    return html_part(get_object_or_404(Message, pk=pk), links="_top")


@development_page
def attachment(request: HttpRequest, pk: UUID, index: int) -> HttpResponse:
    """One attachment, made as the sender would make it now."""
    found = get_object_or_404(Message, pk=pk)
    if index >= len(found.attachments):
        raise Http404(_("This message has no such attachment."))
    found.attachments = [found.attachments[index]]
    [(name, content, media_type)] = render_attachments(found)
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
