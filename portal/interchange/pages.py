"""Writes the prose of many sessions and persons at once. One page at a time costs a hundred statements each; here a few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.search.backends import get_search_backends

from plenary.core.actions import Actor, refresh_public_pages
from plenary.events.models import Event, Person, Session
from portal.actions import create_event_pages, save_session_page, save_speaker_page
from portal.models import AgendaPage, SessionPage, SpeakerPage, SpeakersPage


def write_session_pages(event: Event, told: Sequence[tuple[Session, Mapping[str, str]]], *, by: Actor) -> None:
    """Tell sessions in the event's own language: `title`, `subtitle`, `abstract`, `description`."""
    if not told:
        return
    front = create_event_pages(event, by=by)
    agenda = AgendaPage.objects.child_of(front).get()
    present = set(
        SessionPage.objects.filter(session__event=event, locale=front.locale).values_list("session_id", flat=True)
    )
    new = []
    for session, texts in told:
        if session.pk in present:
            title = texts.get("title") or SessionPage.objects.get(session=session, locale=front.locale).title
            save_session_page(session, **{**texts, "title": title}, by=by)
        else:
            new.append(SessionPage(session=session, locale=front.locale, slug=session.slug, **texts))
    publish_many_below(agenda, new, by=by)


def write_speaker_pages(event: Event, told: Sequence[tuple[Person, str | None]], *, by: Actor) -> None:
    """Tell who persons are in the event's own language; None leaves a biography as it stands."""
    if not told:
        return
    front = create_event_pages(event, by=by)
    speakers = SpeakersPage.objects.child_of(front).get()
    pages = {page.person_id: page for page in SpeakerPage.objects.filter(person__event=event, locale=front.locale)}
    new = []
    for person, biography in told:
        if page := pages.get(person.pk):
            save_speaker_page(person, biography=page.biography if biography is None else biography, by=by)
        else:
            page = SpeakerPage(person=person, locale=front.locale, slug=person.slug, title=person.name[:255])
            page.biography = biography or ""
            new.append(page)
    publish_many_below(speakers, new, by=by)


def publish_many_below(parent: Page, pages: Sequence[Page], *, by: Actor) -> None:
    """Add new pages of one type under a page, live and with a first revision each, in a few statements for all.

    The same result as `add_child`, `save_revision`, `publish` one by one; slugs must be free, which the caller's own
    unique constraint assures.
    """
    if not pages:
        return
    parent.refresh_from_db(fields=["path", "depth", "numchild", "url_path"])
    _place(parent, pages)
    rows = Page.objects.bulk_create([_page_row(page) for page in pages])
    for page, row in zip(pages, rows, strict=True):
        page.pk = page.id = row.pk
        page.page_ptr_id = row.pk
        page.save_base(raw=True, force_insert=True)  # the row of its own type only; the common one is there
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + len(pages))
    _revise(pages, by)
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(type(pages[0]), list(pages))
    _index_references(pages)
    refresh_public_pages()


def _place(parent: Page, pages: Iterable[Page]) -> None:
    """Give every page its place after the last child."""
    last = parent.get_last_child()
    steps = Page.steplen
    taken = Page._str2int(last.path[-steps:]) if last else 0
    now = timezone.now()
    for number, page in enumerate(pages, start=taken + 1):
        page.depth = parent.depth + 1
        page.path = Page._get_path(parent.path, page.depth, number)
        page.numchild = 0
        page.url_path = f"{parent.url_path}{page.slug}/"
        page.draft_title = page.title
        page.live, page.has_unpublished_changes = True, False
        page.first_published_at = page.last_published_at = page.latest_revision_created_at = now
        page.content_type = ContentType.objects.get_for_model(type(page))


def _page_row(page: Page) -> Page:
    """The columns that every page has."""
    return Page(
        **{
            field.attname: getattr(page, field.attname)
            for field in Page._meta.local_concrete_fields
            if not field.primary_key
        }
    )


def _revise(pages: Sequence[Page], by: Actor) -> None:
    base = ContentType.objects.get_for_model(Page)
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                content_type=page.content_type,
                base_content_type=base,
                object_id=str(page.pk),
                user=by.user,
                created_at=page.last_published_at,
                content=page.serializable_data(),
                object_str=str(page),
            )
            for page in pages
        ]
    )
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision = page.live_revision = revision
    Page.objects.bulk_update(
        [_with_revision(page) for page in pages], ["latest_revision", "live_revision"], batch_size=200
    )


def _with_revision(page: Page) -> Page:
    return Page(pk=page.pk, latest_revision=page.latest_revision, live_revision=page.live_revision)


def _index_references(pages: Sequence[Page]) -> None:
    """Note which facts and pictures the pages use, as the framework does on saving."""
    for page in pages:
        ReferenceIndex.create_or_update_for_object(page)
