"""“Ask only if” in words: rows of question, test and value, all or any of which must hold; rows of a group count as one. No
JSON for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from plenary.core.fields import Label
from plenary.core.languages import LANGUAGES
from plenary.events.models import Event
from registration.labels import answer_text, condition_words, country_name
from registration.models import Category, Question
from registration.rules.questions import JOINS, Condition, is_day

EMPTY_ROWS = 2
AT_MOST = 30
GROUPS = ("A", "B", "C", "D")
OTHER = {"all": "any", "any": "all"}  # how the rows of one group are joined, by how the groups are
Row = dict[str, str]
FACT_LABELS = {
    "category": gettext_lazy("the category"),
    "nationality": gettext_lazy("the nationality"),
    "delegation": gettext_lazy("member of a delegation"),
    "invited": gettext_lazy("came by an invitation"),
}
TEST_LABELS = {
    "is": gettext_lazy("is (one of)"),
    "is_not": gettext_lazy("is not"),
    "answered": gettext_lazy("is answered"),
    "unanswered": gettext_lazy("is not answered"),
    "greater": gettext_lazy("is more than"),
    "less": gettext_lazy("is less than"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is after"),
}
WITHOUT_VALUE = {"answered", "unanswered"}
Kind = Question.Kind


class ConditionWidget(forms.Widget):
    """Rows to fill in; two empty ones wait at the end. The choices of the first column are set by the form."""

    template_name = "registration_admin/condition_widget.html"
    subjects: Iterable[tuple[str, Any]] = ()
    nested_words = ""  # a condition built elsewhere, deeper than rows can show

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value or {"join": "all", "rows": []}
        rows = [
            *given["rows"],
            *({"subject": "", "test": "is", "value": "", "group": ""} for _row in range(EMPTY_ROWS)),
        ]
        context["widget"] |= {
            "join": given["join"],
            "subjects": list(self.subjects),
            "tests": list(TEST_LABELS.items()),
            "groups": GROUPS,
            "nested_words": self.nested_words,
            "rows": [row | {"name": f"{name}-{number}"} for number, row in enumerate(rows)],
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        rows: list[Row] = []
        for number in range(AT_MOST):
            if f"{name}-{number}-subject" not in data:
                break
            row = {part: str(data.get(f"{name}-{number}-{part}", "")).strip() for part in ("subject", "test", "value")}
            group = data.get(f"{name}-{number}-group", "")
            if row["subject"] or row["value"]:
                rows.append(row | {"group": group if group in GROUPS else ""})
        return {
            "join": "any" if data.get(f"{name}-join") == "any" else "all",
            "rows": rows,
            "always": f"{name}-always" in data,
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class ConditionField(forms.Field):
    """Takes rows; `Reading.condition` makes a condition of them once the event is known."""

    widget = ConditionWidget


def as_rows(condition: Condition, told: Callable[[str, Any], str]) -> dict[str, Any] | None:
    """A stored condition as the rows that show it, in groups; None where it stands deeper than that."""
    if not condition:
        return {"join": "all", "rows": []}
    join = next((join for join in JOINS if join in condition), "")
    rows: list[Row] = []
    letters = iter(GROUPS)
    for part in condition[join] if join else [condition]:
        if row := _one_row(part, told):
            rows.append(row | {"group": ""})
            continue
        inner = "all" if "all" in part else "any"
        found = [_one_row(test, told) for test in part[inner]]
        group = "" if inner == join else next(letters, None)
        if group is None or not all(found):
            return None
        rows += [row | {"group": group} for row in found if row]
    return {"join": join or "all", "rows": rows}


def _one_row(part: Condition, told: Callable[[str, Any], str]) -> Row | None:
    """A test as a row, or “is not” of several values; None for what takes more than one."""
    if not any(join in part for join in JOINS):
        return _row(part, told)
    tests = part.get("all", ())
    if tests and all("is_not" in test and test["question"] == tests[0]["question"] for test in tests):
        return _row(tests[0], told) | {"value": ", ".join(told(tests[0]["question"], one["is_not"]) for one in tests)}
    return None


def _row(test: Condition, told: Callable[[str, Any], str]) -> Row:
    key = str(test.get("question", ""))
    name = next(one for one in test if one != "question")
    if name == "answered":
        return {"subject": key, "test": "answered" if test["answered"] else "unanswered", "value": ""}
    values = test["in"] if name == "in" else [test[name]]
    return {
        "subject": key,
        "test": "is" if name == "in" else name,
        "value": ", ".join(told(key, value) for value in values),
    }


def _together(tests: list[dict[str, Any]], join: str) -> list[dict[str, Any]]:
    """“Is not” of several values means none of them, also where one row of many is enough."""
    return [{"all": tests}] if len(tests) > 1 and join == "any" else tests


def _joined(join: str, parts: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = parts[0] if len(parts) == 1 else {join: parts}
    return found


class Reading:
    """Reads rows against the questions and categories of one event, and says what cannot be meant."""

    def __init__(self, event: Event | None, questions: Mapping[str, Question]) -> None:
        self.event, self.questions = event, questions

    def written(self, key: str, value: Any) -> str:
        """A value as a person writes it into a row."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)

    def words(self, condition: Condition) -> str:
        """A condition as staff read it in lists and flags."""
        return condition_words(condition, self.subject, self.told)

    def subject(self, key: str) -> str:
        if key in FACT_LABELS:
            return str(FACT_LABELS[key])
        return _("“%(question)s”") % {"question": self.questions[key].label if key in self.questions else key}

    def told(self, key: str, value: Any) -> str:
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if key == "nationality":
            return country_name(str(value))
        if key in self.questions:
            return answer_text(self.questions[key], value) or str(value)
        return str(value)

    def condition(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The condition of the rows; raises ValidationError with a message for each row that cannot be read."""
        join = given["join"]
        parts: list[Any] = []  # tests, and groups in the place of their first row
        groups: dict[str, list[Any]] = {}
        errors: list[ValidationError] = []
        for row in given["rows"]:
            group = row.get("group", "")
            try:
                tests = self._tests(row)
            except ValidationError as error:
                errors.append(error)
                continue
            if not group:
                parts += _together(tests, join)
                continue
            if group not in groups:
                parts.append(groups.setdefault(group, []))
            groups[group] += _together(tests, OTHER[join])
        if errors:
            raise ValidationError(errors)
        found = [_joined(OTHER[join], part) if isinstance(part, list) else part for part in parts]
        return _joined(join, found) if found else {}

    def _tests(self, row: Row) -> list[dict[str, Any]]:
        key, test = row["subject"], row["test"]
        if not key:
            raise ValidationError(_("Choose what “%(value)s” belongs to, or clear it.") % row)
        if test not in TEST_LABELS:
            raise ValidationError(_("Choose how %(subject)s is tested.") % {"subject": self.subject(key)})
        if key not in FACT_LABELS and key not in self.questions:
            raise ValidationError(_("This event has no question “%(key)s”.") % {"key": key})
        if test in WITHOUT_VALUE:
            return [{"question": key, "answered": test == "answered"}]
        parts = [part for one in row["value"].split(",") if (part := one.strip())]
        if not parts:
            raise ValidationError(
                _("Say for which values of %(subject)s it is asked.") % {"subject": self.subject(key)}
            )
        if test in ("greater", "less", "before", "after"):
            return [{"question": key, test: self._limit(key, test, parts)}]
        values = [self._value(key, part) for part in parts]
        if test == "is_not":
            return [{"question": key, "is_not": value} for value in values]
        return [{"question": key, "is": values[0]} if len(values) == 1 else {"question": key, "in": values}]

    def _limit(self, key: str, test: str, parts: list[str]) -> Any:
        wanted = Kind.NUMBER if test in ("greater", "less") else Kind.DATE
        if key not in self.questions or self.questions[key].kind != wanted:
            words = _("only a number is more or less") if wanted == Kind.NUMBER else _("only a date is before or after")
            raise ValidationError(_("%(subject)s: %(why)s.") % {"subject": self.subject(key), "why": words})
        return self._value(key, parts[0])

    def _value(self, key: str, part: str) -> Any:
        question = self.questions.get(key)
        if key in ("delegation", "invited") or (question and question.kind == Kind.CONSENT):
            return self._known(
                key, part, {"yes": True, "no": False, _("Yes").casefold(): True, _("No").casefold(): False}
            )
        if key == "category":
            return self._known(key, part, self._categories())
        if key == "nationality" or (question and question.kind == Kind.COUNTRY):
            return self._known(key, part, _countries())
        if question and question.kind in (Kind.CHOICE, Kind.CHOICES):
            return self._known(key, part, _options(question))
        if question and question.kind == Kind.NUMBER:
            return self._number(key, part)
        if question and question.kind == Kind.DATE and not is_day(part):
            raise ValidationError(
                _("%(subject)s: write a date as year-month-day, like 2027-05-14.") % {"subject": self.subject(key)}
            )
        if question and question.kind == Kind.FILE:
            raise ValidationError(_("%(subject)s is a file: it is answered or not.") % {"subject": self.subject(key)})
        return part

    def _number(self, key: str, part: str) -> int | float:
        try:
            number = float(part)
        except ValueError:
            raise ValidationError(_("%(subject)s: write a number.") % {"subject": self.subject(key)}) from None
        return int(number) if number.is_integer() else number

    def _categories(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for category in Category.objects.filter(event=self.event):
            found |= {str(text).casefold(): category.slug for text in category.name.values()} | {
                category.slug: category.slug
            }
        return found

    def _known(self, key: str, part: str, known: Mapping[str, Any]) -> Any:
        """The value a person means, by the value itself or by its label; else an error that names what there is."""
        if part.casefold() in known:
            return known[part.casefold()]
        values = sorted({self.written(key, value) for value in known.values()})
        raise ValidationError(
            _("Unknown: %(stranger)s. Possible values: %(known)s"),
            params={"stranger": part, "known": ", ".join(values[:20])},
        )


def _options(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for option in question.options:
        found |= {Label(option["label"]).get_for(language.code).casefold(): option["value"] for language in LANGUAGES}
    return found | {str(option["value"]).casefold(): option["value"] for option in question.options}


def _countries() -> dict[str, Any]:
    return {country_name(code).casefold(): code for code in countries.countries} | {
        code.casefold(): code for code in countries.countries
    }
