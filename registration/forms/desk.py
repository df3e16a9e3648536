"""What the desk types in about somebody who stands there: the person as everywhere, with less that has to be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registration.forms.fields import LineField, StrictForm
from registration.forms.identity import TravelDocumentForm
from registration.forms.person import PersonForm
from registration.forms.questions import QuestionsForm
from registration.models import Category, Question, Registration, TravelDocument
from registration.rules.documents import DocumentFacts, document_number

SOURCES = (("desk", _("walk-in")), ("paper", _("paper form")))


class DeskForm(StrictForm):
    """For which place, and how it came."""

    category = forms.ChoiceField(label=_("Category"), error_messages={"required": _("Choose a category.")})
    source = forms.ChoiceField(label=_("Came by"), choices=SOURCES, initial="desk", widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of mails"), choices=settings.LANGUAGES)
    again = forms.BooleanField(label=_("This is another person: register all the same"), required=False)
    exceed_reason = LineField(
        label=_("Reason to let somebody in beyond the places"),
        help_text=_("It is recorded with your name."),
        required=False,
    )

    def __init__(self, *args: Any, categories: Iterable[Category], may_exceed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {str(category.pk): category for category in categories}
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(key, _named(category)) for key, category in self.categories.items()]
        if not may_exceed:
            del self.fields["exceed_reason"]


def _named(category: Category) -> str:
    if category.quota is not None and category.taken >= category.quota:
        return str(_("%(category)s (full)") % {"category": category})
    return str(category)


class DeskDocumentForm(StrictForm):
    """What a reader, or somebody's fingers, brings from the travel document. Nothing of it is needed."""

    zone = forms.CharField(
        label=_("Machine-readable lines of the document"),
        help_text=_("With a reader, by pasting or by typing: they fill in the name and the nationality."),
        required=False,
        max_length=400,
        widget=forms.Textarea(
            attrs={"rows": "2", "wrap": "off", "dir": "ltr", "spellcheck": "false", "autocomplete": "off",
                   "autocapitalize": "characters"}
        ),
    )  # fmt: skip
    number = LineField(
        label=_("Number of the document"),
        help_text=_("Without the lines: only to see whether it is registered already. It is not kept."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, category: Category | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        self.read: TravelDocumentForm | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        text = cleaned.get("zone", "")
        if text.strip() and self.category is not None:
            imagined = Registration(event=self.category.event, category=self.category)
            form = TravelDocumentForm({"zone": text}, registration=imagined)
            form.fields.pop("scan", None)  # nobody scans at the counter
            if form.is_valid():
                self.read = form
            else:
                told = dict.fromkeys(str(error) for errors in form.errors.values() for error in errors)
                help_ = str(_("Correct the lines, or leave them empty and type the rest."))
                self.add_error("zone", " ".join([*told, help_]))
        return cleaned

    def facts(self) -> DocumentFacts | None:
        """The document as its lines say; None where none were given."""
        return self.read.facts() if self.read else None

    def same_document(self, nationality: str) -> QuerySet[TravelDocument]:
        """Who has given this document at the event. A number alone is taken for one of the person's own country."""
        if self.category is None:
            return TravelDocument.objects.none()
        facts = self.facts()
        number = facts.number if facts else document_number(self.cleaned_data.get("number", ""))
        if not number:
            return TravelDocument.objects.none()
        country = facts.issuing_country if facts else nationality
        return TravelDocument.objects.of_number(self.category.event, number, country)

    def person(self) -> dict[str, str]:
        """What the lines say of the person, for fields that are empty."""
        facts = self.facts()
        if facts is None:
            return {}
        name = " ".join(part for part in (facts.given_names, facts.surname) if part).title()
        return {"name": name, "nationality": facts.nationality}


class DeskPersonForm(PersonForm):
    """Who stands there. An address is welcome and not needed."""

    field_order = (
        "name", "latin_name", "organisation", "nationality", "job_title", "salutation", "email",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["email"].help_text = _("If there is one: the guest gets a link to the own page.")
        self.fields["name"].help_text = _("In the guest's own script, as in the document.")
        self.fields["latin_name"].help_text = _("As in the passport; empty if the name above is in Latin letters.")
        self.fields["nationality"].help_text = ""
        self.fields["job_title"].help_text = ""
        self.fields["salutation"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # the browser knows the officer, not the guest


class DeskQuestionsForm(QuestionsForm):
    """The category's questions; what stays open is flagged to the officer who decides, and holds up nobody at the counter."""

    def __init__(self, questions: Iterable[Question], *args: Any, facts: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(questions, *args, facts=facts, **kwargs)
        for field in self.fields.values():
            field.required = False
