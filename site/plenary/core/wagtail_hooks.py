"""Registers the admin of the core: the outbox, the ledger of looks, the product's look, and the way to one's own second
factor."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.permissions import register_permission_policy

from plenary.core.models import Message
from plenary.core.permissions import VIEW_MESSAGE, LedgerPolicy
from plenary.core.viewsets.ledgers import LedgerMenuItem
from plenary.core.viewsets.looks import LooksLedger
from plenary.core.viewsets.messages import MessagesPanel, OutboxViewSet

# Before any view looks: a policy that comes later than the first look at it is an error.
register_permission_policy(Message, LedgerPolicy(Message))


looks = LooksLedger()
looks.register_with_wagtail()


@hooks.register("register_admin_viewset")
def outbox() -> OutboxViewSet:
    return OutboxViewSet()


@hooks.register("insert_global_admin_css")
def office_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("plenary/admin/office.css"))


@hooks.register("register_reports_menu_item")
def looks_item() -> LedgerMenuItem:
    return looks.menu_item()


@hooks.register("construct_main_menu")
def no_editors_help(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's help is about pages: whoever edits none has a shorter menu without it."""
    if not user_has_any_page_permission(request.user):
        items[:] = [item for item in items if item.name != "help"]


@hooks.register("construct_reports_menu")
def no_editors_reports(request: HttpRequest, items: list[Any]) -> None:
    """So are Wagtail's reports: whoever edits no page sees our own ledgers there, or no such menu at all."""
    if not user_has_any_page_permission(request.user):
        items[:] = [item for item in items if isinstance(item, LedgerMenuItem)]


@hooks.register("construct_homepage_panels")
def messages_panel(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm(VIEW_MESSAGE):
        panels.append(MessagesPanel(request))


@hooks.register("register_account_menu_item")
def second_factor(request: HttpRequest) -> dict[str, str]:
    return {
        "url": reverse("mfa_index"),
        "label": _("Second factor and passkeys"),
        "help_text": _("Protect your account with an app or a passkey."),
    }


@hooks.register("register_account_menu_item")
def password(request: HttpRequest) -> dict[str, str]:
    return {
        "url": reverse("account_change_password"),
        "label": _("Password"),
        "help_text": _("Change the password you sign in with."),
    }
