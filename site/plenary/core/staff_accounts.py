"""How staff sign in: accounts are made by an administrator, and whoever sees personal data shows a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plenary.core import languages
from plenary.core.actions import queue_message
from plenary.core.permissions import sees_personal_data

# Where an account without its second factor may still go: to set it up, and out.
_FREE = ("/cms/account/", "/cms/logout/", "/cms/jsi18n/", "/cms/sprite")


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up from outside; mail about accounts goes through the outbox like any other."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        html = next((part.content for part in getattr(mail, "alternatives", []) if part.mimetype == "text/html"), "")
        with transaction.atomic():
            queue_message(
                kind=f"account.{template_prefix.rsplit('/', 1)[-1]}",
                recipient=email,
                language=languages.get(get_language()).code,
                subject=mail.subject,
                text=mail.body,
                html=html if isinstance(mail, EmailMultiAlternatives) else "",
            )

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.WAGTAIL_SITE_NAME}: {subject}"


class SecondFactorMiddleware:
    """Lets nobody who sees personal data past sign-in without a second factor, by whatever door the session was opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.PLENARY_REQUIRE_SECOND_FACTOR and request.path.startswith("/cms/"):
            return self._refused(request) or self.get_response(request)
        return self.get_response(request)

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if request.path.startswith(_FREE) or not isinstance(user, User) or not sees_personal_data(user):
            return None
        if not is_mfa_enabled(user):
            messages.warning(request, _("Your role sees personal data. Set up a second factor to go on."))
            return HttpResponseRedirect(reverse("mfa_index"))
        if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
            return None
        logout(request)
        messages.warning(request, _("Sign in again, with your second factor."))
        return redirect_to_login(request.get_full_path(), login_url=reverse("account_login"))
