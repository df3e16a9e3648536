"""Categories and questions in the admin: words instead of JSON, and mistakes told where they were made."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.languages import LANGUAGES
from plenary.core.models import HistoryEntry, PublicGeneration
from plenary.operations.planning.roles import PERMISSIONS
from registration.models import Category, Question
from registration.viewsets.condition_fields import Reading, as_rows
from registration.viewsets.offer_fields import value_of
from tests.factories.registration import CategoryFactory, QuestionFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(staff("Conference office"))
    return client


def label(name: str, *, en: str = "") -> dict[str, str]:
    """A label as its six inputs post it, with English filled in."""
    return {f"{name}_{language.code}": en if language.code == "en" else "" for language in LANGUAGES}


def question_form(event: Any, **facts: Any) -> dict[str, Any]:
    rows, conditions = facts.pop("rows", []), facts.pop("conditions", [])
    data = {
        "event": event.pk,
        **label("label", en="Do you need a visa?"),
        **label("help_text"),
        "kind": "choice",
        "key": "visa",
        "position": 5,
        "stage": "sign_up",
        "purpose": "Letters for the visa",
        "data_class": "travel",
        "retention": "departure",
        "only_if-join": facts.pop("join", "all"),
        **facts,
    }
    for number, (subject, test, value) in enumerate([*conditions, ("", "is", "")]):
        data |= {
            f"only_if-{number}-subject": subject,
            f"only_if-{number}-test": test,
            f"only_if-{number}-value": value,
        }
    for number, (value, english) in enumerate([*rows, ("", "")]):
        data[f"options-{number}-value"] = value
        data[f"options-{number}-en"] = english
    return data


def errors(response: Any) -> dict[str, Any]:
    return {} if response.status_code == 302 else response.context["form"].errors


def test_options_are_rows_and_a_value_is_made_of_the_english_label(office: Client) -> None:
    event = CategoryFactory().event
    response = office.post(reverse("questions:add"), question_form(event, rows=[("", "Yes, please"), ("no", "No")]))
    assert errors(response) == {}
    question = Question.objects.get()
    assert question.options == [
        {"value": "yes-please", "label": {"en": "Yes, please"}},
        {"value": "no", "label": {"en": "No"}},
    ]
    assert str(question.label) == "Do you need a visa?"
    assert HistoryEntry.objects.of(question).get().verb == "question_added"


@pytest.mark.parametrize(
    ("rows", "said"),
    [([], "at least one option"), ([("a", "A"), ("a", "B")], "Two options"), ([("a", "")], "English label")],
)
def test_a_list_without_proper_options_is_told_so(office: Client, rows: list[tuple[str, str]], said: str) -> None:
    event = CategoryFactory().event
    response = office.post(reverse("questions:add"), question_form(event, rows=rows))
    assert said in str(errors(response)["options"])
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("rows", "stored"),
    [
        ([], {}),
        ([("category", "is", "press")], {"question": "category", "is": "press"}),
        ([("category", "is", "The Press")], {"question": "category", "is": "press"}),  # by its label
        ([("nationality", "is", "cn, France")], {"question": "nationality", "in": ["CN", "FR"]}),
        ([("nationality", "is_not", "CN")], {"question": "nationality", "is_not": "CN"}),
        ([("delegation", "is", "yes")], {"question": "delegation", "is": True}),
        ([("consent", "is", "Yes")], {"question": "consent", "is": True}),
        ([("diet", "is", "Vegetarian")], {"question": "diet", "is": "veg"}),
        ([("diet", "answered", "")], {"question": "diet", "answered": True}),
        ([("diet", "unanswered", "")], {"question": "diet", "answered": False}),
        ([("outlet", "is", "The Daily")], {"question": "outlet", "is": "The Daily"}),
        ([("size", "greater", "3")], {"question": "size", "greater": 3}),
        ([("size", "less", "2.5")], {"question": "size", "less": 2.5}),
        ([("arrival", "before", "2030-05-14")], {"question": "arrival", "before": "2030-05-14"}),
        (
            [("category", "is", "press"), ("size", "greater", "3")],
            {"all": [{"question": "category", "is": "press"}, {"question": "size", "greater": 3}]},
        ),
    ],
)
def test_a_condition_is_written_in_words(
    office: Client, rows: list[tuple[str, str, str]], stored: dict[str, Any]
) -> None:
    category = earlier_questions()
    data = question_form(category.event, kind="text", conditions=rows)
    assert errors(office.post(reverse("questions:add"), data)) == {}
    question = Question.objects.get(key="visa")
    assert question.condition == stored
    html = office.get(reverse("questions:edit", args=[question.pk])).content.decode()
    for subject, _test, _value in rows:
        assert f'<option value="{subject}" selected>' in html


def test_one_of_several_may_be_enough(office: Client) -> None:
    category = earlier_questions()
    rows = [("category", "is", "press"), ("size", "greater", "3")]
    office.post(reverse("questions:add"), question_form(category.event, kind="text", conditions=rows, join="any"))
    assert set(Question.objects.get(key="visa").condition) == {"any"}


def earlier_questions() -> Category:
    category: Category = CategoryFactory(slug="press", name={"en": "The Press"})
    QuestionFactory(event=category.event, key="consent", kind="consent", position=1)
    QuestionFactory(event=category.event, key="outlet", position=1)
    QuestionFactory(event=category.event, key="size", kind="number", position=1)
    QuestionFactory(event=category.event, key="arrival", kind="date", position=1)
    QuestionFactory(
        event=category.event,
        key="diet",
        kind="choice",
        position=1,
        options=[{"value": "veg", "label": {"en": "Vegetarian"}}],
    )
    return category


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("category", "is", "pres"), "Possible values: press"),
        (("nationality", "is", "XX"), "Unknown: XX"),
        (("category", "is", ""), "which values"),
        (("", "is", "press"), "clear it"),
        (("diet", "is", "meat"), "Possible values: veg"),
        (("diet", "greater", "3"), "only a number"),
        (("size", "before", "2030-01-01"), "only a date"),
        (("size", "greater", "many"), "write a number"),
        (("arrival", "after", "soon"), "year-month-day"),
        (("later", "is", "x"), "asked later"),
        (("visa", "is", "x"), "no question"),
        (("elsewhere", "is", "x"), "no question"),
        (("diet", "sounds", "x"), "how"),
    ],
)
def test_a_condition_that_can_never_hold_is_told_at_its_field(
    office: Client, row: tuple[str, str, str], said: str
) -> None:
    category = earlier_questions()
    QuestionFactory(event=category.event, key="later", position=9)
    QuestionFactory(key="elsewhere", position=1)
    response = office.post(reverse("questions:add"), question_form(category.event, kind="text", conditions=[row]))
    assert said in str(errors(response)["only_if"])
    assert f'value="{row[2]}"' in response.content.decode()  # what was typed is still there
    assert not Question.objects.filter(key="visa").exists()


def test_personal_data_needs_a_purpose(office: Client) -> None:
    event = CategoryFactory().event
    response = office.post(reverse("questions:add"), question_form(event, kind="text", purpose=""))
    assert "purpose" in errors(response)
    data = question_form(event, kind="text", purpose="", data_class="public")
    assert errors(office.post(reverse("questions:add"), data)) == {}


def test_a_condition_deeper_than_rows_is_told_in_words_and_kept(office: Client) -> None:
    china = {"question": "nationality", "is_not": "CN"}
    deep = {
        "all": [
            {"question": "category", "is": "press"},
            {"any": [{"question": "invited", "is": True}, {"all": [china, {"question": "delegation", "is": True}]}]},
        ]
    }
    category = CategoryFactory(slug="press")
    question = QuestionFactory(event=category.event, key="visa", position=5, condition=deep)
    address = reverse("questions:edit", args=[question.pk])
    html = office.get(address).content.decode()
    assert "(came by an invitation is Yes or (the nationality is not China and member of a delegation is Yes))" in html
    assert errors(office.post(address, question_form(category.event, kind="text"))) == {}
    question.refresh_from_db()
    assert question.condition == deep
    office.post(address, question_form(category.event, kind="text") | {"only_if-always": "on"})
    question.refresh_from_db()
    assert question.condition == {}


def test_a_question_keeps_to_categories_of_its_event(office: Client) -> None:
    category, foreign = CategoryFactory(), CategoryFactory()
    data = question_form(category.event, kind="text", categories=[foreign.pk])
    assert "categories" in errors(office.post(reverse("questions:add"), data))


def test_changing_a_category_never_touches_the_count_of_its_places_and_renews_public_pages(office: Client) -> None:
    category = CategoryFactory(quota=10, taken=7, name={"en": "Delegate"})
    before = PublicGeneration.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    data = {
        "event": category.event_id,
        **label("name", en="Delegates"),
        **label("description"),
        "slug": category.slug,
        "kind": "delegate",
        "quota": 20,
        "taken": 0,
        "colour": "#1f4e79",
        "position": 0,
        "public": "on",
        "needs_review": "on",
        "waiting_list": "off",
        "offer_hours": 48,
        "payment_days": 14,
        "when_overdue": "flag",
        "document_months": 6,
    }
    assert errors(office.post(reverse("categories:edit", args=[category.pk]), data)) == {}
    category.refresh_from_db()
    assert (str(category.name), category.quota, category.taken) == ("Delegates", 20, 7)
    assert PublicGeneration.objects.get(pk=1).number > before


def test_a_quota_lowered_below_what_is_taken_says_at_once_by_how_many_and_what_happens(office: Client) -> None:
    category = CategoryFactory(quota=10, taken=7, name={"en": "Delegate"})
    url = reverse("categories:edit", args=[category.pk])
    assert "7 are taken." in office.get(url).content.decode()
    data = {
        **label("name", en="Delegate"), **label("description"), "slug": category.slug, "kind": "delegate", "quota": 5,
        "colour": "#1f4e79", "position": 0, "public": "on", "needs_review": "on", "waiting_list": "off",
        "offer_hours": 48, "payment_days": 14, "when_overdue": "flag", "document_months": 6,
    }  # fmt: skip
    html = office.post(url, data, follow=True).content.decode()
    assert "2 more are taken than there are places. Nobody is thrown out" in html
    assert "2 more are taken than there are places." in office.get(url).content.decode()


def test_a_category_closes_after_it_opens(office: Client) -> None:
    category = CategoryFactory()
    data = {
        **label("name", en="X"), **label("description"), "event": category.event_id, "slug": "x", "kind": "press",
        "colour": "#000000", "position": 0, "opens_at": "2027-03-02 10:00", "closes_at": "2027-03-01 10:00",
    }  # fmt: skip
    assert "closes_at" in errors(office.post(reverse("categories:edit", args=[category.pk]), data))


@pytest.mark.parametrize("role", PERMISSIONS)
def test_only_the_office_changes_what_is_offered(role: str) -> None:
    client, question = Client(), QuestionFactory()
    category = CategoryFactory(event=question.event)
    client.force_login(staff(role))
    addresses = [
        "/cms/categories/",
        "/cms/questions/",
        reverse("categories:edit", args=[category.pk]),
        reverse("questions:edit", args=[question.pk]),
        reverse("questions:delete", args=[question.pk]),
    ]
    for address in addresses:
        assert (client.get(address).status_code == 200) == (role == "Conference office"), address
    client.post(reverse("questions:delete", args=[question.pk]))
    assert Question.objects.filter(pk=question.pk).exists() == (role != "Conference office")


def test_a_category_is_never_deleted(admin_client: Client) -> None:
    category = CategoryFactory()
    assert admin_client.post(f"/cms/categories/delete/{category.pk}/", follow=True).status_code == 404
    assert Category.objects.filter(pk=category.pk).exists()


@pytest.mark.parametrize("path", ["/cms/categories/", "/cms/questions/"])
def test_the_lists_take_as_many_statements_for_three_as_for_one(office: Client, path: str, statements_of: Any) -> None:
    question = QuestionFactory(categories=[CategoryFactory()])
    office.get(path)
    one = statements_of(lambda: office.get(path))
    for _number in range(2):
        QuestionFactory(event=question.event, categories=[CategoryFactory(event=question.event)])
    assert statements_of(lambda: office.get(path)) == one


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"question": "category", "answered": False},
        {"question": "a", "is": "x"},
        {"question": "a", "in": ["x", "y"]},
        {"any": [{"question": "a", "is": "x"}, {"question": "a", "is_not": "y"}]},
        {"all": [{"question": "a", "is": "x"}, {"any": [{"question": "a", "is": "y"}, {"question": "a", "is": "z"}]}]},
        {
            "any": [
                {"all": [{"question": "a", "is": "x"}, {"question": "a", "answered": True}]},
                {"question": "category", "answered": False},
                {"all": [{"question": "a", "is": "y"}, {"question": "a", "is_not": "z"}]},
            ]
        },
        {"any": [{"question": "a", "is": "x"}, {"all": [{"question": "a", "is_not": c} for c in "yz"]}]},
    ],
)
def test_rows_and_conditions_say_the_same(condition: dict[str, Any]) -> None:
    reading = Reading(None, {"a": QuestionFactory.build(key="a", event=None)})
    assert reading.condition(as_rows(condition, reading.written) or {}) == condition


def test_what_stands_deeper_than_groups_is_shown_in_words_and_kept() -> None:
    test = {"question": "a", "is": "x"}
    assert as_rows({"all": [test, {"any": [test, {"all": [test, test]}]}]}, lambda _key, value: str(value)) is None
    five = {"all": [{"any": [test, test]}] * 5}
    assert as_rows(five, lambda _key, value: str(value)) is None


def test_staff_make_groups_in_the_admin_and_find_them_again(office: Client) -> None:
    event = CategoryFactory().event
    one, two = QuestionFactory(event=event, key="one"), QuestionFactory(event=event, key="two")
    question = QuestionFactory(event=event, key="three")
    address = reverse("questions:edit", args=[question.pk])
    page = office.get(address)
    sent = {name: value for name, value in page.context["form"].initial.items() if value not in (None, [], {})}
    sent = {name: value for name, value in sent.items() if isinstance(value, str | int)}
    sent |= {"label_en": "Three", "purpose": "To know", "only_if-join": "all"}
    for number, (subject, value, group) in enumerate(
        [(one.key, "x", ""), (two.key, "y", "A"), ("nationality", "FR", "A"), ("", "", "")]
    ):
        sent |= {f"only_if-{number}-subject": subject, f"only_if-{number}-test": "is"}
        sent |= {f"only_if-{number}-value": value, f"only_if-{number}-group": group}
    response = office.post(address, sent)
    assert response.status_code == 302, response.context["form"].errors
    question.refresh_from_db()
    assert question.condition == {
        "all": [
            {"question": "one", "is": "x"},
            {"any": [{"question": "two", "is": "y"}, {"question": "nationality", "is": "FR"}]},
        ]
    }
    again = office.get(address).content.decode()
    assert again.count("<option selected>A</option>") == 2


def test_a_value_is_made_of_any_script() -> None:
    assert value_of("Végétarien / 素食") == "vegetarien-sushi"
