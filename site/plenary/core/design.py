"""Pages of the design itself: an event's colours as a stylesheet, and in development every component side by side."""

from datetime import date, timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control

from plenary.core import colour, languages
from plenary.core.mailbox import development_page

FOREVER = 31_536_000
FIRST_DAY = date(2027, 3, 1)
ICONS = "globe calendar clock place person download document forward check warning information ticket accessible microphone mail"


@cache_control(public=True, max_age=FOREVER, immutable=True)
def accent(request: HttpRequest, formula: str, digits: str) -> HttpResponse:
    """The shades of one colour. What the address says decides everything, so it may be kept for ever."""
    if int(formula) != colour.FORMULA:
        raise Http404
    return HttpResponse(colour.stylesheet(digits), content_type="text/css; charset=utf-8")


class PatternForm(forms.Form):
    """One field of each kind, as sign-up asks them."""

    name = forms.CharField(label=_("Name in original script"), help_text=_("As in your passport."))
    email = forms.EmailField(
        label=_("E-mail address"), error_messages={"invalid": _("Enter an address like name@example.org.")}
    )
    arrival = forms.DateField(label=_("Arrival"), widget=forms.DateInput({"type": "date"}), required=False)
    country = forms.ChoiceField(label=_("Country"), choices=[("", "—"), ("GH", "Ghana"), ("CH", "Switzerland")])
    meals = forms.ChoiceField(
        label=_("Meals"),
        widget=forms.RadioSelect,
        choices=[("any", _("No restrictions")), ("vegetarian", _("Vegetarian"))],
    )
    remarks = forms.CharField(label=_("Remarks"), widget=forms.Textarea, required=False)
    consent = forms.BooleanField(label=_("I agree that my data is used to prepare the meeting."))


@development_page
def patterns(request: HttpRequest) -> HttpResponse:
    """Every component in a language (`?language=ar`), a scheme (`?scheme=dark`) and an accent (`?accent=7a1f2b`)."""
    language = languages.get(request.GET.get("language"))
    chosen = request.GET.get("accent", "1f4e79").lower()
    try:
        colour.parse(chosen)
    except ValueError:
        raise Http404 from None
    with translation.override(language.code):
        form = PatternForm({"name": "", "email": "amina.example", "country": "GH", "remarks": "2 < 3 & “quoted”"})
        context = {
            "ui_language": language,
            "has_translated_address": False,
            "scheme": request.GET.get("scheme", ""),
            "schemes": ["light", "dark"],
            "languages": languages.LANGUAGES,
            "chosen": chosen,
            "accents": ["1f4e79", "7a1f2b", "0f6b5c", "f2c200", "111111"],
            "icons": ICONS.split(),
            "form": form,
            "days": [FIRST_DAY + timedelta(days=number) for number in range(3)],
            "states": ["", "info", "success", "warning", "danger"],
        }
        return render(request, "patterns/patterns.html", context)
