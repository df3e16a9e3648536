"""What a draft keeps, forgets, and becomes: one registration, however often it is sent."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.models import Message
from registration import actions
from registration.actions import Particulars
from registration.emails import guest_token
from registration.models import Draft, Registration, Upload
from registration.rules import State
from registration.uploads import Checked, open_upload
from tests.factories.registration import (
    CategoryFactory,
    DraftFactory,
    QuestionFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
AMINA = Particulars(email="Amina@Example.org", name="أمينة الحسن", latin_name="Amina Al Hassan", nationality="EG")


def sign_up(category, particulars=AMINA, **more):
    more = {"answers": {}, "language": "ar", "origin": uuid.uuid4(), "source": "site", **more}
    return actions.sign_up(category=category, particulars=particulars, **more)


def taken(category) -> int:
    category.refresh_from_db()
    return category.taken


def kinds_to(registration) -> list[str]:
    return [message.kind for message in Message.objects.of(registration).order_by("created_at")]


# -- drafts -------------------------------------------------------------------------------------------------------------
def submit(draft, particulars=AMINA, upload_ids=frozenset()):
    return actions.submit(draft=draft, particulars=particulars, answers={}, upload_ids=set(upload_ids), language="fr")


def test_a_draft_keeps_each_step_encrypted():
    draft = DraftFactory()
    actions.save_draft(draft=draft, step="you", typed={"name": ["Amina"]})
    actions.save_draft(draft=draft, step="questions", typed={"q-diet": ["vegan"]})
    stored = Draft.objects.get(pk=draft.pk)
    assert json.loads(stored.content) == {"you": {"name": ["Amina"]}, "questions": {"q-diet": ["vegan"]}}
    raw = Draft.objects.filter(pk=draft.pk).extra(select={"raw": "content"}).values_list("raw")
    assert "Amina" not in raw[0][0]


def test_a_draft_sent_twice_is_one_registration_and_forgets_what_was_typed():
    draft = DraftFactory(content=json.dumps({"you": {"name": ["Amina"]}}))
    first = submit(draft)
    assert submit(draft) == first
    assert Registration.objects.get().origin == draft.pk
    assert json.loads(Draft.objects.get(pk=draft.pk).content) == {"email": AMINA.email, "waits": False}


def test_saving_after_sending_changes_nothing():
    draft = DraftFactory()
    submit(draft)
    actions.save_draft(draft=draft, step="you", typed={"name": ["Late keystroke"]})
    assert "Late" not in Draft.objects.get(pk=draft.pk).content


def test_a_known_address_is_told_by_mail_and_nobody_else_learns_it():
    category = CategoryFactory()
    known = RegistrationFactory(category=category, email="amina@example.org", state=State.APPROVED, language="es")
    assert submit(DraftFactory(category=category)) is None
    message = Message.objects.get()
    assert (message.kind, message.language) == ("registration.already", "es")
    assert f"/my/{guest_token(known)}/" in message.text
    assert taken(category) == 1


def test_typing_a_known_address_all_day_sends_one_mail_an_hour():
    category = CategoryFactory()
    RegistrationFactory(category=category, email="amina@example.org")
    for _attempt in range(3):
        submit(DraftFactory(category=category))
    assert Message.objects.count() == 1


def test_files_go_with_the_registration_and_those_not_wanted_go_away():
    draft = DraftFactory()
    passport, other = QuestionFactory(event=draft.event, kind="file"), QuestionFactory(event=draft.event, kind="file")
    wanted = actions.attach_upload(owner=draft, question=passport, checked=Checked("a.pdf", "application/pdf", b"one"))
    unwanted = actions.attach_upload(owner=draft, question=other, checked=Checked("b.pdf", "application/pdf", b"two"))
    registration = submit(draft, upload_ids={wanted.pk})
    kept = Upload.objects.get()
    assert (kept.pk, kept.registration, kept.draft) == (wanted.pk, registration, None)
    assert open_upload(kept) == b"one"
    assert not Upload.objects.filter(pk=unwanted.pk).exists()


def test_a_question_holds_one_file_and_storage_holds_no_clear_text(django_capture_on_commit_callbacks):
    draft = DraftFactory()
    question = QuestionFactory(event=draft.event, kind="file")
    first = actions.attach_upload(owner=draft, question=question, checked=Checked("a", "image/png", b"secret one"))
    with first.file.open("rb") as stored:
        assert b"secret" not in stored.read()
    with django_capture_on_commit_callbacks(execute=True):
        actions.attach_upload(owner=draft, question=question, checked=Checked("b", "image/png", b"secret two"))
    assert Upload.objects.count() == 1
    assert not first.file.storage.exists(first.file.name)


def test_old_drafts_are_forgotten_with_their_files(django_capture_on_commit_callbacks):
    old, fresh = DraftFactory(), DraftFactory()
    upload = actions.attach_upload(
        owner=old, question=QuestionFactory(event=old.event, kind="file"), checked=Checked("a", "image/png", b"x")
    )
    Draft.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=15))
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.clear_drafts() == 1
    assert list(Draft.objects.all()) == [fresh]
    assert not upload.file.storage.exists(upload.file.name)


def test_a_sent_draft_stays_sent_whatever_becomes_of_the_address():
    draft = DraftFactory()
    known = RegistrationFactory(category=draft.category, email=AMINA.email)
    assert submit(draft) is None
    actions.withdraw(registration_id=known.pk)
    assert submit(draft) is None  # the back button a day later registers nobody
    assert Registration.objects.count() == 1
