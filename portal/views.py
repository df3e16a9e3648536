"""The two files that robots read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plenary.core.page_cache import cacheable
from portal.querysets import sitemap_entries


def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page visitors may read, with its address in each language."""
    entries = {"entries": sitemap_entries()}
    return cacheable(render(request, "portal/sitemap.xml", entries, content_type="application/xml"))


def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone: staff, programs, and pages that belong to one guest."""
    context = {"sitemap": reverse("portal:sitemap")}
    return cacheable(render(request, "portal/robots.txt", context, content_type="text/plain; charset=utf-8"))
