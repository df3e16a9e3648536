"""Badges on paper: what the PDF says and shows, judged by the house's own verifier where the machine has its tools."""

import hashlib
import re
from io import BytesIO

import numpy
import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from checkin.actions import issue_credentials, reprint_badge, withdraw_credentials
from checkin.badges import (
    TEMPLATE,
    badge_attachment,
    badge_data,
    badge_pdf,
    badges_pdf,
    grouped,
    ink_on,
    typeset,
)
from checkin.models import Credential, SigningKey
from checkin.sample_guests import guest
from plenary.core.actions import SYSTEM
from plenary.core.colour import contrast
from plenary.core.links import make_link
from plenary.core.typesetting import FONTS, LONGEST_WORD, printable
from registration.models import Registration
from tests.factories.checkin import badge_text, make_credential
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

LONG = [
    "María del Carmen de los Ángeles Fernández-Villaverde y Ortiz de Zárate de la Santísima Trinidad",
    "عبد الرحمن بن محمد بن عبد العزيز بن سعود بن فيصل بن تركي آل سعود",
    "Adolph Blaine Charles David Earl Frederick Gerald Hubert Irvin John Kenneth Lloyd Martin Nero Oliver Paul "
    "Quincy Randolph Sherman Thomas Uncas Victor William Xerxes Yancy Zeus Wolfeschlegelsteinhausenbergerdorff",
]


@pytest.fixture
def event():
    return EventFactory(slug="summit", name={"en": "International Forum on Water"})


def words_of(pdf):
    """The text layer, without white space: long names are wrapped."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def codes_of(pages):
    """What a reader reads from each page, at the resolution of a poor printer."""
    pictures = [Image.open(BytesIO(page)).convert("L") for page in typeset(pages, "png")]
    return [[code.text for code in zxingcpp.read_barcodes(numpy.asarray(picture))] for picture in pictures]


@pytest.mark.django_db
def test_badges_in_every_script_carry_their_own_code_and_their_names_as_text(event):
    names = [guest(number).name for number in range(17)] + LONG
    credentials = [make_credential(event, name=name, latin_name="Latin Name") for name in names]
    pdf = badges_pdf(Credential.objects.for_badges().order_by("pk"))
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(names)
    texts = [badge_text(credential) for credential in credentials]
    rows = Credential.objects.for_badges().order_by("pk")
    assert codes_of([badge_data(*each) for each in zip(rows, texts, strict=True)]) == [[text] for text in texts]
    layer = words_of(pdf)
    for name in ("Amina Mwangi", "王小明", "김서연", "田中 さくら", "Екатерина Ветрова", "Αλέξανδρος Παπαδόπουλος"):
        assert "".join(name.split()) in layer
    # Right to left, readers differ in the order they give letters; none may give a letter twice.
    for word in ("المصري", "محمد", "العزيز", "רבינוביץ"):
        assert word in layer or word[::-1] in layer


@pytest.mark.django_db
def test_a_badge_is_a_page_of_a6_with_event_dates_country_and_code(event):
    credential = make_credential(event, nationality="KE", organisation="Lake Basin Authority")
    pdf = badge_pdf(Credential.objects.for_badges().get())
    assert re.search(rb"/MediaBox\s*\[\s*0 0 297\.6\d* 419\.5\d*\s*\]", pdf)
    data = badge_data(Credential.objects.for_badges().get(), badge_text(credential))
    assert data["event"]["text"] == "International Forum on Water"
    assert data["when"]["text"] == "14–16 May 2030 · Geneva"
    assert [line["run"]["text"] for line in data["lines"][-2:]] == ["Lake Basin Authority", "Kenya"]
    assert data["code"] == grouped(credential.registration.code)


@pytest.mark.django_db
def test_a_badge_speaks_the_language_of_the_event_not_of_its_holder():
    event = EventFactory(name={"en": "Forum", "fr": "Forum de l’eau"}, source_language="fr")
    category = CategoryFactory(event=event, name={"en": "Speaker", "fr": "Oratrice"})
    credential = make_credential(event, category=category, language="ar", nationality="DE")
    data = badge_data(Credential.objects.for_badges().get(), badge_text(credential))
    assert (data["event"]["text"], data["category"]["text"]) == ("Forum de l’eau", "Oratrice")
    assert data["lines"][-1]["run"]["text"] == "Allemagne"


@pytest.mark.django_db
def test_typst_markup_and_html_in_a_name_are_only_text(event):
    hostile = '#panic("x") *bold* $x$ <b>"]} \\ @ref'
    make_credential(event, name=hostile, latin_name='#image("/etc/passwd")', organisation="= Heading")
    assert badge_pdf(Credential.objects.for_badges().get()).startswith(b"%PDF")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["X" * 300, "王" * 300, "ก" * 300, "ع" * 300, "🎉", "e" + "\u0301" * 200, "\u202eevil"]
)
def test_no_name_however_strange_keeps_a_badge_from_being_printed(event, name):
    make_credential(event, name=name, latin_name=name)
    assert badge_pdf(Credential.objects.for_badges().get()).startswith(b"%PDF")


@given(st.text(max_size=400))
def test_printed_text_holds_no_picture_no_direction_and_no_line_break(text):
    assert not re.search("[\u202a-\u202e\u2066-\u2069\U0001f300-\U0001faff\n]", printable(text))


@pytest.mark.parametrize("letter", ["x", "王", "ع", "ก"])
def test_an_endless_word_may_be_broken_and_keeps_all_its_letters(letter):
    shown = printable(letter * 300)
    assert shown.replace("\u200b", "") == letter * 300
    assert max(map(len, shown.split("\u200b"))) <= LONGEST_WORD


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_category_colour_gets_ink_that_can_be_read(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


def test_every_font_file_is_the_one_its_table_names_and_has_a_licence():
    table = (FONTS / "README.md").read_text(encoding="utf-8")
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    files = sorted(FONTS.glob("*.ttf"))
    assert len(files) >= 15
    for file in files:
        assert hashlib.sha256(file.read_bytes()).hexdigest() in table, file.name
        assert file.name.split("_")[0] + ":" in licence, file.name


def test_the_template_names_no_font_that_does_not_come_along():
    import typst

    wanted = set(re.findall(r'"(Noto Sans[^"]*|Vazirmatn)"', TEMPLATE.read_text(encoding="utf-8")))
    ours = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    assert wanted <= set(ours.families())


@pytest.mark.django_db
def test_the_mail_carries_the_badge_until_it_is_withdrawn(event):
    credential = make_credential(event)
    name, content, media_type = badge_attachment(str(credential.registration_id), "ar")
    assert name == f"badge-summit-{credential.registration.code}.pdf"
    assert content.startswith(b"%PDF")
    assert media_type == "application/pdf"
    withdraw_credentials([credential.registration])
    with pytest.raises(Credential.DoesNotExist):
        badge_attachment(str(credential.registration_id), "ar")


@pytest.mark.django_db
def test_a_guest_gets_the_badge_by_the_own_link_and_loses_it_when_it_is_withdrawn(client, event):
    registration = make_credential(event).registration
    token = make_link("guest", registration.pk, registration.link_version)
    answer = client.get(f"/en/badge/{token}/")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF")
    withdraw_credentials([registration])
    assert client.get(f"/en/badge/{token}/")["Location"] == reverse("registration:my", args=[token])
    assert client.get("/en/badge/forged/").status_code == 404


@pytest.mark.django_db
def test_issuing_again_changes_nothing_that_a_door_or_a_print_could_see(event):
    credential = make_credential(event)
    text = badge_text(credential)
    [again] = issue_credentials([credential.registration])
    assert badge_text(again) == text
    assert Credential.objects.count() == 1
    assert SigningKey.objects.count() == 1


@pytest.mark.django_db
def test_a_credential_given_back_after_withdrawal_makes_the_old_print_worthless(event):
    credential = make_credential(event)
    old = badge_text(credential)
    withdraw_credentials([credential.registration])
    [again] = issue_credentials([Registration.objects.get(pk=credential.registration_id)])
    assert again.withdrawn_at is None
    assert (again.issue, badge_text(again) == old) == (2, False)


@pytest.mark.django_db
def test_after_the_last_issue_number_a_badge_gets_a_new_id(event):
    credential = make_credential(event)
    Credential.objects.update(issue=255)
    renewed = reprint_badge(credential, by=SYSTEM)
    assert renewed.issue == 1
    assert bytes(renewed.public_id) != bytes(credential.public_id)


@pytest.mark.django_db
def test_the_private_key_is_not_in_the_database_in_clear(event):
    make_credential(event)
    key = SigningKey.objects.get()
    stored = SigningKey.objects.filter(pk=key.pk).extra(select={"raw": "private"}).values_list("raw", flat=True).get()
    assert key.private not in stored
