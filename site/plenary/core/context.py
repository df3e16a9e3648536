"""What every page knows of its reader: language, direction, the addresses of the same page in the other languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from plenary.core.languages import DEFAULT, LANGUAGES, get


def interface(request: HttpRequest) -> dict[str, Any]:
    """Template variables `ui_language` (a Language) and `ui_languages` (with the address of this page in each)."""
    current = get(get_language())
    prefix = f"/{current.code}/"
    path = request.path
    rest = path[len(prefix) :] if path.startswith(prefix) else None
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    return {
        "ui_language": current,
        "ui_languages": [
            {
                "language": language,
                "active": language == current,
                "url": f"/{language.code}/{rest}{query}" if rest is not None else f"/{language.code}/",
                # Without the query: a filtered list is the same page to those who index it.
                "canonical": f"{base}/{language.code}/{rest or ''}",
            }
            for language in LANGUAGES
        ],
        "has_translated_address": rest is not None,
        "default_address": f"{base}/{DEFAULT.code}/{rest or ''}",
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
