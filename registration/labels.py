"""How questions, options and conditions read, for guests and for staff. Pure functions over loaded records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from plenary.core import languages
from plenary.core.dates import cldr, long_date
from plenary.core.fields import Label
from plenary.core.languages import LANGUAGES
from registration.models import Question, QuestionVersion, Section
from registration.rules.information_requests import person_name
from registration.rules.questions import Condition, tests_in

Kind = Question.Kind
Asked = Question | QuestionVersion
PERSON_LABELS: Mapping[str, Any] = {
    "email": gettext_lazy("E-mail address"),
    "salutation": gettext_lazy("Form of address"),
    "name": gettext_lazy("Full name"),
    "latin_name": gettext_lazy("Full name in Latin letters"),
    "organisation": gettext_lazy("Organisation"),
    "job_title": gettext_lazy("Function"),
    "nationality": gettext_lazy("Nationality"),
}


def country_name(code: str, language: str | None = None) -> str:
    """A country's name by CLDR, in the active language unless another is named; else the code itself."""
    return str(cldr(language or get_language()).territories.get(code, code))


def change_label(key: str, questions: Mapping[str, Any]) -> str:
    """What a request for a change is about, given the labels of questions; empty where nobody knows any more."""
    name = person_name(key)
    return str(PERSON_LABELS[name]) if name else str(questions.get(key, ""))


def option_label(question: Asked, value: Any) -> str:
    """How an answer reads: an option's label, a country's name, yes and no for consent, else itself."""
    if question.kind == Kind.CONSENT:
        return _("Yes") if value else _("No")
    if question.kind == Kind.COUNTRY:
        return country_name(str(value))
    for option in question.options:
        if option["value"] == value:
            return str(Label(option["label"]))
    return str(value)


def marked(text: Label) -> str:
    """A label for HTML; one that falls back to another language carries that language's `lang` and `dir`."""
    wanted = get_language()
    found = languages.get(text.language_for(wanted))
    if not text or found == languages.get(wanted):
        return str(text)
    return format_html('<span lang="{}" dir="{}">{}</span>', found.bcp47, found.direction, str(text))


def answer_text(question: Asked, value: Any) -> str:
    """One stored answer, as people of the active language read it."""
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return _(", ").join(option_label(question, one) for one in value)
    if question.kind == Kind.DATE:
        return _day(value)
    if question.kind == Kind.NUMBER:
        return str(number_format(value))
    return option_label(question, value)


def _day(value: Any) -> str:
    try:
        day = parse_date(str(value))
    except ValueError:
        day = None
    return long_date(day, get_language()) if day else str(value)


def languages_missing(question: Question) -> list[str]:
    """The languages in which a question, its help or one of its options would fall back, by their own names."""
    texts = [question.label, question.help_text, *(option.get("label") or {} for option in question.options)]
    return _missing(texts)


def section_languages_missing(section: Section) -> list[str]:
    return _missing([section.label, section.intro])


def _missing(texts: list[Mapping[str, str]]) -> list[str]:
    return [
        language.name
        for language in LANGUAGES
        if any(any(text.values()) and not text.get(language.code) for text in texts)
    ]


# -- conditions in words -------------------------------------------------------------------------------------------------
def condition_hint(condition: Condition, asked: Mapping[str, Asked]) -> str:
    """When a question is to be answered, for whoever has no script to hide it. `asked` are those that stand in the form."""
    tests = list(tests_in(condition))
    if len(tests) == 1:
        parent = asked.get(str(tests[0]["question"]))
        return _hint(tests[0], parent) if parent else ""
    return _("Only if: %(condition)s.") % {
        "condition": condition_words(
            condition,
            lambda key: _("“%(question)s”") % {"question": asked[key].label if key in asked else key},
            lambda key, value: answer_text(asked[key], value) if key in asked else str(value),
        )
    }


def _hint(test: Condition, parent: Asked) -> str:
    told = {"question": parent.label}
    match test:
        case {"answered": True}:
            return _("Only if you answered “%(question)s”.") % told
        case {"answered": False}:
            return _("Only if you left “%(question)s” empty.") % told
        case {"is_not": value}:
            return _("Only if you did not answer “%(answer)s” to “%(question)s”.") % (
                told | {"answer": option_label(parent, value)}
            )
        case {"greater": value}:
            return _("Only if “%(question)s” is more than %(answer)s.") % (
                told | {"answer": answer_text(parent, value)}
            )
        case {"less": value}:
            return _("Only if “%(question)s” is less than %(answer)s.") % (
                told | {"answer": answer_text(parent, value)}
            )
        case {"before": value}:
            return _("Only if “%(question)s” is before %(answer)s.") % (told | {"answer": _day(value)})
        case {"after": value}:
            return _("Only if “%(question)s” is after %(answer)s.") % (told | {"answer": _day(value)})
    wanted = test["in"] if "in" in test else [test.get("is")]
    return _("Only if you answered “%(answer)s” to “%(question)s”.") % (
        told | {"answer": _(" / ").join(option_label(parent, value) for value in wanted)}
    )


def condition_words(condition: Condition, subject: Callable[[str], str], value: Callable[[str, Any], str]) -> str:
    """A condition as staff read it: “Visa is Yes and Nationality is not China”."""
    if not condition:
        return ""
    for join, word in (("all", _(" and ")), ("any", _(" or "))):
        if join in condition:
            parts = [condition_words(part, subject, value) for part in condition[join]]
            nested = ["all" in part or "any" in part for part in condition[join]]
            return word.join(f"({told})" if inner else told for told, inner in zip(parts, nested, strict=True))
    key = str(condition.get("question", ""))
    return _test_words(condition, subject(key), lambda one: value(key, one))


def _test_words(test: Condition, subject: str, told: Callable[[Any], str]) -> str:
    match test:
        case {"answered": wanted}:
            words = _("%(subject)s is answered") if wanted else _("%(subject)s is not answered")
            return words % {"subject": subject}
        case {"is_not": value}:
            return _("%(subject)s is not %(value)s") % {"subject": subject, "value": told(value)}
        case {"in": values}:
            return _("%(subject)s is %(value)s") % {"subject": subject, "value": _(" or ").join(map(told, values))}
        case {"greater": value}:
            return _("%(subject)s is more than %(value)s") % {"subject": subject, "value": told(value)}
        case {"less": value}:
            return _("%(subject)s is less than %(value)s") % {"subject": subject, "value": told(value)}
        case {"before": value}:
            return _("%(subject)s is before %(value)s") % {"subject": subject, "value": told(value)}
        case {"after": value}:
            return _("%(subject)s is after %(value)s") % {"subject": subject, "value": told(value)}
    return _("%(subject)s is %(value)s") % {"subject": subject, "value": told(test.get("is"))}
