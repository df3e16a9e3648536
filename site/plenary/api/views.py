"""What answers under /api/ where no router does."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from plenary.api.frame import problem_response
from plenary.core.problems import NOT_FOUND, Problem


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """A problem, or where only the slash at the end was forgotten the way to the right address, body and method kept."""
    if not request.path.endswith("/"):
        try:
            match = resolve(f"{request.path}/")
        except Resolver404:
            return problem_response(Problem(NOT_FOUND))
        if match.func is not nothing_here:
            response = HttpResponse(status=HTTPStatus.PERMANENT_REDIRECT)
            response["Location"] = request.get_full_path(force_append_slash=True)
            return response
    return problem_response(Problem(NOT_FOUND))
