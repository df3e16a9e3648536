"""Every text of the product is translated in every language shipped, and keeps what the program fills in."""

import json
from gettext import GNUTranslations
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from django.core.management import CommandError, call_command
from django.utils import translation

from plenary.core import catalogues

LANGUAGES = ["zh-hans", "fr", "es", "ru", "ar"]


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogues.source_texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_complete_and_sound(language: str, texts: Catalog) -> None:
    flaws = catalogues.flaws(language, texts)
    listed = "\n".join(map(str, flaws[:40]))
    assert not flaws, f"{len(flaws)} flaws (run manage.py messages, then translate):\n{listed}"


def test_the_texts_of_code_and_templates_are_found(texts: Catalog) -> None:
    found = {catalogues.identity(message)[0]: message for message in texts if message.id}
    assert ("registration/rules/states.py", 0) in found["under review"].locations
    assert any(name.startswith("templates/") for message in texts for name, _line in message.locations)


@pytest.fixture
def own_folder(tmp_path: Path, settings: Any) -> Path:
    """A product of one template, with catalogues of its own."""
    settings.ROOT, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}\n  {# Translators: on the door #}\n"
        '  {% translate "Welcome" %}\n {% translate "May" context "month" %}'
        "{% blocktranslate count count=n trimmed %}\n  {{ count }} guest of {{ name }}\n{% plural %}\n"
        "  {{ count }} guests of {{ name }}\n{% endblocktranslate %}"
    )
    return tmp_path


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("messages", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def translate(folder: Path, language: str, answers: dict[str, str | list[str]]) -> str:
    file = folder / "work.json"
    run("--export-missing", language, str(file))
    document = json.loads(file.read_text())
    for row in document["texts"]:
        row["translation"] = answers.get(row["text"], row["translation"])
    file.write_text(json.dumps(document))
    return run("--import", language, str(file))


PLURAL = "%(count)s guest of %(name)s"
RUSSIAN = [f"%(count)s {noun} от %(name)s" for noun in ("гость", "гостя", "гостей")]


def test_translations_make_the_round_trip_through_json(own_folder: Path) -> None:
    run()
    said = translate(own_folder, "ru", {"Welcome": "Добро пожаловать", "May": "май", PLURAL: RUSSIAN})
    assert "3 translations taken, 0 refused" in said
    assert catalogues.flaws("ru", catalogues.source_texts()) == []
    compiled = catalogues.path_of("ru").with_suffix(".mo")
    assert "Добро пожаловать".encode() in compiled.read_bytes()


def test_an_export_tells_the_translator_which_numbers_take_which_form(own_folder: Path) -> None:
    run("--export-missing", "ar", str(own_folder / "ar.json"))
    forms = json.loads((own_folder / "ar.json").read_text())["plural_forms"]
    assert [form.split(",")[0] for form in forms] == ["n = 0", "n = 1", "n = 2", "n = 3", "n = 11", "n = 100"]


def test_catalogues_change_only_when_a_text_does(own_folder: Path) -> None:
    run()
    before = catalogues.path_of("fr").read_bytes()
    page = own_folder / "templates" / "page.html"
    page.write_text("\n\n" + page.read_text())
    assert "fr: unchanged" in run()
    assert catalogues.path_of("fr").read_bytes() == before
    assert str(own_folder).encode() not in before


def test_a_text_that_is_gone_leaves_the_catalogue_and_others_stay(own_folder: Path) -> None:
    run()
    translate(own_folder, "fr", {"Welcome": "Bienvenue"})
    (own_folder / "templates" / "page.html").write_text('{% load i18n %}{% translate "Welcome" %}')
    assert {flaw.what for flaw in catalogues.flaws("fr", catalogues.source_texts())} == {"unused"}
    run()
    assert catalogues.flaws("fr", catalogues.source_texts()) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (PLURAL, ["%(count)s гость", "%(count)s гостя", "%(count)s гостей"]),
        (PLURAL, [*RUSSIAN[:2], "%(number)s гостей от %(name)s"]),
        (PLURAL, RUSSIAN[:2]),
        ("Welcome", "<b>Добро пожаловать</b>"),
        ("Welcome", "Добро пожаловать, {name}"),
    ],
    ids=["placeholder lost", "placeholder unknown", "form missing", "tag added", "placeholder added"],
)
def test_a_translation_that_would_break_its_page_is_refused(
    own_folder: Path, text: str, answer: str | list[str]
) -> None:
    run()
    assert "0 translations taken, 1 refused" in translate(own_folder, "ru", {text: answer})


def test_a_form_for_exactly_two_may_leave_the_number_out() -> None:
    forms = ("لا ضيوف", "ضيف واحد", "ضيفان", "%(count)s ضيوف", "%(count)s ضيفًا", "%(count)s ضيف")
    assert catalogues.mismatches("ar", Message(("%(count)s guest", "%(count)s guests"), forms)) == []


def test_a_plural_without_translation_shows_in_english_not_as_nothing(own_folder: Path) -> None:
    run()
    compiled = catalogues.path_of("ar").with_suffix(".mo")
    with compiled.open("rb") as file:
        found = GNUTranslations(file)
    assert found.ngettext("%(count)s guest of %(name)s", "%(count)s guests of %(name)s", 2).startswith(
        "%(count)s guests"
    )


def test_an_unknown_language_or_broken_file_is_told(own_folder: Path) -> None:
    (own_folder / "broken.json").write_text("{")
    with pytest.raises(CommandError, match="LANG is one of"):
        run("--export-missing", "de", "x.json")
    with pytest.raises(CommandError, match=r"broken\.json"):
        run("--import", "fr", str(own_folder / "broken.json"))


def test_arabic_counts_in_its_own_forms_in_the_running_product() -> None:
    with translation.override("ar"):
        forms = {
            translation.ngettext("%(count)s scan waiting", "%(count)s scans waiting", n) for n in (0, 1, 2, 3, 11, 100)
        }
    assert len(forms) >= 3  # English text would give two
