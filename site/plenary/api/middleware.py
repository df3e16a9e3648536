"""What HTTP asks of every address under /api/: language, cross-origin leave, HEAD and OPTIONS, problems in one form.

Requests to the API go from here straight to their view. Sessions, cookies, messages and redirects of the site are not
theirs, so nothing a visitor's browser carries can act through the API, and a scan at the door does not pay for them.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from plenary.api.frame import as_problem, problem_response
from plenary.core.problems import BAD_REQUEST, INVALID, MEDIA_TYPE, METHOD_NOT_ALLOWED, FieldError, Problem, general

PREFIX = "/api/v1/"
# Everything that needs no secret of ours may be read by pages of any origin: a headless front-end lives on another host.
# That is safe because these addresses never look at cookies (so a foreign page can do nothing in a visitor's name) and
# we never send Access-Control-Allow-Credentials. Doors and payment providers have no foreign pages: they get no leave.
OPEN_TO_ALL_ORIGINS = ("/api/v1/", "/api/v2/")
SAME_ORIGIN_ONLY = ("/api/v1/checkin/", "/api/v1/mail/", "/api/v1/stripe/")
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def allows_any_origin(path: str) -> bool:
    """Whether pages of other origins may call an address."""
    return path.startswith(OPEN_TO_ALL_ORIGINS) and not path.startswith(SAME_ORIGIN_ONLY)


class ApiMiddleware:
    """Frames requests under /api/; leaves all others alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        response = _answer(request)
        if allows_any_origin(request.path):
            for name, value in CORS.items():
                response.headers.setdefault(name, value)
        return response


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()  # refuses hosts that are not ours; CommonMiddleware does it elsewhere
        language = _language(request)
        with translation.override(language):
            response = _options(request) if request.method == "OPTIONS" else _run(request)
    except Exception as error:
        return _finished(problem_response(as_problem(error)), translation.get_language())
    return _finished(response, language)


def _language(request: HttpRequest) -> str:
    """`?lang=`, else what the client accepts. What a visitor once chose on the site (a cookie) changes no program's answer."""
    request.COOKIES.clear()
    wished = request.GET.get("lang")
    if "\0" in request.META.get("QUERY_STRING", "") or "%00" in request.META.get("QUERY_STRING", ""):
        raise Problem(BAD_REQUEST, _("A value holds the character U+0000."))
    if wished is None or not request.path.startswith(PREFIX):
        return translation.get_language_from_request(request)
    codes = [code for code, _name in settings.LANGUAGES]
    if wished not in codes:
        detail = _("The languages are: %(codes)s.") % {"codes": ", ".join(codes)}
        raise Problem(INVALID, errors=[FieldError("#/lang", detail, "enum", "query")])
    return wished


def _run(request: HttpRequest) -> HttpResponse:
    if request.method != "HEAD":
        return as_problem_response(_view_response(request))
    request.method = "GET"
    try:
        return as_problem_response(_view_response(request))
    finally:
        request.method = "HEAD"  # the server sends the headers of the GET and drops the body


def _view_response(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match = resolve(request.path_info)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if isinstance(response, SimpleTemplateResponse):
        response.render()  # the answers of Wagtail's API; the site's handler would do it
    return response


def _options(request: HttpRequest) -> HttpResponse:
    """What an address takes. The view is asked with a method none has: its refusal names those it has."""
    refusal = _view_response(request)
    if refusal.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return as_problem_response(refusal)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Allow"] = with_implied_methods(refusal["Allow"])
    if allows_any_origin(request.path):
        for name, value in PREFLIGHT.items():
            response[name] = value
        response["Access-Control-Allow-Methods"] = response["Allow"]
    return response


def _finished(response: HttpResponse, language: str | None) -> HttpResponse:
    """The headers every answer carries."""
    response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
    response.headers.setdefault("Content-Language", language or settings.LANGUAGE_CODE)
    patch_vary_headers(response, ("Accept-Language",))
    if not response.streaming and response.status_code not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


def with_implied_methods(allow: str) -> str:
    """The Allow header with what every address answers: OPTIONS, and HEAD wherever there is a GET."""
    methods = {method.strip() for method in allow.split(",") if method.strip()} | {"OPTIONS"}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def as_problem_response(response: HttpResponse) -> HttpResponse:
    """Errors that no view of ours wrote (an unknown method, a refused host) in the form of all others."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = with_implied_methods(response["Allow"])
        return problem_response(Problem(METHOD_NOT_ALLOWED, headers={"Allow": allow}))
    # A view's own challenge stays: a mail service learns from it that it has to send its secret.
    kept = {name: response[name] for name in ("WWW-Authenticate",) if name in response.headers}
    return problem_response(Problem(general(response.status_code), headers=kept))
