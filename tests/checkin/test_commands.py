"""The commands that load tests and programs stand on."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from checkin import tokens
from checkin.models import Credential, Device, SigningKey
from checkin.sample_guests import TONGUES, guest
from plenary.core.models import Message
from registration.models import Category, Registration
from tests.factories.checkin import CheckpointFactory
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def event():
    return EventFactory(slug="summit")


def test_seeding_writes_confirmed_guests_with_badges_and_counts_their_places(event, tmp_path):
    CategoryFactory(event=event, slug="delegate", quota=5)
    CategoryFactory(event=event, slug="press")
    file = tmp_path / "badges.txt"
    file.write_text("what an earlier run left")
    assert "60 registrations" in run("seed_registrations", "summit", "60", "--credentials", str(file))
    assert Registration.objects.filter(event=event, state="approved", confirmed_at__isnull=False).count() == 60
    assert sorted(Category.objects.values_list("taken", flat=True)) == [30, 30]
    assert not Message.objects.exists()
    texts = file.read_text().splitlines()
    key = {1: bytes(SigningKey.objects.get().public)}
    read = {tokens.read(text, event=event.number, keys=key).public_id for text in texts}
    assert read == {bytes(found) for found in Credential.objects.values_list("public_id", flat=True)}
    assert len(read) == 60


def test_seeding_again_adds_more_and_doubles_no_address(event):
    run("seed_registrations", "summit", "20")
    run("seed_registrations", "summit", "20")
    assert Registration.objects.values("email_index").distinct().count() == 40
    assert Category.objects.get().taken == 40


def test_seeded_guests_are_found_by_search_and_their_addresses_are_encrypted(event):
    run("seed_registrations", "summit", "17")
    assert Registration.objects.matching("vetrova").count() == 1
    row = Registration.objects.first()
    assert row.email.endswith("@seed.example")
    assert not Registration.objects.extra(where=["email LIKE '%%seed.example%%'"]).exists()


def test_seeding_speaks_plainly_of_what_it_cannot_do():
    with pytest.raises(CommandError, match="no event"):
        run("seed_registrations", "nowhere", "5")
    EventFactory(slug="summit")
    with pytest.raises(CommandError, match="at least 1"):
        run("seed_registrations", "summit", "0")


def test_sample_guests_come_in_many_scripts_and_always_the_same():
    assert guest(5).name == "王小明"
    assert guest(5).latin_name == "WANG Xiaoming"
    assert guest(0).latin_name == ""
    assert len({guest(number).name for number in range(17 * 20)}) == 17 * 20
    assert {tongue.language for tongue in TONGUES} == {"en", "fr", "es", "ru", "ar", "zh-hans"}


def test_the_last_word_of_enrolling_is_a_token_that_works(event, client):
    CheckpointFactory(event=event, slug="main")
    token = run("enrol_device", "summit", "Load test", "--checkpoint", "main").split()[-1]
    answer = client.get("/api/v1/checkin/session", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json()["checkpoint"] == "main"
    assert Device.objects.get().name == "Load test"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere", "Door"], "no event"),
        (["summit", "Door", "--checkpoint", "nowhere"], "no checkpoint"),
        (["summit", " "], "1 to 80"),
        (["summit", "x" * 81], "1 to 80"),
    ],
)
def test_enrolling_says_what_is_missing(event, words, message):
    with pytest.raises(CommandError, match=message):
        run("enrol_device", *words)
    assert not Device.objects.exists()
