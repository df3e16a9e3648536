"""What forms take and what they refuse, with the words they refuse it in."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from PIL import Image

from registration.forms import PersonForm, QuestionsForm
from registration.models import Question
from tests.factories.registration import CategoryFactory, QuestionFactory
from tests.registration.files import picture

GOOD = {"email": "amina@example.org", "name": "Amina Osman", "nationality": "KE"}
YES_NO = [{"value": "yes", "label": {"en": "Yes", "ar": "نعم"}}, {"value": "no", "label": {"en": "No"}}]


def person(**changes) -> PersonForm:
    data = QueryDict(mutable=True)
    for name, value in (GOOD | changes).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return PersonForm(data)


def test_a_name_address_and_nationality_are_enough():
    form = person()
    assert form.is_valid()
    assert form.particulars().name == "Amina Osman"


@pytest.mark.parametrize("name", ["email", "name", "nationality"])
def test_what_is_missing_is_asked_for(name):
    form = person(**{name: ""})
    assert set(form.errors) == {name}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amina \t Osman ", "Amina Osman"),
        ("Amina\u202e Osman\u202c", "Amina Osman"),  # directional override
        ("Amina\u0000Osman", "Amina Osman"),
        ("Ame\u0301lie", "Am\u00e9lie"),  # a letter and its mark become one
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("O’Neill-Smith, Jr.", "O’Neill-Smith, Jr."),
        ("<b>Robert'); DROP TABLE students;--</b>", "<b>Robert'); DROP TABLE students;--</b>"),
        ("{{ settings.SECRET_KEY }} Ada", "{{ settings.SECRET_KEY }} Ada"),
        ("=HYPERLINK(1) Ada", "=HYPERLINK(1) Ada"),
        ("A" * 300, "A" * 300),
    ],
)
def test_names_are_kept_as_people_write_them(typed, kept):
    form = person(name=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == kept


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("Amina 😀", "😀"),
        ("👩🏽‍🚀 Amina", "👩"),
        ("12345", "letters"),
        ("\u200b\u200e", "letters"),
        ("Z" + "\u0316" * 9, "accents"),
        ("A" * 301, "301"),
    ],
)
def test_names_no_badge_can_show_are_refused_with_the_reason(typed, word):
    assert word in " ".join(person(name=typed, latin_name="Ada").errors["name"])


@pytest.mark.parametrize("name", ["王小明", "أمينة الحسن", "Иван Петров", "김민준", "अमीना"])
def test_a_name_in_another_script_needs_its_passport_form(name):
    assert set(person(name=name).errors) == {"latin_name"}
    assert person(name=name, latin_name="Amina Al-Hassan").is_valid()


def test_the_passport_form_is_latin():
    assert set(person(name="王小明", latin_name="王小明").errors) == {"latin_name"}
    assert person(name="王小明", latin_name="Wáng Xiǎomíng").is_valid()


@pytest.mark.parametrize(
    "address",
    ["amina", "amina@", "@example.org", "a b@example.org", "a@example.org\nBcc: x@y.org", "a" * 250 + "@example.org"],
)
def test_addresses_that_are_none_are_refused(address):
    assert set(person(email=address).errors) == {"email"}


def test_a_field_sent_twice_is_an_error_and_one_not_ours_is_ignored():
    assert "more than once" in str(person(name=["Amina", "Anna"]).errors["name"])
    assert person(is_staff="1", state="approved").is_valid()


@pytest.mark.parametrize("code", ["XX", "ke", "KE ", "<script>"])
def test_a_country_is_one_of_the_list(code):
    assert set(person(nationality=code).errors) == {"nationality"}


# -- questions ----------------------------------------------------------------------------------------------------------
def question(kind, key="q", **facts) -> Question:
    return QuestionFactory.build(pk=abs(hash(key)) % 1000 + 1, kind=kind, key=key, event=None, **facts)


def ask(questions, data=None, files=None, **facts) -> QuestionsForm:
    sent = MultiValueDict(
        {f"q-{key}": value if isinstance(value, list) else [value] for key, value in (data or {}).items()}
    )
    kept = MultiValueDict({f"q-{key}": [value] for key, value in (files or {}).items()})
    form = QuestionsForm(questions, sent, kept, facts={"category": "press", "nationality": "KE"} | facts)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", " a  b ", "a b"),
        ("long_text", "one\r\n two \u202e\r\n", "one\ntwo"),
        ("number", "12", 12),
        ("number", "1.5", 1.5),
        ("number", "١٢", 12),
        ("date", "2027-05-14", "2027-05-14"),
        ("choice", "yes", "yes"),
        ("choices", ["yes", "no"], ["yes", "no"]),
        ("country", "CI", "CI"),
        ("phone", "+41 22 917 12 34", "+41229171234"),
        ("phone", "0712 123456", "+254712123456"),  # read in the guest's own country
        ("phone", "+٤١ ٢٢ ٩١٧ ١٢ ٣٤", "+41229171234"),
        ("consent", "on", True),
    ],
)
def test_answers_are_stored_as_json_values(kind, typed, stored):
    form = ask([question(kind, options=YES_NO)], {"q": typed})
    assert not form.errors
    assert form.answers() == {"q": stored}
    json.dumps(form.answers())


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "twelve"),
        ("number", "NaN"),
        ("number", "1e999"),
        ("date", "14.5.2027"),
        ("date", "1650-01-01"),
        ("date", "2027-02-30"),
        ("choice", "perhaps"),
        ("choices", ["yes", "perhaps"]),
        ("country", "ZZ"),
        ("phone", "12"),
        ("phone", "call me"),
        ("text", "x" * 301),
        ("long_text", "x" * 5001),
        ("text", ["one", "two"]),
    ],
)
def test_wrong_answers_are_refused_at_the_question(kind, typed):
    assert set(ask([question(kind, options=YES_NO)], {"q": typed}).errors) == {"q"}


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_a_required_question_without_an_answer_is_asked_again(kind):
    assert set(ask([question(kind, options=YES_NO, required=True)]).errors) == {"q"}
    optional = ask([question(kind, options=YES_NO)])
    assert not optional.errors
    assert optional.answers() == ({"q": False} if kind == "consent" else {})


def test_a_hidden_question_is_neither_required_nor_stored():
    visa = question("choice", "visa", options=YES_NO, required=True)
    number = question("text", "passport", required=True, condition={"question": "visa", "is": "yes"})
    hidden = ask([visa, number], {"visa": "no", "passport": "X1"})
    assert (hidden.errors, hidden.answers()) == ({}, {"visa": "no"})
    assert set(ask([visa, number], {"visa": "yes"}).errors) == {"passport"}


def test_without_script_a_question_says_when_it_applies():
    visa = question("choice", "visa", options=YES_NO, label={"en": "A visa?"})
    number = question("text", "passport", condition={"question": "visa", "is": "yes"})
    help_text = str(ask([visa, number]).fields["passport"].help_text)
    assert "Only if you answered “Yes” to “" in help_text


def test_a_question_for_another_category_or_country_is_not_asked():
    for_press = question("text", "medium", condition={"question": "category", "in": ["press"]})
    for_swiss = question("text", "canton", condition={"question": "nationality", "is": "CH"})
    assert set(ask([for_press, for_swiss]).fields) == {"medium"}


def test_an_option_falls_back_to_english_and_says_so(settings):
    from django.utils import translation

    with translation.override("ar"):
        html = str(ask([question("choice", options=YES_NO, label={"en": "Really?"})])["q"])
    assert '<span lang="en" dir="ltr">No</span>' in html
    assert "نعم" in html


def test_staff_labels_are_text_and_not_html():
    field = ask([question("text", label={"en": "<script>alert(1)</script>"})])["q"]
    assert "<script>" not in field.label_tag()


def test_a_picture_is_taken_and_a_program_is_not():
    passport = question("file", "passport", required=True)
    good = ask([passport], files={"passport": SimpleUploadedFile("p.jpg", picture("JPEG"))})
    assert [checked.media_type for checked in good.changed_files().values()] == ["image/jpeg"]
    bad = ask([passport], files={"passport": SimpleUploadedFile("p.jpg", b"MZ\x90\x00", content_type="image/jpeg")})
    assert "not a picture" in str(bad.errors["passport"])


@pytest.mark.django_db
def test_questions_of_a_category_are_its_own_and_those_of_all():
    press, delegate = (CategoryFactory() for _number in range(2))
    delegate.event = press.event
    delegate.save()
    mine = QuestionFactory(event=press.event, categories=[press])
    everybodys = QuestionFactory(event=press.event)
    QuestionFactory(event=press.event, categories=[delegate])
    both = QuestionFactory(event=press.event, categories=[press, delegate])
    QuestionFactory()
    assert list(Question.objects.asked_in(press)) == [mine, everybodys, both]


def test_pictures_keep_no_trace_of_where_they_were_taken():
    from io import BytesIO

    from registration.uploads import inspect

    source = Image.new("RGB", (40, 20), "navy")
    exif = Image.Exif()
    exif[0x010F] = "Spy Camera"
    buffer = BytesIO()
    source.save(buffer, "JPEG", exif=exif)
    assert b"Spy Camera" in buffer.getvalue()
    assert b"Spy Camera" not in inspect(SimpleUploadedFile("a.jpg", buffer.getvalue())).content
