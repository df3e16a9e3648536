"""The page of the self-service kiosk; what it does goes to the JSON API."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from checkin import door_files
from plenary.core.languages import LANGUAGES

TEXTS = {
    "show": _("Hold your code before the camera, or type it"),
    "where": _("It is on the badge in your confirmation message, and on your own page."),
    "code": _("Registration code"),
    "go": _("Continue"),
    "you": _("Is this you?"),
    "yes": _("Yes, print my badge"),
    "no": _("No, start again"),
    "wait": _("One moment…"),
    "take": _("Please take your badge"),
    "desk": _("Please go to the desk"),
    "desk_more": _("Our colleagues there will help you."),
    "again": _("Start again"),
}


@require_safe
@cache_control(no_cache=True)
def kiosk(request: HttpRequest) -> HttpResponse:
    """The page: the first screen asks for the language, so it brings the words of all six."""
    context = {
        "site_name": settings.SITE_NAME,
        "settings_of_kiosk": {
            "api": {
                "enrol": "/api/v1/checkin/enrol",
                "guest": "/api/v1/checkin/kiosk/guest",
                "badge": "/api/v1/checkin/kiosk/badge",
            },
            "decoder": {
                "worker": static(door_files.WORKER),
                "reader": static(door_files.READER),
                "wasm": static(door_files.WASM),
            },
            "languages": [_spoken(language) for language in LANGUAGES],
        },
    }
    return render(request, "door/kiosk.html", context)


def _spoken(language: Any) -> dict[str, Any]:
    with override(language.code):
        texts = {key: str(text) for key, text in TEXTS.items()}
    return {
        "code": language.code,
        "tag": language.bcp47,
        "direction": language.direction,
        "name": language.name,
        "texts": texts,
    }
