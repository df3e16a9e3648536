"""The scanning app as the server hands it out: page, words, service worker, manifest, and files that are what they say."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from checkin import door_files
from checkin.door_texts import SAMPLES, TEXTS, texts_in
from plenary.core.languages import LANGUAGES

STATIC = Path(finders.find("checkin/door/main.js")).parents[1]


@pytest.fixture
def page(client: Client) -> str:
    return client.get("/door/").content.decode()


def embedded(page: str, element: str) -> dict:
    found = re.search(rf'<script id="{element}" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def test_the_app_opens_in_the_browsers_language_without_asking_who_it_is(client: Client):
    answer = client.get("/door/", headers={"Accept-Language": "ar-EG"})
    assert answer.status_code == 200
    assert '<html lang="ar" dir="rtl">' in answer.content.decode()
    assert "Accept-Language" in answer["Vary"]
    assert answer["Cache-Control"] == "no-cache"
    assert not answer.cookies


def test_the_camera_and_webassembly_are_allowed_at_the_door_and_nowhere_else(client: Client):
    door, elsewhere = client.get("/door/"), client.get("/healthz")
    assert "script-src 'self' 'wasm-unsafe-eval'" in door["Content-Security-Policy"]
    assert "camera=(self)" in door["Permissions-Policy"]
    assert "wasm" not in elsewhere["Content-Security-Policy"]
    assert "camera=()" in elsewhere["Permissions-Policy"]


def test_the_page_has_no_script_or_style_of_its_own_in_it(page: str):
    assert re.findall(r"<script(?![^>]*(src=|application/json))", page) == []
    assert "<style" not in page
    assert " style=" not in page


def test_the_page_tells_the_app_every_address_it_needs(page: str):
    settings = embedded(page, "door-settings")
    assert settings["api"]["scans"] == "/api/v1/checkin/scans"
    assert settings["service_worker"] == "/door/sw.js"
    assert [language["code"] for language in settings["languages"]] == [language.code for language in LANGUAGES]
    assert settings["decoder"]["wasm"].endswith(".wasm")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_language_has_every_word(client: Client, language):
    answer = client.get(f"/door/texts/{language.code}.json")
    pack = answer.json()
    assert pack["language"]["direction"] == language.direction
    assert set(TEXTS) <= set(pack["texts"])
    assert all(pack["texts"].values())
    counted = [forms for forms in pack["texts"].values() if isinstance(forms, dict)]
    assert counted
    assert all(set(forms) == set(SAMPLES[language.code]) for forms in counted)


@pytest.mark.django_db  # the 404 asks for redirects
def test_words_already_held_are_not_sent_again_and_unknown_languages_are_not_there(client: Client):
    answer = client.get("/door/texts/fr.json")
    assert client.get("/door/texts/fr.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/door/texts/tlh.json").status_code == 404


def test_every_word_the_app_asks_for_exists_and_none_is_left_over():
    source = "\n".join(path.read_text() for path in (STATIC / "door").rglob("*.js"))
    quoted = set(re.findall(r'["`]([a-z_]+\.[a-z_]+)["`]', source))
    known = set(texts_in(LANGUAGES[0])["texts"])
    assert {key for key in quoted if key.split(".")[0] in {known_key.split(".")[0] for known_key in known}} <= known
    # Families whose last part is put together from a reason, a kind or a setting.
    made = re.compile(r"(reason|next|foreign|camera|enrol\.code|settings|direction|undo)[._]")
    assert {key for key in known - quoted if not made.match(key)} == set()


def test_the_app_holds_no_words_itself():
    for path in (STATIC / "door").rglob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
        sentences = re.findall(r'"[A-Z][a-z]+ [a-z]+[^"]*"', code)
        assert sentences == [], path


def test_the_service_worker_keeps_files_that_exist_and_all_that_the_app_imports(client: Client):
    answer = client.get("/door/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    kept = re.findall(r'^  "([^"]+)",$', answer.content.decode().replace("\\u002D", "-"), re.M)
    for address in kept:
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
        else:
            assert client.get(address).status_code == 200, address
    modules = {
        f"/static/checkin/door/{path.relative_to(STATIC / 'door').as_posix()}"
        for path in (STATIC / "door").rglob("*.js")
    }
    assert modules <= set(kept)
    assert "/door/" in kept


def test_the_version_changes_with_any_file_of_the_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    before = door_files._fingerprint()
    copy = tmp_path / "static"
    (copy / "checkin" / "door").mkdir(parents=True)
    for path in (STATIC / "door").glob("*.js"):
        (copy / "checkin" / "door" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(door_files, "ROOT", copy)
    same = door_files._fingerprint()
    assert same != before
    (copy / "checkin" / "door" / "queue.js").write_text("// changed")
    assert door_files._fingerprint() != same


def test_the_manifest_makes_the_app_installable(client: Client):
    answer = client.get("/door/manifest.webmanifest", headers={"Accept-Language": "en"})
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/door/", "/door/", "standalone")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert "maskable" in {icon["purpose"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_the_reader_is_the_one_its_note_names():
    folder = STATIC / "vendor" / "zxing-wasm"
    noted = dict(re.findall(r"^\| `(\S+)` \|.*\| `([0-9a-f]{64})` \|$", (folder / "SOURCE.md").read_text(), re.M))
    assert set(noted) == {"reader.js", "zxing_reader.wasm"}
    for name, digest in noted.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert "MIT License" in (folder / "LICENSE").read_text()


def test_the_app_asks_only_its_own_server():
    for path in (STATIC / "door").rglob("*.js"):
        code = path.read_text().replace("http://www.w3.org/2000/svg", "")
        code = re.sub(r"/\^https?:.*", "", code)
        assert not re.search(r"[\"'`]https?://", code), path


def test_the_page_is_read_only(client: Client):
    for address in ("/door/", "/door/sw.js", "/door/manifest.webmanifest", "/door/texts/en.json"):
        assert client.post(address).status_code == 405
