"""Tells the page cache what happens to Wagtail's own records: pages published, moved or taken off, who may see them, sites.

Wagtail's signals only: our own apps call `refresh_public_pages()` from their actions.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Collection, Locale, PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from plenary.core.actions import refresh_public_pages


def _refresh(**_kwargs: Any) -> None:
    refresh_public_pages()


def connect() -> None:
    """Called once when the app is ready."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(_refresh, dispatch_uid="plenary-public-pages")
    for model in (PageViewRestriction, Site, Locale, Collection):
        for change in (post_save, post_delete):
            change.connect(_refresh, sender=model, dispatch_uid=f"plenary-public-pages-{model.__name__}")
