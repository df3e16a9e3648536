"""What visitors read: every page under every language, the right `lang` and `dir`, and nothing of an event that is not public."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from wagtail.models import Page, Site

from plenary.core.languages import LANGUAGES
from plenary.core.page_cache import STORE
from plenary.events.models import Session
from plenary.events.rules import ApprovalState
from portal.actions import create_event_pages, prepare_site, save_session_page
from portal.models import AgendaPage, EventPage, HomePage, InformationPage, SessionPage
from portal.querysets import open_pages
from tests.factories.events import EventFactory, RoomFactory, SessionFactory, TrackFactory
from tests.factories.portal import MORNING, event_page, told_event, told_news, told_session, told_speaker, translate
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db
CODES = [language.code for language in LANGUAGES]


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def forum() -> Any:
    event = told_event(
        slug="forum", name={"en": "Water Forum", "ar": "منتدى المياه"}, prose={"intro": "Two sentences."}
    )
    room = RoomFactory(event=event, name={"en": "Great Hall", "ar": "القاعة الكبرى"})
    session = SessionFactory(event=event, slug="opening", room=room, starts_at=MORNING)
    save_session_page(session, title="Opening", abstract="Hello.", description="<script>alert(1)</script>")
    told_speaker(event, session=session, slug="wang", name="王晓梅", latin_name="Wang Xiaomei")
    told_news(event, slug="first")
    return event


PATHS = ["", "agenda/", "agenda/opening/", "speakers/", "speakers/wang/", "news/", "news/first/"]


@pytest.mark.slow
def test_every_page_answers_in_every_language_before_anybody_translated_it(client: Any, forum: Any) -> None:
    for language in LANGUAGES:
        for path in PATHS:
            response = client.get(f"/{language.code}/forum/{path}")

            assert response.status_code == 200
            assert f'<html lang="{language.bcp47}" dir="{language.direction}">' in text_of(response)
            assert response.headers["Content-Language"] == language.code


def test_a_text_in_another_language_carries_its_own_lang_and_dir_and_says_so(client: Any, forum: Any) -> None:
    arabic = text_of(client.get("/ar/forum/agenda/opening/"))
    english = text_of(client.get("/en/forum/agenda/opening/"))

    assert '<h1><span lang="en" dir="ltr">Opening</span></h1>' in arabic
    assert '<div class="prose" lang="en" dir="ltr">' in arabic
    assert "notice--fallback" in arabic
    assert "<h1>Opening</h1>" in english
    assert "notice--fallback" not in english


def test_facts_are_told_in_the_readers_language_without_any_translation(client: Any, forum: Any) -> None:
    arabic = text_of(client.get("/ar/forum/agenda/opening/"))

    assert "القاعة الكبرى" in arabic
    assert "منتدى المياه" in arabic
    assert '<span dir="ltr"><time datetime="2030-05-14T09:00+02:00">09:00</time>' in arabic


def test_a_bare_section_is_no_fallback(client: Any, forum: Any) -> None:
    assert "notice--fallback" not in text_of(client.get("/fr/forum/speakers/"))
    assert "notice--fallback" in text_of(client.get("/fr/forum/agenda/"))  # for the titles of its sessions


def test_what_a_programme_file_said_is_shown_and_never_run(client: Any, forum: Any) -> None:
    page = text_of(client.get("/en/forum/agenda/opening/"))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_each_language_links_the_same_page_in_the_others(client: Any, forum: Any) -> None:
    page = text_of(client.get("/fr/forum/agenda/opening/?x=1"))
    base = settings.WAGTAILADMIN_BASE_URL

    for language in LANGUAGES:
        address = f"{base}/{language.code}/forum/agenda/opening/"
        assert f'<link rel="alternate" hreflang="{language.bcp47}" href="{address}">' in page
        assert f'href="/{language.code}/forum/agenda/opening/?x=1"' in page
    assert f'hreflang="x-default" href="{base}/en/forum/agenda/opening/"' in page
    assert f'<link rel="canonical" href="{base}/fr/forum/agenda/opening/">' in page


def test_the_root_sends_a_visitor_to_the_browsers_language(client: Any, forum: Any) -> None:
    assert client.get("/", HTTP_ACCEPT_LANGUAGE="ar,en;q=0.5").headers["Location"] == "/ar/"
    assert client.get("/", HTTP_ACCEPT_LANGUAGE="tlh").headers["Location"] == "/en/"


def test_an_address_nothing_stands_for_is_not_found(client: Any, forum: Any) -> None:
    for path in ("/en/forum/nothing/", "/ar/nothing/", "/en/forum/agenda/opening/more/", "/de/forum/"):
        assert client.get(path, follow=True).status_code == 404


def test_a_page_below_an_unpublished_translation_still_answers_with_the_source(client: Any, forum: Any) -> None:
    french = translate(event_page(forum), "fr", title="Forum de l’eau")
    french.unpublish()

    assert "<h1><span" in text_of(client.get("/fr/forum/"))
    assert client.get("/fr/forum/agenda/").status_code == 200


# -- translation -----------------------------------------------------------------------------------------------------------
def test_a_translated_page_shows_in_its_language_and_only_there(client: Any, forum: Any) -> None:
    translate(event_page(forum), "fr", title="Forum de l’eau", intro="Deux phrases.")

    french = text_of(client.get("/fr/forum/"))
    assert "<h1>Forum de l’eau</h1>" in french
    assert "Deux phrases." in french
    assert "notice--fallback" not in french
    assert "Deux phrases." not in text_of(client.get("/en/forum/"))
    assert "Forum de l’eau" in text_of(client.get("/fr/"))


def test_a_session_page_can_be_translated_below_its_translated_parents(client: Any, forum: Any) -> None:
    translate(event_page(forum), "fr", title="Forum de l’eau")
    translate(AgendaPage.objects.get(locale__language_code="en"), "fr", title="Programme")
    translate(SessionPage.objects.get(slug="opening"), "fr", title="Ouverture", abstract="Bonjour.")

    page = text_of(client.get("/fr/forum/agenda/opening/"))
    assert "<h1>Ouverture</h1>" in page
    assert "Bonjour." in page
    assert "Ouverture" in text_of(client.get("/fr/forum/agenda/"))
    assert "Ouverture" not in text_of(client.get("/es/forum/agenda/"))


def test_an_update_from_the_source_keeps_facts_and_address_alike(client: Any, forum: Any) -> None:
    source = event_page(forum)
    french = translate(source, "fr", title="Forum de l’eau")
    other = EventFactory(slug="other")
    EventPage.objects.filter(pk=french.pk).update(event=other, slug="autre")

    source.refresh_from_db()
    source.tagline = "New line"
    source.save_revision().publish()
    french = translate(source, "fr", tagline="Nouvelle ligne")

    assert french.event == forum
    assert french.slug == "forum"
    assert french.title == "Forum de l’eau"
    assert french.tagline == "Nouvelle ligne"


# -- what is not public ----------------------------------------------------------------------------------------------------
SECRET = "Secret talks"


@pytest.mark.parametrize(
    "state",
    [
        {"published": False},
        *(
            {"approval": state}
            for state in ApprovalState
            if state not in {ApprovalState.IN_FORCE, ApprovalState.CLOSED}
        ),
    ],
    ids=str,
)
@pytest.mark.slow
def test_nothing_of_an_event_that_is_not_public_is_shown_anywhere(client: Any, state: dict[str, Any]) -> None:
    event = told_event(slug="secret", name={"en": SECRET}, prose={"intro": SECRET}, **state)
    told_session(event, title=SECRET, starts_at=MORNING)
    translate(event_page(event), "fr", title=SECRET)

    for code in CODES:
        for path in ("", "agenda/", "agenda/session-0/", "speakers/", "news/"):
            response = client.get(f"/{code}/secret/{path}")
            assert response.status_code == 404
            assert SECRET not in text_of(response)
        assert SECRET not in text_of(client.get(f"/{code}/"))
    assert "secret" not in text_of(client.get("/sitemap.xml"))
    for address in ("/api/v2/pages/", "/api/v2/pages/?search=secret", "/api/v2/pages/?type=portal.EventPage&fields=*"):
        assert SECRET not in text_of(client.get(address))
    for page in Page.objects.filter(url_path__contains="/secret/"):
        assert client.get(f"/api/v2/pages/{page.pk}/").status_code == 404
    assert not open_pages(Page.objects.filter(url_path__contains="/secret/")).exists()


def test_a_closed_event_stays_readable(client: Any) -> None:
    told_event(slug="done", approval=ApprovalState.CLOSED)

    assert client.get("/en/done/").status_code == 200
    assert "Register" not in text_of(client.get("/en/done/agenda/"))


def test_a_session_whose_page_is_taken_off_leaves_the_agenda(client: Any, forum: Any) -> None:
    SessionPage.objects.get(slug="opening").unpublish()

    assert "Opening" not in text_of(client.get("/en/forum/agenda/"))
    assert client.get("/en/forum/agenda/opening/").status_code == 404


# -- agenda ----------------------------------------------------------------------------------------------------------------
def test_the_agenda_groups_by_the_events_day_not_the_calendars(client: Any) -> None:
    event = told_event(slug="night", time_zone="Europe/Berlin", day_change=timedelta(hours=6))
    told_session(event, title="Late", starts_at=datetime(2030, 5, 14, 23, 0, tzinfo=UTC))  # 01:00 on the 15th

    page = text_of(client.get("/en/night/agenda/"))
    assert 'id="day-2030-05-14"' in page
    assert 'id="day-2030-05-15"' not in page
    assert 'datetime="2030-05-15T01:00+02:00"' in page


def test_a_cancelled_session_is_shown_as_that(client: Any, forum: Any) -> None:
    Session.objects.filter(slug="opening").update(state=Session.State.CANCELLED)

    assert "slot--cancelled" in text_of(client.get("/en/forum/agenda/"))
    assert "This session is cancelled." in text_of(client.get("/en/forum/agenda/opening/"))
    assert "Cancelled" in text_of(client.get("/en/forum/speakers/wang/"))


def test_the_agenda_narrows_to_one_track_and_ignores_unknown_ones(client: Any) -> None:
    event = told_event(slug="forum")
    science = TrackFactory(event=event, slug="science", name={"en": "Science"})
    told_session(event, title="On gauges", track=science)
    told_session(event, title="On treaties")

    narrowed = text_of(client.get("/en/forum/agenda/?track=science"))
    assert "On gauges" in narrowed
    assert "On treaties" not in narrowed
    assert "On treaties" in text_of(client.get("/en/forum/agenda/?track=<script>"))


def test_a_session_stands_in_its_rooms_column_at_its_hour(client: Any) -> None:
    event = told_event(slug="grid", time_zone="UTC")
    rooms = [RoomFactory(event=event, position=1), RoomFactory(event=event, position=2)]
    told_session(event, starts_at=MORNING, room=rooms[0])
    told_session(event, starts_at=MORNING + timedelta(minutes=90), room=rooms[1])

    page = text_of(client.get("/en/grid/agenda/"))
    assert 'class="slot h0 m0 d0 p9 c0"' in page
    assert 'class="slot h1 m6 d0 p9 c1"' in page
    assert 'class="timetable lanes2"' in page


# -- home and the event's front page -------------------------------------------------------------------------------------------
def test_home_lists_what_comes_first_and_what_is_over_last(client: Any) -> None:
    told_event(name={"en": "Later"}, starts_on=date(2031, 1, 1), ends_on=date(2031, 1, 2))
    told_event(name={"en": "Sooner"}, starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 2))
    told_event(name={"en": "Over"}, starts_on=date(2019, 1, 1), ends_on=date(2019, 1, 2))

    page = text_of(client.get("/en/"))
    assert page.index("Sooner") < page.index("Later") < page.index('id="past"') < page.index("Over")


def test_home_says_that_nothing_is_announced(client: Any) -> None:
    prepare_site()

    assert "No meeting is announced at the moment." in text_of(client.get("/en/"))


def test_the_event_page_offers_registration_only_while_it_is_open(client: Any, forum: Any) -> None:
    assert "/register/forum/" not in re.sub(
        r'<li class="event-menu__action">.*?</li>', "", text_of(client.get("/en/forum/"))
    )

    category = CategoryFactory(event=forum, closes_at=None, opens_at=None)
    assert 'href="/en/register/forum/"' in _fresh(client, "/en/forum/")

    category.closes_at = datetime(2020, 1, 1, tzinfo=UTC)
    category.save()
    assert 'href="/en/register/forum/"' not in _fresh(client, "/en/forum/")


def _fresh(client: Any, path: str) -> str:
    STORE.clear()
    return text_of(client.get(path))


# -- for robots and caches ----------------------------------------------------------------------------------------------------
def test_the_sitemap_names_each_page_in_each_language(client: Any, forum: Any) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 — our own answer
    found = [element.text or "" for element in root.iter() if element.tag.endswith("}loc")]
    addresses = {address.removeprefix(settings.WAGTAILADMIN_BASE_URL) for address in found}

    assert {f"/{code}/forum/{path}" for code in CODES for path in PATHS} <= addresses
    assert {f"/{code}/" for code in CODES} <= addresses


def test_robots_leave_guests_pages_alone(client: Any) -> None:
    text = text_of(client.get("/robots.txt"))

    assert "Disallow: /ar/my/" in text
    assert f"Sitemap: {settings.WAGTAILADMIN_BASE_URL}/sitemap.xml" in text


def test_a_public_page_sets_no_cookie_and_may_be_kept(client: Any, forum: Any) -> None:
    for path in ("/en/", *(f"/en/forum/{path}" for path in PATHS)):
        response = client.get(path)

        assert not response.cookies
        assert "public" in response.headers["Cache-Control"]
        assert "Cookie" not in response.headers.get("Vary", "")


# -- the skeleton ---------------------------------------------------------------------------------------------------------------
def test_preparing_the_site_twice_changes_nothing() -> None:
    first = prepare_site()
    before = list(Page.objects.order_by("pk").values_list("pk", "url_path", "locale__language_code"))

    assert prepare_site() == first
    assert list(Page.objects.order_by("pk").values_list("pk", "url_path", "locale__language_code")) == before
    assert HomePage.objects.count() == len(LANGUAGES)
    assert Site.objects.get(is_default_site=True).root_page_id == first.pk
    assert len({home.translation_key for home in HomePage.objects.all()}) == 1


def test_pages_of_an_event_are_made_once_in_its_own_language() -> None:
    event = EventFactory(slug="sommet", name={"fr": "Sommet"}, source_language="fr")
    page = create_event_pages(event)

    assert create_event_pages(event) == page
    assert page.locale.language_code == "fr"
    assert page.title == "Sommet"
    assert sorted(page.get_children().values_list("slug", flat=True)) == ["agenda", "news", "speakers"]


def test_saving_the_same_page_again_leaves_no_revision() -> None:
    event = told_event()
    page = told_session(event, title="One")

    again = save_session_page(page.session, title="One", abstract=page.abstract)
    assert again.revisions.count() == 1
    assert save_session_page(page.session, title="Two").revisions.count() == 2


def test_an_information_page_lists_what_lies_below_it(client: Any, forum: Any) -> None:
    parent = event_page(forum).add_child(instance=InformationPage(title="Travel", slug="travel", intro="How."))
    parent.add_child(instance=InformationPage(title="Visa", slug="visa", intro="At the border."))

    assert "Visa" in text_of(client.get("/en/forum/travel/"))
    assert client.get("/ru/forum/travel/visa/").status_code == 200


# -- statements -----------------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_page_takes_as_many_statements_for_79_sessions_as_for_one(client: Any, statements_of: Any) -> None:
    def count(address: str) -> int:
        STORE.clear()
        return int(statements_of(lambda: client.get(address)))

    for slug, sessions in (("one", 1), ("three", 3), ("many", 79)):
        told_event(slug=slug, sessions=sessions)
    for path in ("", "agenda/", "speakers/"):
        for language in ("en", "ar"):
            count(f"/{language}/one/{path}")  # what every process asks once: sites, content types
            few, more, many = (count(f"/{language}/{slug}/{path}") for slug in ("one", "three", "many"))
            assert few == more == many <= 18, path


def test_a_session_page_takes_as_many_statements_with_three_speakers_as_with_one(
    client: Any, statements_of: Any
) -> None:
    event = told_event(slug="forum")
    room = RoomFactory(event=event)
    pages = [told_session(event, room=room, starts_at=MORNING + timedelta(hours=hour)) for hour in range(2)]
    for _speaker in range(2):
        told_speaker(event, session=pages[1].session)

    def count(page: SessionPage) -> int:
        return int(statements_of(lambda: client.get(f"/en/forum/agenda/{page.slug}/")))

    count(pages[0])
    STORE.clear()
    assert count(pages[0]) == count(pages[1]) <= 19


@pytest.mark.parametrize("fields", ["", "&fields=*"])
def test_the_content_api_takes_as_many_statements_for_three_sessions_as_for_one(
    client: Any, statements_of: Any, fields: str
) -> None:
    told_event(slug="forum", sessions=3)

    def count(items: int) -> int:
        address = f"/api/v2/pages/?type=portal.SessionPage&limit={items}{fields}"
        return int(statements_of(lambda: client.get(address)))

    count(1)
    assert count(1) == count(3)
    assert len(client.get(f"/api/v2/pages/?type=portal.SessionPage{fields}").json()["items"]) == 3
