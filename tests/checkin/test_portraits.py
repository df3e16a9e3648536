"""Portraits on phones: whose, to which device, how small, and that each look is logged."""

import base64
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from checkin import portraits
from checkin.actions import limit_device, withdraw_credentials
from checkin.models import Checkpoint
from plenary.core.actions import SYSTEM
from plenary.core.models import AccessLog
from registration.actions import remove_portrait, save_portrait
from registration.models import Portrait
from registration.uploads import inspect_portrait
from tests.factories.checkin import CheckpointFactory, make_credential, make_device
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory
from tests.registration.files import upload
from tests.registration.papers import face

pytestmark = pytest.mark.django_db
ASKED = "portraits?checkpoint=vip"


@pytest.fixture
def event():
    event = EventFactory(slug="summit")
    CheckpointFactory(event=event, slug="vip", photos=True)
    CheckpointFactory(event=event, slug="main")
    return event


@pytest.fixture
def device(event):
    return make_device(event)


@pytest.fixture
def limit(device, event):
    def to(*slugs, until=None):
        chosen = list(event.checkpoints.filter(slug__in=slugs))
        limit_device(device[0], checkpoints=chosen, valid_from=None, valid_until=until, supervisor=False, by=SYSTEM)

    return to


@pytest.fixture
def ask(client, device, limit):
    limit("vip")
    return lambda address: client.get(f"/api/v1/checkin/{address}", HTTP_AUTHORIZATION=f"Bearer {device[1]}")


def with_face(event, picture=None, **facts):
    credential = make_credential(event, category__asks_portrait=True, **facts)
    portrait = inspect_portrait(upload("me.jpg", picture or face()))
    save_portrait(registration_id=credential.registration_id, portrait=portrait)
    return credential


def id_of(credential):
    return bytes(credential.public_id).hex()


def named(answer):
    return [one for one, _digest in answer.json()["portraits"]]


def test_a_device_limited_to_a_checkpoint_that_shows_portraits_gets_small_ones_and_each_look_is_logged(ask, event):
    guest, without = with_face(event), make_credential(event)
    assert named(ask(ASKED)) == [id_of(guest)]
    assert not AccessLog.objects.filter(part="door portrait").exists()  # nobody has seen a face yet
    answer = ask(f"portraits/faces?checkpoint=vip&wanted={id_of(guest)},{id_of(without)}")
    assert list(answer.json()["faces"]) == [id_of(guest)]
    small = base64.b64decode(answer.json()["faces"][id_of(guest)])
    with Image.open(io.BytesIO(small)) as picture:
        assert (picture.format, picture.size) == ("WEBP", portraits.SIZE)
    [look] = AccessLog.objects.filter(part="door portrait")
    assert (look.subject_id, look.actor_label, look.event_id) == (str(guest.registration_id), "North door", event.pk)
    assert "no-store" in answer["Cache-Control"]


def test_the_hardest_picture_is_small_enough_for_a_phone(event):
    noise = io.BytesIO()
    Image.effect_noise((900, 1200), 120).convert("RGB").save(noise, "PNG")
    guest = with_face(event, noise.getvalue())
    [small] = portraits.faces_of([guest]).values()
    assert len(base64.b64decode(small)) <= portraits.LARGEST


@pytest.mark.parametrize("places", [(), ("main",)], ids=["everywhere", "another"])
def test_no_other_device_gets_any(ask, event, limit, places):
    guest = with_face(event)
    limit(*places)
    for address in (ASKED, f"portraits/faces?checkpoint=vip&wanted={id_of(guest)}"):
        assert ask(address).status_code == 404
    assert not any(place["photos"] for place in ask("snapshot").json()["checkpoints"])


def test_a_checkpoint_that_does_not_show_portraits_gives_none(ask, event, limit):
    with_face(event)
    limit("vip", "main")
    assert ask("portraits?checkpoint=main").status_code == 404
    shown = {place["slug"]: place["photos"] for place in ask("snapshot").json()["checkpoints"]}
    assert shown == {"vip": True, "main": False}
    Checkpoint.objects.update(photos=False)
    assert ask(ASKED).status_code == 404


def test_outside_of_its_time_a_device_gets_none(ask, event, limit):
    guest = with_face(event)
    limit("vip", until=timezone.now() - timedelta(minutes=1))
    for address in (ASKED, f"portraits/faces?checkpoint=vip&wanted={id_of(guest)}"):
        assert ask(address).json()["code"] == "device_not_valid"


def test_only_guests_who_may_pass_there_are_named_and_shown(ask, event):
    vip = CategoryFactory(event=event, asks_portrait=True)
    Checkpoint.objects.get(slug="vip").categories.set([vip])
    Checkpoint.objects.filter(slug="vip").update(rights=2)
    may, stranger, granted, withdrawn, elsewhere = (
        with_face(event, category=vip),
        with_face(event),
        with_face(event),
        with_face(event, category=vip),
        with_face(EventFactory()),
    )
    type(granted).objects.filter(pk=granted.pk).update(granted=2)
    withdraw_credentials([withdrawn.registration])
    assert set(named(ask(ASKED))) == {id_of(may), id_of(granted)}
    for other in (stranger, withdrawn, elsewhere):
        assert ask(f"portraits/faces?checkpoint=vip&wanted={id_of(other)}").json() == {"faces": {}}


def test_those_who_matter_most_come_first_and_a_phone_is_not_filled(ask, event, monkeypatch):
    vip = CategoryFactory(event=event, kind="vip", asks_portrait=True)
    last, first = with_face(event, latin_name="AAB"), with_face(event, latin_name="AAA")
    awaited = with_face(event, category=vip, latin_name="ZZZ")
    assert named(ask(ASKED)) == [id_of(awaited), id_of(first), id_of(last)]
    assert ask(ASKED).json()["complete"] is True
    monkeypatch.setattr(portraits, "MOST", 2)
    assert named(ask(ASKED)) == [id_of(awaited), id_of(first)]
    assert ask(ASKED).json()["complete"] is False


def test_a_new_picture_is_told_apart_and_one_that_is_gone_or_closed_is_not_named(ask, event):
    guest = with_face(event)
    before = ask(ASKED).json()["portraits"]
    save_portrait(
        registration_id=guest.registration_id, portrait=inspect_portrait(upload("me.jpg", face((1200, 1600))))
    )
    assert ask(ASKED).json()["portraits"] != before
    Portrait.objects.update(malware_check="found")
    assert named(ask(ASKED)) == []
    Portrait.objects.update(malware_check="")
    remove_portrait(registration_id=guest.registration_id)
    assert named(ask(ASKED)) == []


@pytest.mark.parametrize("wanted", ["", "zz", "0" * 15, ",".join(["0" * 16] * 26)])
def test_a_list_of_ids_that_cannot_be_is_refused(ask, event, wanted):
    assert ask(f"portraits/faces?checkpoint=vip&wanted={wanted}").status_code == 422


def test_many_faces_take_as_many_statements_as_one(ask, event, statements_of):
    guests = [with_face(event) for _guest in range(3)]
    one = statements_of(lambda: ask(f"portraits/faces?checkpoint=vip&wanted={id_of(guests[0])}"))
    all_of_them = ",".join(map(id_of, guests))
    assert statements_of(lambda: ask(f"portraits/faces?checkpoint=vip&wanted={all_of_them}")) == one
