"""What machines ask of the product: is it up, is it ready; and public pictures from wherever they are stored."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from plenary.core import upkeep, views
from plenary.core.models import Heartbeat, IdempotentRequest

PROCRASTINATE = {"default": {"BACKEND": "plenary.core.task_backends.ProcrastinateBackend"}}
pytestmark = pytest.mark.django_db


def test_up_touches_nothing_else(client: Client, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_ready_when_database_and_cache_answer(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "checks": {"database": "ok", "cache": "ok"}},
    )


def test_a_database_that_fails_is_named_without_its_secrets(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("password=hunter2")

    monkeypatch.setattr(views.connection, "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "DatabaseError"
    assert b"hunter2" not in response.content


def test_a_cache_that_forgets_is_told(client: Client, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["cache"]) == (503, "lost")


def test_a_worker_that_is_needed_must_have_shown_itself(client: Client, settings: Any) -> None:
    settings.TASKS = PROCRASTINATE
    assert client.get("/readyz").json()["checks"]["worker"] == "missing"
    upkeep.beat()
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["worker"]) == (200, "ok")


def test_a_worker_that_fell_silent_is_told(client: Client) -> None:
    upkeep.beat()
    Heartbeat.objects.update(at=timezone.now() - upkeep.LATE_AFTER - timedelta(seconds=1))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["worker"]) == (503, "late")


def test_old_answers_are_forgotten_and_fresh_ones_kept() -> None:
    old = IdempotentRequest.objects.create(scope="s", key="old", fingerprint="f")
    IdempotentRequest.objects.create(scope="s", key="new", fingerprint="f")
    IdempotentRequest.objects.filter(pk=old.pk).update(created_at=timezone.now() - upkeep.REQUESTS_KEPT)
    assert upkeep.forget_requests() == 1
    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["new"]


def test_a_public_picture_is_served_and_may_be_kept(client: Client) -> None:
    name = default_storage.save("images/hall.max-400.png", ContentFile(b"\x89PNG"))
    response = client.get(f"/media/{name}")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"\x89PNG"
    assert response["Content-Type"] == "image/png"
    assert "public" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["documents/release.pdf", "original_images/hall.png", "images/../documents/release.pdf", "images/none.png"]
)
def test_documents_and_originals_have_no_address_of_their_own(client: Client, path: str) -> None:
    default_storage.save("documents/release.pdf", ContentFile(b"embargoed"))
    default_storage.save("original_images/hall.png", ContentFile(b"with location"))
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ar", "ar"), ("zh-CN,zh;q=0.9", "zh-hans"), ("ru-RU", "ru"), ("de", "en"), ("x;q=nonsense", "en")],
)
def test_a_visitor_is_sent_to_the_language_of_the_browser(client: Client, accepted: str, language: str) -> None:
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response["Vary"]
