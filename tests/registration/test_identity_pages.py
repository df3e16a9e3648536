"""The guest's pages for travel document, portrait and letter: what is taken, what is refused with which words, what stays."""

import io
import logging
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from plenary.core.models import HistoryEntry
from registration.models import AssignmentLetter, DocumentScan, Portrait, TravelDocument
from registration.rules import State
from registration.uploads import open_upload
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.files import bomb, pdf, picture, zip_archive
from tests.registration.guest import my
from tests.registration.papers import NUMBER, face, typed, zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest():
    category = CategoryFactory(
        event__ends_on=date(2030, 5, 20),
        event__starts_on=date(2030, 5, 18),
        asks_passport=True,
        asks_portrait=True,
        asks_assignment_letter=True,
        kind="press",
    )
    return RegistrationFactory(category=category, name="Amina Osman", nationality="KE")


def sent(content: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def errors(response) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def give(client, guest, **fields):
    return client.post(my(guest, "identity/"), fields)


# -- travel document -----------------------------------------------------------------------------------------------------
def test_the_lines_alone_fill_in_the_whole_document(client, guest):
    response = give(client, guest, zone=zone())
    assert response.status_code == 302
    facts = TravelDocument.objects.get().facts()
    assert (facts.kind, facts.number, facts.issuing_country, facts.nationality) == ("passport", NUMBER, "KE", "KE")
    assert (facts.surname, facts.given_names, facts.birth_date, facts.sex) == ("OSMAN", "AMINA", date(1985, 3, 14), "F")
    assert facts.zone == zone()


def test_typed_fields_do_without_the_lines(client, guest):
    assert give(client, guest, **typed(number="ak 012-3456")).status_code == 302
    assert TravelDocument.objects.get().number == NUMBER


def test_what_is_stored_is_not_readable_in_the_database(client, guest):
    give(client, guest, **typed(), zone=zone())
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registration_traveldocument")
        row = " ".join(map(str, cursor.fetchone()))
    assert not any(word in row for word in (NUMBER, "Osman", "OSMAN", "Amina", "1985", "2035-06-30", "passport"))


def test_a_wrong_check_digit_is_told_by_its_character_and_nothing_typed_is_lost(client, guest):
    wrong = zone().replace(f"{NUMBER}", "AK0123457")
    response = give(client, guest, zone=wrong)
    assert response.status_code == 200
    told = errors(response)["zone"]
    assert told[0].startswith("Character 10 of line 2 does not fit the document number.")
    assert "characters 1 to 9 of line 2" in told[0]
    assert wrong.split("\n")[1] in response.content.decode().replace("&lt;", "<")
    assert list(errors(response)) == ["zone"], "nobody is told to fill in what the lines will say"
    assert not TravelDocument.objects.exists()


def test_typed_fields_that_contradict_the_lines_are_told_at_the_field(client, guest):
    response = give(client, guest, zone=zone(), **typed(number="AK0123465", surname="Oman", birth_date="1985-03-15"))
    found = errors(response)
    assert set(found) == {"number", "surname", "birth_date"}
    assert NUMBER in found["number"][0]
    assert "14 March 1985" in found["birth_date"][0]


def test_accents_and_missing_middle_letters_of_the_alphabet_are_no_contradiction(client, guest):
    lines = zone(surname="Müller", given_names="Jürgen")
    assert give(client, guest, zone=lines, surname="Müller", given_names="Jürgen").status_code == 302
    assert TravelDocument.objects.get().surname == "Müller"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, {"kind", "number", "issuing_country", "nationality", "surname", "birth_date", "sex", "expires_on"}),
        (typed(number="Я12345678"), {"number"}),
        (typed(number="<script>"), {"number"}),
        (typed(surname="Ossman" * 60), {"surname"}),
        (typed(surname="Осман"), {"surname"}),
        (typed(given_names="A\u0301" * 10 + "\u0301" * 9), {"given_names"}),
        (typed(birth_date="2999-01-01"), {"birth_date"}),
        (typed(birth_date="1985-02-30"), {"birth_date"}),
        (typed(issued_on="2999-01-01"), {"issued_on"}),
        (typed(expires_on="2020-01-01"), {"expires_on"}),
        (typed(expires_on="2030-05-19"), {"expires_on"}),
        (typed(issuing_country="ZZ"), {"issuing_country"}),
        (typed(kind="visa"), {"kind"}),
        ({"zone": "P<KEN"}, {"zone"}),
        ({"zone": "<" * 400}, {"zone"}),
        ({"zone": "A" * 401}, {"zone"}),
    ],
)  # fmt: skip
def test_what_cannot_be_a_document_is_refused_at_its_field(client, guest, fields, where):
    response = give(client, guest, **fields)
    assert response.status_code == 200
    assert set(errors(response)) == where
    assert not TravelDocument.objects.exists()


def test_a_name_that_turns_the_text_around_is_taken_without_its_trick(client, guest):
    assert give(client, guest, **typed(given_names="Ami\u202ena")).status_code == 302
    assert TravelDocument.objects.get().given_names == "Amina"


def test_a_document_that_ends_soon_after_the_event_is_a_warning_or_a_refusal_as_the_category_says(client, guest):
    response = give(client, guest, **typed(expires_on="2030-08-01"))
    assert response.status_code == 302
    assert "less than 6 months after the event" in client.get(my(guest, "identity/")).content.decode()
    TravelDocument.objects.all().delete()
    category = guest.category
    category.document_strict = True
    category.save()
    response = give(client, guest, **typed(expires_on="2030-08-01"))
    assert "until 20 November 2030" in errors(response)["expires_on"][0]
    category.document_months = 2
    category.save()
    assert give(client, guest, **typed(expires_on="2030-08-01")).status_code == 302


def test_another_nationality_than_at_sign_up_is_no_refusal(client, guest):
    assert give(client, guest, zone=zone(nationality="FRA")).status_code == 302


def test_an_organisation_and_the_stateless_have_documents_too(client, guest):
    assert give(client, guest, zone=zone(issuer="UNO", nationality="XXB"), kind="laissez_passer").status_code == 302
    facts = TravelDocument.objects.get().facts()
    assert (facts.issuing_country, facts.nationality) == ("", "")


def test_the_page_tells_back_no_more_than_the_end_of_the_number(client, guest):
    give(client, guest, **typed())
    for address in ("identity/", "identity/?again=1", ""):
        html = client.get(my(guest, address)).content.decode()
        assert NUMBER not in html
        assert "1985" not in html
    assert "…456" in client.get(my(guest, "identity/")).content.decode()


def test_a_new_document_takes_the_place_of_the_old_and_history_names_fields_only(client, guest):
    give(client, guest, **typed())
    give(client, guest, **typed(number="BK7654321"))
    give(client, guest, **typed(number="BK7654321"))
    document = TravelDocument.objects.get()
    assert (document.number, document.version) == ("BK7654321", 2)
    entries = HistoryEntry.objects.of(guest)
    assert [(entry.verb, entry.data) for entry in entries if "document" in entry.verb] == [
        ("document_changed", {"fields": ["number"]}),
        ("document_saved", {"fields": []}),
    ]
    client.post(my(guest, "identity/"), {"go": "remove"})
    assert not TravelDocument.objects.exists()


def test_nothing_that_was_typed_reaches_the_log(client, guest, caplog):
    with caplog.at_level(logging.DEBUG):
        give(client, guest, **typed(), zone=zone().replace("KEN", "QQQ"))
        give(client, guest, **typed(), zone=zone())
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not any(NUMBER in line or "OSMAN" in line for line in ours)


# -- its picture ---------------------------------------------------------------------------------------------------------
def test_a_good_picture_is_kept_although_a_field_is_wrong(client, guest):
    guest.category.asks_passport_scan = True
    guest.category.save()
    response = give(client, guest, **typed(number="?"), scan=sent(picture("JPEG"), "page.jpg"))
    assert set(errors(response)) == {"number"}
    assert "page.jpg" in response.content.decode()
    scan = DocumentScan.objects.get()
    assert give(client, guest, **typed()).status_code == 302, "the picture need not be chosen again"
    assert DocumentScan.objects.get() == scan


def test_a_picture_of_the_page_is_asked_only_where_the_category_asks(client, guest):
    give(client, guest, **typed(), scan=sent(picture("JPEG")))
    assert not DocumentScan.objects.exists()
    guest.category.asks_passport_scan = True
    guest.category.save()
    assert errors(give(client, guest, **typed())) == {"scan": ["Choose a picture of the page."]}


def test_a_pdf_of_the_page_is_kept_as_pixels(client, guest):
    guest.category.asks_passport_scan = True
    guest.category.save()
    page = io.BytesIO()
    Image.new("RGB", (1200, 850), "#336699").save(page, "PDF")
    assert give(client, guest, **typed(), scan=sent(page.getvalue(), "passport.pdf")).status_code == 302
    stored = DocumentScan.objects.get()
    assert (stored.media_type, stored.name) == ("image/jpeg", "passport.jpg")
    drawn = Image.open(io.BytesIO(open_upload(stored)))
    middle = drawn.getpixel((drawn.width // 2, drawn.height // 2))
    assert all(abs(a - b) < 4 for a, b in zip(middle, (0x33, 0x66, 0x99), strict=True))
    with stored.file.open("rb") as sealed:
        assert b"JFIF" not in sealed.read(), "encrypted at rest"


BAD = {
    "a program": b"MZ\x90\x00" * 20,
    "a web page": b"<html><script>alert(1)</script>",
    "a PDF with a script": pdf(body=b"1 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj\n"),
    "a PDF and an archive at once": pdf(after=zip_archive()),
    "a PDF that draws nothing": pdf(),
    "100 megapixels": bomb(10_000, 10_000),
    "a damaged picture": picture("JPEG")[:150],
    "an SVG called JPEG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "nothing": b"",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
@pytest.mark.parametrize(("page", "field"), [("identity/", "scan"), ("portrait/", "picture")])
def test_bad_files_are_refused_with_words_at_the_field(client, guest, content, page, field):
    guest.category.asks_passport_scan = True
    guest.category.save()
    response = client.post(my(guest, page), typed() | {field: sent(content)})
    assert response.status_code == 200
    assert len(errors(response)[field][0]) > 15
    assert not DocumentScan.objects.exists()
    assert not Portrait.objects.exists()


@pytest.mark.parametrize(
    ("page", "field"), [("identity/", "scan"), ("portrait/", "picture"), ("assignment-letter/", "letter")]
)
def test_an_oversized_file_is_stopped_on_the_way_in(client, guest, page, field, monkeypatch):
    monkeypatch.setattr("registration.uploads.MAX_BYTES", 2_000)
    guest.category.asks_passport_scan = True
    guest.category.save()
    response = client.post(my(guest, page), typed() | {field: sent(face())})
    assert "too large" in errors(response)[field][0]


# -- letter, tasks, who may ----------------------------------------------------------------------------------------------
def test_a_letter_may_be_a_checked_pdf_and_is_replaced_whole(client, guest):
    for content in (pdf(), picture("PNG")):
        assert client.post(my(guest, "assignment-letter/"), {"letter": sent(content, "letter")}).status_code == 302
    assert AssignmentLetter.objects.get().media_type == "image/png"
    client.post(my(guest, "assignment-letter/"), {"go": "remove"})
    assert not AssignmentLetter.objects.exists()


def test_tasks_are_shown_with_their_moment_and_become_done(client, guest):
    guest.category.identity_due_at = datetime(2030, 4, 1, 10, tzinfo=UTC)
    guest.category.save()
    html = client.get(my(guest)).content.decode()
    for name in ("identity", "portrait", "assignment-letter"):
        assert f'id="task-{name}"' in html
        assert my(guest, f"{name}/") in html
    assert "2030-04-01T" in html
    assert "Something is still missing" in html
    assert "You need not do anything" not in html
    give(client, guest, **typed())
    client.post(my(guest, "portrait/"), {"picture": sent(face())})
    html = client.get(my(guest)).content.decode()
    assert html.count("task--done") == 2


@pytest.mark.parametrize("page", ["identity/", "portrait/", "assignment-letter/"])
def test_nothing_is_asked_where_the_category_does_not_ask(client, page):
    exempt = RegistrationFactory(category=CategoryFactory(kind="vip"))
    assert client.get(my(exempt, page))["Location"] == my(exempt)
    assert client.post(my(exempt, page), typed()).status_code == 409
    assert "task--" not in client.get(my(exempt)).content.decode()
    assert not TravelDocument.objects.exists()


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.REJECTED, State.WITHDRAWN, State.CANCELLED])
def test_a_registration_that_is_not_proved_or_has_ended_takes_nothing(client, guest, state):
    guest.state = state
    guest.save()
    assert client.get(my(guest, "identity/"))["Location"] == my(guest)
    assert give(client, guest, **typed()).status_code == 409
    assert not TravelDocument.objects.exists()


def test_papers_may_still_be_given_after_the_decision(client, guest):
    guest.state = State.APPROVED
    guest.save()
    assert give(client, guest, **typed()).status_code == 302


def test_the_pages_are_private(client, guest):
    for page in ("identity/", "portrait/", "assignment-letter/"):
        response = client.get(my(guest, page))
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]
        assert client.get(f"/en/my/nonsense/{page}").status_code == 404
    assert client.get("/en/my/nonsense/portrait/picture.jpg").status_code == 404
    assert client.get(my(guest, "portrait/picture.jpg")).status_code == 404


def test_a_form_without_its_csrf_token_is_refused(guest):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    for page in ("identity/", "portrait/", "assignment-letter/"):
        assert strict.post(my(guest, page), typed()).status_code == 403


def test_the_own_page_of_who_is_asked_nothing_costs_no_statement_more(client, statements_of):
    plain = RegistrationFactory()
    before = statements_of(lambda: client.get(my(plain)))
    asked = RegistrationFactory(category=CategoryFactory(asks_passport=True, asks_portrait=True))
    assert statements_of(lambda: client.get(my(asked))) <= before + 2


@pytest.mark.parametrize(
    ("page", "field", "kind"),
    [
        ("identity/", "scan", DocumentScan),
        ("portrait/", "picture", Portrait),
        ("assignment-letter/", "letter", AssignmentLetter),
    ],
)
def test_a_picture_that_is_a_web_page_as_well_is_kept_as_pixels_alone(client, guest, page, field, kind):
    guest.category.asks_passport_scan = guest.category.asks_assignment_letter = True
    guest.category.save()
    page_within = b"<html><script>alert(document.cookie)</script></html>"
    photo = face((900, 1200), comment=page_within) + page_within + zip_archive()
    assert page_within in photo[:400]
    assert client.post(my(guest, page), typed() | {field: sent(photo)}).status_code == 302
    stored = open_upload(kind.objects.get())
    assert stored.startswith(b"\xff\xd8\xff")
    assert b"script" not in stored
    assert b"PK\x05\x06" not in stored


@pytest.mark.slow
def test_a_real_photo_of_100_megapixels_is_refused_before_it_is_opened(client, guest, monkeypatch):
    huge = io.BytesIO()
    Image.new("L", (10_000, 10_000), 128).save(huge, "JPEG", quality=1)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *_args: pytest.fail("it was decoded"))
    response = client.post(my(guest, "portrait/"), {"picture": sent(huge.getvalue())})
    assert "40 megapixels" in response.content.decode()
    assert not Portrait.objects.exists()
