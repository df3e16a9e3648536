"""The production settings: what they ask for, what they refuse, and that Django's own check finds nothing to say."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plenary.settings.storage_address import storages_from

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = {
    "SECRET_KEY": "k7v!" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "ALLOWED_HOSTS": "conference.example",
    "FIELD_ENCRYPTION_KEYS": "1:" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode(),
}


def manage(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    wanted = {"DJANGO_SETTINGS_MODULE": "plenary.settings.production", "PLENARY_VAR": str(folder), **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **wanted},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_djangos_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    found = manage("check", "--deploy", "--fail-level", "INFO", folder=tmp_path, **REQUIRED)
    assert found.returncode == 0, found.stderr
    assert "no issues" in found.stdout


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_it_does_not_start_without_what_keeps_people_safe(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in REQUIRED.items() if name != missing}
    found = manage("check", folder=tmp_path, **given)
    assert found.returncode != 0
    assert missing in found.stderr


@pytest.mark.parametrize(
    ("hosts", "base"),
    [
        ("conference.example,www.conference.example", "https://conference.example"),
        ("127.0.0.1", "http://127.0.0.1:8000"),
    ],
)
@pytest.mark.slow
def test_links_in_mails_lead_to_the_first_name_it_answers_to(tmp_path: Path, hosts: str, base: str) -> None:
    code = "from django.conf import settings; print(settings.WAGTAILADMIN_BASE_URL, settings.SECURE_SSL_REDIRECT)"
    found = manage("shell", "-v", "0", "-c", code, folder=tmp_path, **{**REQUIRED, "ALLOWED_HOSTS": hosts})
    assert found.stdout.split() == [base, str(base.startswith("https"))], found.stderr


@pytest.mark.slow
def test_static_files_get_names_that_hold_their_digest(tmp_path: Path) -> None:
    found = manage("collectstatic", "--no-input", folder=tmp_path, **REQUIRED)
    assert found.returncode == 0, found.stderr
    names = {path.name for path in (tmp_path / "static").rglob("*")}
    assert "staticfiles.json" in names
    assert any(name.endswith(".wasm") for name in names)
    assert any(name.endswith(".css.gz") for name in names)


def test_a_bucket_gets_public_and_private_folders() -> None:
    found = storages_from("s3://meetings/plenary?endpoint=https://s3.example&region=eu-1")
    assert found["default"]["OPTIONS"]["location"] == "plenary/default"
    assert found["private"]["OPTIONS"]["location"] == "plenary/private"
    assert found["private"]["OPTIONS"]["endpoint_url"] == "https://s3.example"
    assert found["default"]["BACKEND"] == "plenary.core.storage.BucketStorage"


def test_a_folder_keeps_private_files_without_an_address() -> None:
    found = storages_from("file:///srv/plenary")
    assert found["default"]["OPTIONS"] == {"location": "/srv/plenary/media", "base_url": "/media/"}
    assert found["private"]["OPTIONS"] == {"location": "/srv/plenary/private", "base_url": None}


@pytest.mark.parametrize("address", ["/srv/plenary", "ftp://host/x", "s3:///nobucket", "s3://bucket?acl=public-read"])
def test_a_storage_address_it_does_not_understand_is_refused(address: str) -> None:
    with pytest.raises(Exception, match="STORAGE_URL"):
        storages_from(address)
