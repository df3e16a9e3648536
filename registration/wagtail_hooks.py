"""Registers the admin of registration."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy

from plenary.core.permissions import SharedPolicy, signed_in
from plenary.core.viewsets.ledgers import LedgerMenuItem
from registration import bulk_actions
from registration.models import Desk, LetterRules, ReasonCode, Registration, RetentionRule
from registration.permissions import DESK, IDENTITY, RegistrationPolicy, may_see_queue
from registration.viewsets import desk
from registration.viewsets.changes import ChangeViewSet
from registration.viewsets.communication import CommunicationGroup
from registration.viewsets.delegations import DelegationViewSet
from registration.viewsets.desks import SetUpGroup, WatchListViewSet
from registration.viewsets.fees import FeeViewSet, SponsorViewSet
from registration.viewsets.invitations import VIEW as VIEW_GUESTS
from registration.viewsets.invitations import InvitationViewSet, RepliesPanel
from registration.viewsets.issues import VIEW as VIEW_ISSUES
from registration.viewsets.issues import IssuesPanel, IssueViewSet
from registration.viewsets.letter_texts import LetterDataGroup
from registration.viewsets.letters_desk import LettersDeskViewSet
from registration.viewsets.offer import OfferGroup
from registration.viewsets.passport_reads import PassportReads
from registration.viewsets.payments import PaymentsViewSet
from registration.viewsets.privacy import MANAGE, PrivacyPanel, PrivacyViewSet
from registration.viewsets.retention import RetentionViewSet
from registration.viewsets.scan_panel import ScanPanel
from registration.viewsets.vetting import QueuePanel, VettingViewSet
from registration.viewsets.waiting_list import WaitingViewSet

# Before any view looks: a policy that comes later than the first look at it is an error.
register_permission_policy(Registration, RegistrationPolicy(Registration))
for shared in (Desk, LetterRules, ReasonCode, RetentionRule):
    register_permission_policy(shared, SharedPolicy(shared))


passport_reads = PassportReads()
passport_reads.register_with_wagtail()

for action in bulk_actions.ALL:
    hooks.register("register_bulk_action", action)


@hooks.register("register_admin_viewset")
def vetting_queue() -> VettingViewSet:
    return VettingViewSet()


@hooks.register("register_admin_viewset")
def delegations() -> DelegationViewSet:
    return DelegationViewSet()


@hooks.register("register_admin_viewset")
def sign_up_offer() -> OfferGroup:
    return OfferGroup()


@hooks.register("register_admin_viewset")
def vetting_rules() -> SetUpGroup:
    return SetUpGroup()


@hooks.register("register_admin_viewset")
def watch_list() -> WatchListViewSet:
    return WatchListViewSet()


@hooks.register("register_admin_viewset")
def money() -> list[Any]:
    # The narrower addresses first: all of them begin with /cms/payments/.
    return [FeeViewSet(), SponsorViewSet(), PaymentsViewSet()]


@hooks.register("register_admin_viewset")
def waiting_lists() -> WaitingViewSet:
    return WaitingViewSet()


@hooks.register("register_admin_viewset")
def requests_for_a_change() -> ChangeViewSet:
    return ChangeViewSet()


@hooks.register("register_admin_urls")
def desk_urls() -> list[Any]:
    return [path("desk/", include((desk.urlpatterns, "desk")))]


class DeskMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return signed_in(request).has_perm(DESK)


@hooks.register("register_admin_menu_item")
def desk_menu_item() -> MenuItem:
    return DeskMenuItem(
        gettext_lazy("Register at the desk"), reverse_lazy("desk:register"), name="desk", icon_name="user", order=120
    )


@hooks.register("construct_homepage_panels")
def queue_panel(request: HttpRequest, panels: list[Any]) -> None:
    if may_see_queue(signed_in(request)):
        panels.append(QueuePanel(request))


@hooks.register("construct_homepage_panels")
def scan_panel(request: HttpRequest, panels: list[Any]) -> None:
    if signed_in(request).has_perm(IDENTITY) and (panel := ScanPanel(request)).numbers():
        panels.append(panel)


@hooks.register("register_reports_menu_item")
def passport_reads_item() -> LedgerMenuItem:
    return passport_reads.menu_item()


@hooks.register("register_admin_viewset")
def guest_list() -> InvitationViewSet:
    return InvitationViewSet()


@hooks.register("construct_homepage_panels")
def replies_panel(request: HttpRequest, panels: list[Any]) -> None:
    if signed_in(request).has_perm(VIEW_GUESTS):
        panels.append(RepliesPanel(request))


@hooks.register("register_admin_viewset")
def letters_desk() -> LettersDeskViewSet:
    return LettersDeskViewSet()


@hooks.register("register_admin_viewset")
def letter_data() -> LetterDataGroup:
    return LetterDataGroup()


@hooks.register("register_admin_viewset")
def data_protection() -> PrivacyViewSet:
    return PrivacyViewSet()


@hooks.register("register_admin_viewset")
def rules_of_retention() -> RetentionViewSet:
    return RetentionViewSet()


@hooks.register("construct_homepage_panels")
def privacy_panel(request: HttpRequest, panels: list[Any]) -> None:
    if signed_in(request).has_perm(MANAGE):
        panels.append(PrivacyPanel(request))


@hooks.register("register_admin_viewset")
def communication() -> CommunicationGroup:
    return CommunicationGroup()


@hooks.register("register_admin_viewset")
def issues() -> IssueViewSet:
    return IssueViewSet()


@hooks.register("construct_homepage_panels")
def issues_panel(request: HttpRequest, panels: list[Any]) -> None:
    if signed_in(request).has_perm(VIEW_ISSUES):
        panels.append(IssuesPanel(request))
