"""Content as JSON: Wagtail's API v2, showing exactly what the public pages show. Routers of facts and forms are next door."""

from __future__ import annotations

from typing import Any

from django.db import DataError, models
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.documents.models import Document
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.models import Page

from plenary.api.frame import as_problem
from plenary.core.problems import BAD_REQUEST, MEDIA_TYPE, Problem, general
from portal.querysets import open_pages
from publicity.querysets import closed_documents

_DIGITS = 9  # more reach no row, but databases each fail in another way on them


class JsonOnly(BaseAPIViewSet):
    """JSON and no browsable page (its inline scripts break our policy), and an answer for numbers no database knows."""

    renderer_classes = [JSONRenderer]
    authentication_classes = ()  # what staff may see beyond the public is not for programs of other pages
    permission_classes = ()

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        request._request.session = {}  # pages under a password look here for leave; nobody has any
        super().initial(request, *args, **kwargs)
        if any(len(request.GET.get(name, "")) > _DIGITS for name in ("limit", "offset", "id")):
            raise BadRequestError("a number is out of range")

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, BadRequestError):
            return _as_response(Problem(BAD_REQUEST, str(exc)))
        if isinstance(exc, OverflowError | DataError | ValueError):
            return _as_response(Problem(BAD_REQUEST, _("A parameter is out of range.")))
        if isinstance(exc, APIException):
            return _as_response(Problem(general(exc.status_code)), allow=self.allowed_methods)
        return _as_response(as_problem(exc))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == status.HTTP_200_OK:
            response.headers.setdefault("Cache-Control", "public, max-age=60")
        return response


def _as_response(problem: Problem, allow: list[str] | None = None) -> Response:
    response = Response(problem.as_json(), status=problem.kind.status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if allow and problem.kind.status == status.HTTP_405_METHOD_NOT_ALLOWED:
        response["Allow"] = ", ".join(allow)
    return response


class PagesViewSet(JsonOnly, PagesAPIViewSet):
    """Pages of public events; a release under embargo is not among them."""

    def get_base_queryset(self) -> models.QuerySet[Any]:
        readable = open_pages(super().get_base_queryset().public())
        # As a list of keys: the search that may follow understands nothing cleverer.
        found: models.QuerySet[Any] = Page.objects.filter(pk__in=readable.values("pk"))
        return found

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """A list tells facts only where they are asked for; then all its pages get them together."""
        pages = list(super().paginate_queryset(queryset))
        return _with_facts(pages) if "fields" in self.request.GET else _with_locale(pages)

    def get_object(self) -> Any:
        return _with_facts([super().get_object()])[0]


def _with_locale(pages: list[Any]) -> list[Any]:
    prefetch_related_objects(pages, "locale")
    return pages


def _with_facts(pages: list[Any]) -> list[Any]:
    """Pages of one model with what their `api_facts` name, in as many statements for many as for one."""
    facts = getattr(type(pages[0]), "api_facts", ()) if pages else ()
    prefetch_related_objects(_with_locale(pages), *facts)
    return pages


class DocumentsViewSet(JsonOnly, DocumentsAPIViewSet):
    """Documents that everybody may take."""

    def get_queryset(self) -> models.QuerySet[Any]:
        documents: models.QuerySet[Any] = super().get_queryset()
        found: models.QuerySet[Any] = Document.objects.filter(
            pk__in=documents.exclude(pk__in=closed_documents(timezone.now())).values("pk")
        ).order_by("id")
        return found


class ImagesViewSet(JsonOnly, ImagesAPIViewSet):
    """Images, whose addresses are public anyway."""


content = WagtailAPIRouter("content")
content.register_endpoint("pages", PagesViewSet)
content.register_endpoint("images", ImagesViewSet)
content.register_endpoint("documents", DocumentsViewSet)
