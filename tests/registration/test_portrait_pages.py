"""The guest's page for the portrait: cut where it was chosen, drawn anew at one size, with nothing left of the old file."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from registration.models import Portrait
from registration.uploads import open_upload
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.files import pdf
from tests.registration.guest import my
from tests.registration.papers import face

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest():
    return RegistrationFactory(category=CategoryFactory(event__ends_on=date(2030, 5, 20), asks_portrait=True))


def sent(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", content, content_type="image/jpeg")


def errors(response) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def stored_face() -> Image.Image:
    return Image.open(io.BytesIO(open_upload(Portrait.objects.get())))


def test_a_portrait_is_cut_where_the_guest_chose_and_drawn_at_the_fixed_size(client, guest):
    source = Image.new("RGB", (1000, 1400), "red")
    source.paste("blue", (300, 200, 840, 900))
    buffer = io.BytesIO()
    source.save(buffer, "PNG")
    choice = {"left": "0.3", "top": str(200 / 1400), "share": "0.54"}
    response = client.post(my(guest, "portrait/"), {"picture": sent(buffer.getvalue())} | choice)
    assert response.status_code == 302
    drawn = stored_face()
    assert (drawn.format, drawn.size) == ("JPEG", (540, 700))
    for corner in ((5, 5), (534, 5), (5, 694), (534, 694)):
        red, _green, blue = drawn.getpixel(corner)
        assert blue > 200 > 60 > red
    assert Portrait.objects.get().crop == {"left": 300, "top": 200, "width": 540, "height": 700}


@pytest.mark.parametrize(("place", "colour"), [("upper", "red"), ("middle", "green"), ("lower", "blue"), ("", "green")])
def test_without_a_script_the_guest_names_the_part_and_sees_the_result(client, guest, place, colour):
    source = Image.new("RGB", (540, 2100))
    for number, name in enumerate(("red", "green", "blue")):
        source.paste(name, (0, 700 * number, 540, 700 * (number + 1)))
    buffer = io.BytesIO()
    source.save(buffer, "PNG")
    client.post(my(guest, "portrait/"), {"picture": sent(buffer.getvalue()), "place": place})
    wanted = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255)}[colour]
    assert all(abs(a - b) < 12 for a, b in zip(stored_face().getpixel((270, 350)), wanted, strict=True))
    shown = client.get(my(guest, "portrait/picture.jpg"))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in shown["Cache-Control"]
    assert "sandbox" in shown["Content-Security-Policy"]
    assert "portrait/picture.jpg" in client.get(my(guest, "portrait/")).content.decode()


def test_a_turned_picture_with_its_place_and_time_is_upright_and_without_them(client, guest):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x0132] = "2026:11:26 10:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    source = Image.new("RGB", (1400, 1000), "red")
    source.paste("blue", (0, 0, 700, 1000))  # the left half, which is the top when upright
    buffer = io.BytesIO()
    source.save(buffer, "JPEG", exif=exif)
    client.post(my(guest, "portrait/"), {"picture": sent(buffer.getvalue()), "place": "upper"})
    drawn = stored_face()
    assert not drawn.getexif()
    assert drawn.getpixel((270, 30))[2] > 200 > drawn.getpixel((270, 690))[2]


@pytest.mark.parametrize("size", [(200, 260), (359, 2000), (2000, 400)])
def test_a_face_that_would_be_blurred_is_refused(client, guest, size):
    response = client.post(my(guest, "portrait/"), {"picture": sent(face(size))})
    assert "blurred" in errors(response)["picture"][0]


def test_too_small_a_part_of_a_large_picture_is_refused_too(client, guest):
    response = client.post(
        my(guest, "portrait/"), {"picture": sent(face((3000, 4000))), "left": "0.5", "top": "0.5", "share": "0.05"}
    )
    assert "blurred" in errors(response)["picture"][0]


@pytest.mark.parametrize(
    "choice", [{"left": "nan"}, {"left": "-1", "top": "9", "share": "x"}, {"left": ["0.1", "0.2"]}]
)
def test_a_choice_that_is_none_keeps_the_middle(client, guest, choice):
    client.post(my(guest, "portrait/"), {"picture": sent(face())} | choice)
    assert stored_face().size == (540, 700)


def test_a_pdf_is_no_portrait(client, guest):
    response = client.post(my(guest, "portrait/"), {"picture": sent(pdf())})
    assert "not a picture" in errors(response)["picture"][0]
