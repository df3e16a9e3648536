"""Addresses of the product itself: the language redirect, liveness and readiness."""

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers

from plenary.core.upkeep import worker_state


@vary_on_headers("Accept-Language", "Cookie")
def to_language(request: HttpRequest) -> HttpResponse:
    """`/` sends a visitor to the language of the browser."""
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Touches nothing else, so a slow database does not get healthy processes killed."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, cache and worker answer. A machine that runs without a worker (SQLite) is ready without one."""
    checks: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = "ok"
    except Exception as error:
        checks["database"] = type(error).__name__
    try:
        cache.set("readyz", "ok", 10)
        checks["cache"] = "ok" if cache.get("readyz") == "ok" else "lost"
    except Exception as error:
        checks["cache"] = type(error).__name__
    if worker := _worker_check():
        checks["worker"] = worker
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _worker_check() -> str | None:
    expected = settings.TASKS["default"]["BACKEND"].endswith("ProcrastinateBackend")
    try:
        return worker_state() or ("missing" if expected else None)
    except Exception as error:
        return type(error).__name__


def media(request: HttpRequest, path: str) -> FileResponse:
    """Public pictures, from wherever they are stored. Only the folders named in urls.py: documents and originals go
    through views that check who asks (an embargoed release lies beside a public one)."""
    try:
        file = default_storage.open(path)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(file)
    # Wagtail gives a changed picture another name.
    response.headers["Cache-Control"] = "public, max-age=604800"
    return response
