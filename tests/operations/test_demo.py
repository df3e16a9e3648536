"""The demonstration event: complete, told in six languages, loaded once and never twice."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings
from wagtail.models import Page

from checkin.models import Checkpoint
from plenary.core.addresses import address_index
from plenary.core.languages import LANGUAGES
from plenary.core.models import HistoryEntry, Message
from plenary.events.models import Event, Person, Session
from plenary.operations.planning.demo import DEMO_LOGINS
from plenary.operations.planning.demo.content import facts, guests, in_language
from portal.interchange.querysets import programme_of
from portal.interchange.reading import read
from portal.interchange.xml_writer import write_xml
from portal.models import SessionPage, SpeakerPage
from registration.models import Category, Delegation, Question, Registration

UNTRANSLATED = {("es", "sessions", "desalination-without-regret"), ("es", "sessions", "youth-assembly"),
                ("es", "persons", "etienne-bouchard")}  # fmt: skip


def load() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def shape(text: object) -> object:
    """The keys of a text file, and how many lines each list has."""
    if isinstance(text, dict):
        return {key: shape(value) for key, value in text.items()}
    return len(text) if isinstance(text, list) else None


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES[1:]])
def test_every_language_tells_what_english_tells(language: str) -> None:
    for section in ("event", "venue", "rooms", "tracks", "sessions", "persons", "information", "news", "press", "releases",
                    "files", "categories", "questions", "checkpoints"):  # fmt: skip
        wanted = shape(in_language("en", section))
        assert isinstance(wanted, dict)
        for code, part, name in UNTRANSLATED:
            if (code, part) == (language, section):
                del wanted[name]
        assert shape(in_language(language, section)) == wanted, section


def test_texts_of_a_language_are_written_in_it() -> None:
    english = in_language("en", "sessions")
    for language in LANGUAGES[1:]:
        same = [slug for slug, told in in_language(language.code, "sessions").items() if told == english[slug]]
        assert same == [], language.code


@pytest.mark.slow
@pytest.mark.django_db
class TestLoaded:
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def loaded(cls, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
        """Loaded once for all tests here, each of which undoes what it does."""
        with django_db_blocker.unblock(), transaction.atomic():
            assert "is loaded" in load()
            yield
            transaction.set_rollback(True)

    def test_the_forum_is_complete_and_open_to_visitors(self, client: Client) -> None:
        event = Event.objects.get(slug="forum")
        assert event.is_public
        assert event.takes_registrations
        assert Checkpoint.objects.filter(event=event, slug="main").exists()
        assert Session.objects.count() == len(facts()["sessions"])
        assert set(Question.Kind) == set(Question.objects.values_list("kind", flat=True))
        assert {kind for kind in Category.Kind if kind != "other"} == set(
            Category.objects.values_list("kind", flat=True)
        )
        for language in LANGUAGES:
            for path in (
                "",
                "forum/",
                "forum/agenda/",
                "forum/speakers/",
                "forum/press/",
                "forum/agenda/youth-assembly/",
            ):
                assert client.get(f"/{language.code}/{path}").status_code == 200
        assert client.get("/en/forum/press/glacier-atlas/").status_code == 404  # under embargo
        assert client.get("/en/forum/press/forum-announced/").status_code == 200
        assert Page.find_problems() == ([], [], [], [], [])

    def test_what_was_left_untranslated_is_shown_in_the_source_language(self, client: Client) -> None:
        spanish = SessionPage.objects.filter(locale__language_code="es")
        assert spanish.count() == Session.objects.count() - 2
        assert SpeakerPage.objects.filter(locale__language_code="es").count() == Person.objects.count() - 1
        page = client.get("/es/forum/agenda/youth-assembly/").content.decode()
        assert "Youth assembly" in page
        assert 'lang="en"' in page

    def test_delegations_stand_at_every_stage_and_a_walk_in_waits(self) -> None:
        members = Registration.objects.filter(delegation__isnull=False)
        assert set(members.values_list("state", flat=True)) == {"nominated", "submitted", "approved"}
        assert Delegation.objects.filter(confirmed_at__isnull=False).count() == 1
        assert Registration.objects.get(source="desk").state == "submitted"

    def test_translations_hang_together_and_every_registration_state_is_there(self) -> None:
        keys = Counter(SessionPage.objects.values_list("translation_key", flat=True))
        assert Counter(keys.values()) == {6: 30, 5: 2}
        told_ones = [address_index(f"{told[0]}@guests.example") for told in guests()]
        states = Counter(Registration.objects.filter(email_index__in=told_ones).values_list("state", flat=True))
        assert states == Counter(told[9] for told in guests())
        assert Message.objects.count() > len(guests())

    def test_no_mail_shows_a_text_as_the_program_stores_it(self) -> None:
        shown = [message.text + message.subject for message in Message.objects.all()]
        assert shown
        assert [text for text in shown if "{'" in text or "%(" in text or "None" in text] == []

    def test_the_programme_leaves_and_comes_back_whole(self) -> None:
        programme = programme_of(Event.objects.get(slug="forum"))
        assert read(write_xml(programme)).programme == programme

    def test_a_second_run_loses_and_adds_nothing(self) -> None:
        Session.objects.filter(slug="opening-ceremony").update(working_title="Changed by hand")
        counted = [model.objects.count() for model in (Page, Session, Registration, Message, HistoryEntry, User)]

        assert "there already" in load()
        assert counted == [
            model.objects.count() for model in (Page, Session, Registration, Message, HistoryEntry, User)
        ]
        assert Session.objects.get(slug="opening-ceremony").working_title == "Changed by hand"

    def test_every_demonstration_account_opens_with_its_password(self) -> None:
        assert all(authenticate(username=login.login, password=login.password) for login in DEMO_LOGINS)


@pytest.mark.slow
@pytest.mark.django_db
def test_outside_development_nobody_signs_in_with_a_public_password(settings: Settings) -> None:
    settings.PLENARY_DEVELOPMENT_PAGES = False
    load()

    assert not any(authenticate(username=login.login, password=login.password) for login in DEMO_LOGINS)
    assert not User.objects.filter(is_superuser=True).exists()
