"""Sign-up and the guest's own page over HTTP, without script: nothing lost, nothing doubled, nothing told to strangers."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.models import Message
from plenary.events.rules import ApprovalState
from registration import actions
from registration.models import Category, Draft, Registration, Upload
from registration.rules import State
from registration.uploads import MAX_BYTES
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, DraftFactory, QuestionFactory, RegistrationFactory
from tests.registration.files import upload
from tests.registration.guest import PERSON, address, begin, finish, my

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")


# -- categories ---------------------------------------------------------------------------------------------------------
def test_each_category_says_whether_it_is_open_and_what_to_do(client):
    event = EventFactory()
    now = timezone.now()
    CategoryFactory(event=event, slug="now", closes_at=now + timedelta(days=1))
    CategoryFactory(event=event, slug="later", opens_at=now + timedelta(days=1))
    CategoryFactory(event=event, slug="over", closes_at=now - timedelta(days=1))
    CategoryFactory(event=event, slug="full", quota=0)
    CategoryFactory(event=event, slug="hidden", public=False)
    html = client.get(address(event)).content.decode()
    for words in ("Open until", "Registration opens on", "Registration ended on", "All places are taken"):
        assert words in html
    assert re.findall(r'name="category" value="([^"]+)"', html) == ["now"]


def test_the_page_of_an_event_that_is_not_public_is_not_there(client):
    assert client.get(address(EventFactory(published=False))).status_code == 404
    assert client.get(address(EventFactory(approval=ApprovalState.DRAFT))).status_code == 404


def test_looking_at_the_categories_makes_no_draft(client):
    client.get(address(CategoryFactory()) + "?category=x")
    assert not Draft.objects.exists()


@pytest.mark.parametrize("slug", ["full", "hidden", "none", "", "' OR 1=1 --"])
def test_a_category_that_cannot_be_chosen_is_refused_kindly(client, slug):
    event = EventFactory()
    CategoryFactory(event=event, slug="full", quota=0)
    CategoryFactory(event=event, slug="hidden", public=False)
    response = client.post(address(event), {"category": slug})
    assert response.status_code == 409
    assert "takes no registration now" in response.content.decode()
    assert not Draft.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_categories(client, statements_of):
    event = EventFactory()
    CategoryFactory(event=event)
    one = statements_of(lambda: client.get(address(event)))
    CategoryFactory.create_batch(2, event=event)
    assert statements_of(lambda: client.get(address(event))) == one


# -- steps --------------------------------------------------------------------------------------------------------------
def test_a_guest_signs_up_step_by_step(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="diet", required=True)
    QuestionFactory(event=category.event, key="privacy", kind="consent", required=True)
    draft = begin(client, category, "fr")
    assert client.post(draft + "you/", PERSON)["Location"] == draft + "questions/"
    assert client.post(draft + "questions/", {"q-diet": "vegan"})["Location"] == draft + "review/"
    review = client.get(draft + "review/").content.decode()
    assert "Amina Osman" in review
    assert "vegan" in review
    assert client.post(draft + "review/", {"q-privacy": "on"})["Location"] == draft + "sent/"
    assert "amina@example.org" in client.get(draft + "sent/").content.decode()
    registration = Registration.objects.get()
    assert (registration.language, registration.state) == ("fr", State.UNCONFIRMED)
    assert registration.answer_data == {"diet": "vegan", "privacy": True}


def test_what_was_typed_wrong_is_still_there_with_the_error_beside_it(client):
    draft = begin(client, CategoryFactory())
    html = client.post(
        draft + "you/", PERSON | {"email": "amina at example", "organisation": "<b>Water</b>"}, follow=True
    ).content.decode()
    assert 'value="amina at example"' in html
    assert 'value="&lt;b&gt;Water&lt;/b&gt;"' in html
    assert re.search(
        r'<input[^>]*id="id_email"[^>]*aria-describedby="id_email_helptext id_email_error"', html
    ) or re.search(r'<input[^>]*aria-describedby="id_email_helptext id_email_error"[^>]*id="id_email"', html)
    assert 'id="id_email_error"' in html
    assert '<a href="#id_email">' in html
    again = client.get(draft + "you/").content.decode()  # another day, another browser: the same address
    assert 'value="amina at example"' in again


def test_going_back_over_an_error_sends_nothing_again(client):
    draft = begin(client, CategoryFactory())
    response = client.post(draft + "you/", PERSON | {"email": "nobody"})
    assert response["Location"] == draft + "you/?check=1"
    assert "name@example.org" in client.get(response["Location"]).content.decode()
    client.post(draft + "you/", PERSON)
    client.post(draft + "review/", {})
    assert client.get(response["Location"])["Location"] == draft + "sent/"


def test_a_pause_in_typing_saves_without_judging(client):
    draft = begin(client, CategoryFactory())
    response = client.post(draft + "you/", {"name": "Ami", "go": "save"})
    assert (response.status_code, response.content) == (204, b"")
    assert 'value="Ami"' in client.get(draft + "you/").content.decode()


def test_going_back_keeps_what_was_typed(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="diet")
    draft = begin(client, category)
    client.post(draft + "you/", PERSON)
    assert client.post(draft + "questions/", {"q-diet": "vegan", "go": "back"})["Location"] == draft + "you/"
    assert 'value="vegan"' in client.get(draft + "questions/").content.decode()


def test_nobody_gets_past_an_unfinished_step(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="diet", required=True)
    draft = begin(client, category)
    assert client.get(draft + "review/")["Location"] == draft + "you/"
    client.post(draft + "you/", PERSON)
    assert client.get(draft + "review/")["Location"] == draft + "questions/"
    assert client.post(draft + "review/", {})["Location"] == draft + "questions/"
    assert client.get(draft + "sent/")["Location"] == draft + "questions/"
    assert client.get(draft + "elsewhere/").status_code == 404
    assert not Registration.objects.exists()


def test_pressing_send_twice_or_going_back_and_sending_again_is_one_registration(client):
    draft = begin(client, CategoryFactory())
    assert finish(client, draft)["Location"] == draft + "sent/"
    assert finish(client, draft)["Location"] == draft + "sent/"
    assert client.post(draft + "you/", PERSON | {"email": "other@example.org"})["Location"] == draft + "sent/"
    assert Registration.objects.get().email == "amina@example.org"
    assert Message.objects.count() == 1


def test_a_stranger_cannot_tell_whether_an_address_is_registered(client):
    category = CategoryFactory()
    pages = []
    for _attempt in range(2):
        draft = begin(client, category)
        finish(client, draft)
        page = client.get(draft + "sent/")
        pages.append(re.sub(r"[0-9a-f-]{36}|value=\"\w{64}\"", "", page.content.decode()))
    assert pages[0] == pages[1]
    assert Registration.objects.count() == 1


def test_the_last_place_lost_in_the_last_moment_keeps_the_form(client):
    category = CategoryFactory(quota=1)
    draft = begin(client, category)
    RegistrationFactory(category=category)
    response = finish(client, draft)
    assert response.status_code == 409
    assert "What you typed is kept" in response.content.decode()
    Category.objects.filter(pk=category.pk).update(quota=2)
    assert client.post(draft + "review/", {})["Location"] == draft + "sent/"


def test_extra_and_doubled_fields_do_no_harm(client):
    draft = begin(client, CategoryFactory())
    response = client.post(
        draft + "you/", PERSON | {"state": "approved", "category": "vip", "name": ["Amina", "Bob"]}, follow=True
    )
    assert "more than once" in response.content.decode()
    client.post(draft + "you/", PERSON | {"state": "approved", "code": "AAAA"})
    client.post(draft + "review/", {"needs_review": "0"})
    assert Registration.objects.get().state == State.UNCONFIRMED


def test_a_draft_of_another_event_does_not_open(client):
    draft = DraftFactory()
    other = EventFactory()
    response = client.get(f"/en/register/{other.slug}/{draft.pk}/you/")
    assert response.status_code == 404
    assert "no longer here" in response.content.decode()


def test_forged_posts_are_refused():
    category = CategoryFactory()
    strict = Client(enforce_csrf_checks=True)
    draft = DraftFactory(category=category)
    assert strict.post(f"{address(category)}{draft.pk}/you/", PERSON).status_code == 403
    assert strict.post(my(RegistrationFactory(), "change/"), PERSON).status_code == 403
    assert strict.post(my(RegistrationFactory(), "reply/"), {"text": "x"}).status_code == 403


def test_templates_in_what_is_typed_stay_text(client):
    draft = begin(client, CategoryFactory())
    finish(client, draft, PERSON | {"organisation": "{{ 7|add:7 }}{% debug %} <script>alert(1)</script>"})
    registration = Registration.objects.get()
    actions.confirm_address(registration_id=registration.pk)
    page = client.get(my(registration)).content.decode()
    assert "{{ 7|add:7 }}" in page
    assert "<script>alert" not in page


# -- files --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def passport_draft(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="passport", kind="file", required=True)
    QuestionFactory(event=category.event, key="diet", required=True)
    draft = begin(client, category)
    client.post(draft + "you/", PERSON)
    return draft


def test_a_good_file_is_kept_though_another_answer_is_missing(client, passport_draft):
    html = client.post(passport_draft + "questions/", {"q-passport": upload()}, follow=True).content.decode()
    assert "passport.png" in html
    assert client.post(passport_draft + "questions/", {"q-diet": "none"})["Location"] == passport_draft + "review/"
    client.post(passport_draft + "review/", {})
    kept = Upload.objects.get()
    assert kept.registration == Registration.objects.get()
    assert kept.name == "passport.png"


def test_a_bad_file_is_refused_at_its_question_and_the_rest_is_kept(client, passport_draft):
    html = client.post(
        passport_draft + "questions/", {"q-passport": upload("a.png", b"MZ program"), "q-diet": "vegan"}
    ).content.decode()
    assert "not a picture or a PDF" in html
    assert 'value="vegan"' in html
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_stopped_and_the_rest_is_kept(client, passport_draft):
    html = client.post(
        passport_draft + "questions/", {"q-passport": upload("a.png", b"x" * (MAX_BYTES + 1)), "q-diet": "vegan"}
    ).content.decode()
    assert "too large" in html
    assert 'value="vegan"' in html


def test_an_optional_file_can_be_removed(client):
    category = CategoryFactory()
    QuestionFactory(event=category.event, key="photo", kind="file")
    draft = begin(client, category)
    client.post(draft + "questions/", {"q-photo": upload()})
    assert Upload.objects.exists()
    client.post(draft + "questions/", {"q-photo-remove": "on"})
    assert not Upload.objects.exists()
