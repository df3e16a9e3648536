"""A sign-up on its way: begun, saved step by step, given files, forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from registration.actions.storing import discard, store
from registration.models import Category, Draft, MemberDraft, Question, Registration, Upload
from registration.uploads import Checked

FORGET_AFTER = timedelta(days=14)


def start_draft(*, category: Category, language: str) -> Draft:
    """Begin a sign-up. Nothing is promised yet: places are counted when it is sent."""
    return Draft.objects.create(event=category.event, category=category, language=language, content="{}")


@transaction.atomic
def save_draft(*, draft: Draft, step: str, typed: Mapping[str, list[str]]) -> Draft:
    """Keep what was typed at one step, right or wrong. A draft that was sent stays as it is."""
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    if locked.sent_at is not None:
        return locked
    content = json.loads(locked.content or "{}")
    content[step] = dict(typed)
    locked.content = json.dumps(content, ensure_ascii=False)
    locked.save(update_fields=["content", "changed_at"])
    draft.content, draft.changed_at = locked.content, locked.changed_at
    return draft


@transaction.atomic
def attach_upload(*, owner: Draft | Registration, question: Question | None, checked: Checked) -> Upload:
    """Store a checked file, encrypted. A question holds one file: the new one takes the place of the old."""
    place = {"draft": owner} if isinstance(owner, Draft) else {"registration": owner}
    if question is not None:
        discard_uploads(Upload.objects.filter(question=question, **place))
    return store(Upload(question=question, **place), checked)


def remove_upload(*, upload: Upload) -> None:
    """Take one file away, from the record and from storage."""
    discard_uploads([upload])


def discard_uploads(uploads: Iterable[Upload]) -> None:
    """Delete files of guests."""
    for upload in list(uploads):
        discard(upload)


def clear_drafts(*, limit: int = 1_000) -> int:
    """Forget drafts that nobody touched for two weeks, with their files; answers how many.

    The same of what was typed about somebody who is registered already: the page promises it.
    """
    forgotten = list(Draft.objects.forgotten(timezone.now(), FORGET_AFTER)[:limit])
    for draft in forgotten:
        with transaction.atomic():
            discard_uploads(Upload.objects.filter(draft=draft))
            draft.delete()
    typed = MemberDraft.objects.filter(changed_at__lt=timezone.now() - FORGET_AFTER)
    return len(forgotten) + typed.delete()[0]
