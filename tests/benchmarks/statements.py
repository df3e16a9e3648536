"""Counts the SQL statements of one request and says so in a header. Requests that do not ask pay one look-up."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASK, ANSWER = "X-Bench-Count", "X-Bench-Statements"


class CountStatements:
    """Stands before everything, so that nothing is left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_X_BENCH_COUNT" not in request.META:
            return self.get_response(request)
        count = 0

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = self.get_response(request)
        response.headers[ANSWER] = str(count)
        return response
