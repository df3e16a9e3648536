"""Forms for what proves who a guest is: travel document, portrait, letter of assignment. Guest, head of delegation and desk
fill in the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from plenary.core.dates import long_date
from registration.forms.fields import CountryField, GuestFileField, LatinNameField, LineField, StrictForm, country_name
from registration.models import Registration, StoredFile
from registration.rules.documents import (
    WITHOUT_ISSUER,
    WITHOUT_NATIONALITY,
    DocumentFacts,
    DocumentKind,
    Sex,
    document_number,
    kind_of_code,
    months_later,
    too_short,
)
from registration.rules.mrz import Unreadable, Zone, names_agree, read_zone
from registration.rules.portraits import PLACES
from registration.uploads import Checked, CheckedPortrait, UploadRefused, inspect_portrait, inspect_scan
from registration.zone_wording import explain

PICTURES = "image/jpeg,image/png,image/webp"
NEEDED = ("kind", "number", "issuing_country", "nationality", "surname", "birth_date", "sex", "expires_on")
_NUMBER = re.compile(r"[A-Z0-9]{3,20}")


class ScanField(GuestFileField):
    """The picture of a document's page; a PDF is drawn as one."""

    def check(self, sent: UploadedFile) -> Checked:
        return inspect_scan(sent)


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the date as year-month-day, like 1980-12-31.")},
        required=False,
        **kwargs,
    )


class TravelDocumentForm(StrictForm):
    """The document as printed. The machine-readable lines fill in whatever is left empty, and prove what is not."""

    zone = forms.CharField(
        label=gettext_lazy("Machine-readable lines"),
        help_text=gettext_lazy(
            "The lines with many < signs at the bottom of the page with your picture. If you write them here, you may "
            "leave everything below empty. If you cannot read them, leave this empty and fill in the rest."
        ),
        required=False,
        max_length=400,
        widget=forms.Textarea(
            attrs={
                "rows": "3",
                "class": "zone-lines",
                "wrap": "off",
                "dir": "ltr",
                "spellcheck": "false",
                "autocomplete": "off",
                "autocapitalize": "characters",
            }
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of document"),
        choices=[("", gettext_lazy("Choose")), *DocumentKind.choices],
        required=False,
    )
    number = LineField(label=gettext_lazy("Number of the document"), required=False, max_length=40)
    issuing_country = CountryField(label=gettext_lazy("Issued by"), required=False)
    nationality = CountryField(label=gettext_lazy("Nationality in the document"), required=False)
    surname = LatinNameField(label=gettext_lazy("Surname"), required=False)
    given_names = LatinNameField(
        label=gettext_lazy("Given names"), help_text=gettext_lazy("All of them, as printed."), required=False
    )
    birth_date = _day(label=gettext_lazy("Date of birth"))
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex in the document"),
        choices=[("", gettext_lazy("Choose")), *Sex.choices],
        required=False,
    )
    issued_on = _day(label=gettext_lazy("Date of issue"))
    expires_on = _day(label=gettext_lazy("Valid until"))
    scan = ScanField(
        label=gettext_lazy("Picture of the page with your portrait"),
        help_text=gettext_lazy(
            "A photo or scan of the whole page, sharp and without reflections: JPEG, PNG, WebP or PDF, at most 10 MB."
        ),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        registration: Registration,
        stored_scan: StoredFile | None = None,
        too_large: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.registration, self.today = registration, timezone.localdate(timezone=registration.event.zone)
        self.read: Zone | None = None
        scan = cast(GuestFileField, self.fields["scan"])
        scan.too_large, scan.stored = "scan" in too_large, stored_scan
        self.initial.setdefault("scan", stored_scan)
        scan.required = scan.widget.is_required = True
        scan.error_messages["required"] = _("Choose a picture of the page.")
        if not registration.category.asks_passport_scan:
            del self.fields["scan"]  # what is not asked is not collected
        for name in ("number", "surname", "given_names"):
            self.fields[name].widget.attrs.update({"autocomplete": "off", "dir": "ltr", "spellcheck": "false"})
        self.needed = list(NEEDED)

    def full_clean(self) -> None:
        """The fields that are needed are so unless the lines say them: nobody is asked twice, and none is called optional."""
        for name in NEEDED:
            self.fields[name].required = False
        super().full_clean()
        for name in NEEDED:
            self.fields[name].required = True

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"])
        number = document_number(typed)
        if number and not _NUMBER.fullmatch(number):
            raise ValidationError(_("A number has 3 to 20 Latin letters and digits, like L898902C3."), "number")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if text := cleaned.get("zone", ""):
            self._take_zone(text)
        kind = cleaned.get("kind", "")
        spared = {"issuing_country"} if kind in WITHOUT_ISSUER else set()
        spared |= {"nationality"} if kind in WITHOUT_NATIONALITY or self._of_nobody() else set()
        for name in self.needed:
            if name not in self.errors and not cleaned.get(name) and name not in spared and "zone" not in self.errors:
                self.add_error(name, ValidationError(_("Fill this in as it is printed in the document."), "required"))
        self._check_dates(cleaned)
        return cleaned

    def _of_nobody(self) -> bool:
        """Whether the lines name an organisation, or nobody's nationality, where the form has countries alone."""
        return self.read is not None and not self.read.nationality

    def _take_zone(self, text: str) -> None:
        try:
            self.read = zone = read_zone(text, today=self.today)
        except Unreadable as refusal:
            self.add_error("zone", [ValidationError(explain(fault), fault.code) for fault in refusal.faults[:4]])
            return
        if not zone.issuer:
            self.needed.remove("issuing_country")
        printed = {
            "number": zone.number,
            "issuing_country": zone.issuer,
            "nationality": zone.nationality,
            "surname": zone.surname,
            "given_names": zone.given_names,
            "birth_date": zone.birth_date,
            "sex": zone.sex,
            "expires_on": zone.expires_on,
        }
        self.cleaned_data["kind"] = self.cleaned_data.get("kind") or str(kind_of_code(zone.code))
        for name, value in printed.items():
            if name in self.errors or not value:
                continue
            typed = self.cleaned_data.get(name)
            if not typed:
                self.cleaned_data[name] = value
            elif not _agree(name, typed, value, zone):
                self.add_error(
                    name,
                    ValidationError(
                        _("The lines above say “%(printed)s”. Mend this, or the lines."),
                        "differs",
                        {"printed": _shown(name, value)},
                    ),
                )

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        born, issued, ends = (cleaned.get(name) for name in ("birth_date", "issued_on", "expires_on"))
        if born and not date(1900, 1, 1) <= born <= self.today:
            self.add_error("birth_date", ValidationError(_("Give a date between 1900 and today."), "range"))
        if issued and (issued > self.today or (born and issued < born)):
            self.add_error(
                "issued_on", ValidationError(_("A document is issued after birth and before today."), "range")
            )
        if ends and issued and ends <= issued and "issued_on" not in self.errors:
            self.add_error("expires_on", ValidationError(_("A document ends after it was issued."), "range"))
        elif ends:
            self._check_validity(ends)

    def _check_validity(self, ends: date) -> None:
        event, category = self.registration.event, self.registration.category
        if ends < self.today:
            self.add_error(
                "expires_on",
                ValidationError(_("This document has expired. Give the one you will travel on."), "expired"),
            )
        elif ends < event.ends_on:
            text = _("This document ends before the event does, on %(day)s. Renew it, or give another one.")
            self.add_error("expires_on", ValidationError(text, "too_early", {"day": _long(event.ends_on)}))
        elif category.document_strict and too_short(
            ends, event_ends_on=event.ends_on, months_after=category.document_months
        ):
            needed = months_later(event.ends_on, category.document_months)
            text = _("The document has to be valid until %(day)s at least. Renew it, or give another one.")
            self.add_error("expires_on", ValidationError(text, "too_short", {"day": _long(needed)}))

    def facts(self) -> DocumentFacts:
        """What was cleaned, for the actions."""
        cleaned = self.cleaned_data
        return DocumentFacts(
            kind=cleaned["kind"],
            number=cleaned["number"],
            issuing_country=cleaned["issuing_country"],
            nationality=cleaned["nationality"],
            surname=cleaned["surname"],
            given_names=cleaned["given_names"],
            birth_date=cleaned["birth_date"],
            sex=cleaned["sex"],
            issued_on=cleaned["issued_on"],
            expires_on=cleaned["expires_on"],
            zone="\n".join(self.read.lines) if self.read else "",
        )

    def new_scan(self) -> Checked | None:
        """The picture, if one came along and can be taken, whatever else is wrong."""
        found = self.cleaned_data.get("scan")
        return found if isinstance(found, Checked) else None


def _agree(name: str, typed: Any, printed: Any, zone: Zone) -> bool:
    if name in {"surname", "given_names"}:
        return names_agree(typed, printed, cut=zone.cut)
    return bool(typed == printed)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, date):
        return _long(value)
    return country_name(value) if name in {"issuing_country", "nationality"} else str(value)


def _long(day: date) -> str:
    return long_date(day, get_language())


def validity_note(ends: date, registration: Registration) -> str:
    """What a guest should know of a document that is valid, but not long after the event; "" where it is."""
    months = registration.category.document_months
    if not too_short(ends, event_ends_on=registration.event.ends_on, months_after=months):
        return ""
    return ngettext(
        "Your document ends on %(day)s, less than %(months)d month after the event. Some countries let nobody in on "
        "such a document: ask before you travel, or renew it.",
        "Your document ends on %(day)s, less than %(months)d months after the event. Some countries let nobody in on "
        "such a document: ask before you travel, or renew it.",
        months,
    ) % {"day": _long(ends), "months": months}


class PortraitField(GuestFileField):
    """A picture of a face; what part of it is kept is cleaned by the form, which knows the choice."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": PICTURES}

    def check(self, sent: UploadedFile) -> Any:
        return sent


_PLACES = dict(
    zip(
        PLACES,
        (gettext_lazy("the upper part"), gettext_lazy("the middle"), gettext_lazy("the lower part")),
        strict=True,
    )
)


class PortraitForm(StrictForm):
    """A picture and the part of it to keep: chosen by hand where scripts run, else the upper, middle or lower part."""

    picture = PortraitField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "Your face from the front, well lit, nobody else in the picture: JPEG, PNG or WebP, at most 10 MB."
        ),
        error_messages={"required": gettext_lazy("Choose a picture.")},
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Part to keep"),
        help_text=gettext_lazy("You will see the result, and can choose again."),
        choices=list(_PLACES.items()),
        initial="middle",
        required=False,
    )
    left = forms.FloatField(min_value=0, max_value=1, required=False, widget=forms.HiddenInput)
    top = forms.FloatField(min_value=0, max_value=1, required=False, widget=forms.HiddenInput)
    share = forms.FloatField(min_value=0.001, max_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, too_large: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(GuestFileField, self.fields["picture"]).too_large = "picture" in too_large

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        sent = cleaned.get("picture")
        if sent is None or self.errors.keys() - {"left", "top", "share"}:
            return cleaned
        numbers = [cleaned.get(name) for name in ("left", "top", "share")]
        choice = None if any(number is None for number in numbers) else cast(tuple[float, float, float], tuple(numbers))
        try:
            cleaned["picture"] = inspect_portrait(sent, choice=choice, place=cleaned.get("place") or "middle")
        except UploadRefused as refusal:
            self.add_error("picture", ValidationError(str(refusal), "file"))
        for name in ("left", "top", "share"):  # a choice that is no number is no choice: nobody typed it
            self.errors.pop(name, None)
        return cleaned

    def portrait(self) -> CheckedPortrait:
        """What was cleaned, for the actions."""
        return cast(CheckedPortrait, self.cleaned_data["picture"])


class AssignmentLetterForm(StrictForm):
    """The letter by which an editor sends a journalist."""

    letter = GuestFileField(
        label=gettext_lazy("Letter of assignment"),
        help_text=gettext_lazy(
            "On the paper of your newsroom, signed, with your name and the event: a PDF or a picture, at most 10 MB."
        ),
        error_messages={"required": gettext_lazy("Choose the letter.")},
    )

    def __init__(self, *args: Any, too_large: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(GuestFileField, self.fields["letter"]).too_large = "letter" in too_large
