"""The ninja API of this house: problems instead of ad-hoc errors, and a description in which every operation's errors stand.

It knows no router; `plenary.api` puts them in.
"""

from __future__ import annotations

import logging
import traceback
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from plenary.api.description import complete
from plenary.core.api import render_json
from plenary.core.problems import (
    BAD_REQUEST,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    MEDIA_TYPE,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    FieldError,
    Problem,
    Text,
    general,
    pointer,
)

logger = logging.getLogger(__name__)

# Pydantic speaks English only; these are the messages a front-end shows its visitors.
MESSAGES: dict[str, Text] = {
    "missing": _("This value is missing."),
    "extra_forbidden": _("This name is not known here."),
    "string_type": _("This must be a text."),
    "string_too_short": _("This text is too short."),
    "string_too_long": _("This text is too long."),
    "string_pattern_mismatch": _("This text does not have the expected form."),
    "int_type": _("This must be a whole number."),
    "int_parsing": _("This must be a whole number."),
    "float_type": _("This must be a number."),
    "float_parsing": _("This must be a number."),
    "bool_type": _("This must be true or false."),
    "bool_parsing": _("This must be true or false."),
    "greater_than_equal": _("This number is too small."),
    "less_than_equal": _("This number is too large."),
    "list_type": _("This must be a list."),
    "too_short": _("This list is too short."),
    "too_long": _("This list is too long."),
    "dict_type": _("This must be an object."),
    "model_type": _("This must be an object."),
    "model_attributes_type": _("This must be an object."),
    "literal_error": _("This is not one of the possible values."),
    "enum": _("This is not one of the possible values."),
    "uuid_type": _("This must be a UUID."),
    "uuid_parsing": _("This must be a UUID."),
    "datetime_type": _("This must be a date and time as in RFC 3339."),
    "datetime_parsing": _("This must be a date and time as in RFC 3339."),
    "datetime_from_date_parsing": _("This must be a date and time as in RFC 3339."),
    "timezone_aware": _("This time needs its offset from UTC."),
}


def problem_response(problem: Problem) -> HttpResponse:
    """The HTTP answer of a problem."""
    response = HttpResponse(render_json(problem.as_json()), status=problem.kind.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    if problem.kind.status == HTTPStatus.UNAUTHORIZED:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


class PlenaryAPI(NinjaAPI):
    """NinjaAPI with our problems, our operation ids and a complete description."""

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, self.answer_exception)

    def answer_exception(self, request: HttpRequest, error: Any) -> HttpResponse:
        """Every exception of a view as a problem."""
        return problem_response(as_problem(error))

    def validation_error_from_error_contexts(self, error_contexts: list[ValidationErrorContext[Any]]) -> Any:
        return Problem(INVALID, errors=[found for context in error_contexts for found in _field_errors(context)])

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    @cached_property
    def _description(self) -> OpenAPISchema:
        return complete(super().get_openapi_schema(), self)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return self._description  # routers cannot be added once addresses exist, so it never changes


def as_problem(error: BaseException) -> Problem:
    """What a program is told of an exception. Only our own faults are logged."""
    match error:
        case Problem():
            return error
        case HttpError() if isinstance(error.__cause__, Problem):
            return error.__cause__  # ninja wraps whatever the reading of a body raises
        case AuthenticationError():
            return Problem(UNAUTHENTICATED)
        case Throttled():
            return Problem(TOO_MANY_REQUESTS)
        case HttpError():
            return Problem(general(error.status_code), error.message)
        case Http404():
            return Problem(NOT_FOUND)
        case PermissionDenied():
            return Problem(FORBIDDEN)
        case RequestDataTooBig():
            return Problem(TOO_LARGE)
        case UnreadablePostError() | SuspiciousOperation():
            return Problem(BAD_REQUEST)
        case ValidationError():
            return Problem(INVALID)
    _log_fault(error)
    return Problem(INTERNAL, _("Try again later; with the same Idempotency-Key nothing happens twice."))


def _log_fault(error: BaseException) -> None:
    """Class and place of an exception, never its text: databases quote the refused row, names and addresses included."""
    chain: list[str] = []
    link: BaseException | None = error
    while link is not None and len(chain) < 8:
        frames = "".join(traceback.format_tb(link.__traceback__))
        chain.append(f"{type(link).__name__}\n{frames}")
        link = link.__cause__ or link.__context__
    logger.error("API fault: %s", "while handling: ".join(chain))


def _field_errors(context: ValidationErrorContext[Any]) -> list[FieldError]:
    """Pydantic's findings for one part of a request, with pointers into what the client sent."""
    model: Any = context.model
    place = model.__ninja_param_source__
    wrapper = getattr(model, "__read_from_single_attr__", None)
    flattened = getattr(model, "__ninja_flatten_map_reverse__", {})
    found = []
    for error in context.pydantic_validation_error.errors(
        include_url=False, include_input=False, include_context=False
    ):
        steps = flattened.get(error["loc"], error["loc"])
        if wrapper and steps[:1] == (wrapper,):
            steps = steps[1:]  # ninja's name for the whole body stands in no document of the client
        code = error["type"]
        found.append(FieldError(pointer(*steps), MESSAGES.get(code, error["msg"]), code, place))
    return found
