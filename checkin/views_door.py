"""The scanning app's page, its words, its service worker and its manifest. Scans themselves go to the JSON API."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from checkin import door_files
from checkin.door_texts import texts_in
from plenary.core.languages import BY_CODE, LANGUAGES, get

BACKGROUND = "#0b1016"


@require_safe
@cache_control(no_cache=True)
@vary_on_headers("Accept-Language", "Cookie")
def app(request: HttpRequest) -> HttpResponse:
    """The page of the app. A phone keeps it, so it must not depend on who asks for it."""
    language = get(get_language())
    return render(
        request,
        "door/app.html",
        {
            "language": language,
            "modules": door_files.modules(),
            "settings_of_app": _settings_of_app(),
            "texts": texts_in(language),
            "background": BACKGROUND,
        },
    )


def _settings_of_app() -> dict[str, Any]:
    return {
        "api": {
            "enrol": "/api/v1/checkin/enrol",
            "session": "/api/v1/checkin/session",
            "search": "/api/v1/checkin/search",
            "scans": "/api/v1/checkin/scans",
            "snapshot": "/api/v1/checkin/snapshot",
            "passages": "/api/v1/checkin/passages",
            "portraits": "/api/v1/checkin/portraits",
            "faces": "/api/v1/checkin/portraits/faces",
            "report": "/api/v1/checkin/report",
            "undo": "/api/v1/checkin/scans/SCAN/undo",
        },
        "version": door_files.version(),
        "decoder": {
            "worker": static(door_files.WORKER),
            "reader": static(door_files.READER),
            "wasm": static(door_files.WASM),
        },
        "service_worker": reverse("door:service-worker"),
        "languages": [
            {
                "code": language.code,
                "tag": language.bcp47,
                "name": language.name,
                "texts": _texts_address(language.code),
            }
            for language in LANGUAGES
        ],
    }


def _texts_address(code: str) -> str:
    return reverse("door:texts", args=[code])


@require_safe
@cache_control(no_cache=True)
def texts(request: HttpRequest, language: str) -> HttpResponse:
    """The app's words in one language."""
    if language not in BY_CODE:
        raise Http404
    etag = f'"{door_files.version()}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return JsonResponse(texts_in(BY_CODE[language]), headers={"ETag": etag})


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that lets the app open without a network; its version is that of all it keeps."""
    kept = [
        reverse("door:app"),
        reverse("door:manifest"),
        *(_texts_address(language.code) for language in LANGUAGES),
        *door_files.addresses(),
    ]
    context = {"version": door_files.version(), "kept": kept, "page": reverse("door:app")}
    return render(request, "door/sw.js", context, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
@vary_on_headers("Accept-Language", "Cookie")
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app on its home screen."""
    language = get(get_language())
    page = reverse("door:app")
    return JsonResponse(
        {
            "id": page,
            "name": _("%(site)s door") % {"site": settings.SITE_NAME},
            "short_name": _("Door"),
            "description": _("Scans the badges of an event’s guests."),
            "lang": language.bcp47,
            "dir": language.direction,
            "start_url": page,
            "scope": page,
            "display": "standalone",
            "orientation": "portrait",
            "background_color": BACKGROUND,
            "theme_color": BACKGROUND,
            "icons": [
                {
                    "src": static(f"checkin/icons/{name}"),
                    "sizes": "192x192" if "192" in name else "512x512",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, purpose in door_files.ICONS.items()
            ],
        },
        content_type="application/manifest+json",
    )
