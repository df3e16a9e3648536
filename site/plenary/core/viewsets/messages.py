"""The outbox in the admin: what left, what waits and what failed; one message with its text; send again, or cancel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from plenary.core.actions import Actor, MessageRefused, cancel_message, record_look, send_again
from plenary.core.addresses import address_index
from plenary.core.deliveries import clear_failing_address
from plenary.core.languages import LANGUAGES, get
from plenary.core.message_parts import html_part
from plenary.core.models import FailingAddress, HistoryEntry, Message
from plenary.core.outbox import LOST, Withdrawn
from plenary.core.permissions import RESEND_MESSAGE, VIEW_MESSAGE, VIEW_MESSAGE_TEXT, of_own_events, signed_in
from plenary.core.viewsets.scoping import OwnEventsList
from plenary.core.viewsets.shared import CountingMenuItem, Number, NumbersPanel, TemplateColumn

# What staff read in place of the name of an error.
TROUBLE = {
    Withdrawn.__name__: gettext_lazy("What it was to carry was withdrawn before it left."),
    LOST: gettext_lazy("It was handed over and no answer came: it may have arrived. Ask before you send it again."),
}


class MessageFilterSet(WagtailFilterSet):
    """Filters of the outbox."""

    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=Message.State.choices, widget=forms.CheckboxSelectMultiple
    )
    language = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Language"),
        choices=[(language.code, language.name) for language in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )

    delivery = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Delivery"), choices=Message.Delivery.choices, widget=forms.CheckboxSelectMultiple
    )
    channel = django_filters.ChoiceFilter(
        label=gettext_lazy("Channel"),
        choices=Message.Channel.choices,
        empty_label=gettext_lazy("any channel"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Message
        fields = ["state", "delivery", "channel", "language"]


class OutboxView(OwnEventsList, generic.IndexView):
    """The list, newest first. Who a message went to is shown only with the right to read messages."""

    page_title = gettext_lazy("Messages")
    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        shown = [TemplateColumn("subject", label=_("Subject"), template="messages_admin/cells/subject.html")]
        if self.request.user.has_perm(VIEW_MESSAGE_TEXT):
            shown.append(
                TemplateColumn(
                    "recipient", label=_("To"), template="messages_admin/cells/recipient.html", classname="plenary-wide"
                )
            )
        return [
            *shown,
            TemplateColumn("state", label=_("State"), template="messages_admin/cells/state.html"),
            TemplateColumn(
                "language", label=_("Language"), template="messages_admin/cells/language.html", classname="plenary-wide"
            ),
            TemplateColumn(
                "written", label=_("Written"), template="messages_admin/cells/written.html", sort_key="created_at"
            ),
        ]

    def get_base_queryset(self) -> QuerySet[Message]:
        unread = ["text", "html"] if self.request.user.has_perm(VIEW_MESSAGE_TEXT) else ["text", "html", "recipient"]
        return Message.objects.select_related("event").defer(*unread)

    def order_queryset(self, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.order_by(self.ordering, "-id")


class MessageView(WagtailAdminTemplateMixin, TemplateView):
    """One message. Reading its text is a look at personal data, and logged."""

    template_name = "messages_admin/message.html"
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(VIEW_MESSAGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def message(self) -> Message:
        mine = of_own_events(Message.objects.select_related("event"), signed_in(self.request))
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.message.subject

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("outbox:index"), "label": _("Messages")},
            {"url": "", "label": self.message.subject},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(RESEND_MESSAGE):
            raise PermissionDenied
        by = Actor.staff(signed_in(request))
        try:
            if "clear" in request.POST:
                clear_failing_address(email=self.message.recipient, message=self.message, by=by)
                messages.success(request, _("The address counts as working again."))
            elif "cancel" in request.POST:
                cancel_message(self.message, by=by)
                messages.success(request, _("Cancelled: this message will not leave."))
            else:
                send_again(self.message, by=by)
                messages.success(request, _("On its way: this message is sent again."))
        except MessageRefused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads = self.request.user.has_perm(VIEW_MESSAGE_TEXT)
        if reads:
            record_look(self.message, part="message", by=Actor.staff(signed_in(self.request)))
        failing = FailingAddress.objects.filter(index=address_index(self.message.recipient)).first()
        state, may = self.message.state, self.request.user.has_perm(RESEND_MESSAGE)
        return {
            **super().get_context_data(**kwargs),
            "message": self.message,
            "language": get(self.message.language),
            "reads": reads,
            "history": HistoryEntry.objects.of(self.message)[:50],
            "failing": failing,
            "may_clear": may and failing is not None,
            "may_send": may and state not in {Message.State.SENT, Message.State.HELD},
            "may_cancel": may and state in {Message.State.FAILED, Message.State.UNKNOWN, Message.State.WAITING},
            "trouble": TROUBLE.get(self.message.error),
        }


def html_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The HTML part for the frame of the page above; the look was logged there."""
    if not request.user.has_perm(VIEW_MESSAGE) or not request.user.has_perm(VIEW_MESSAGE_TEXT):
        raise PermissionDenied
    mine = of_own_events(Message.objects.all(), signed_in(request))
    return html_part(get_object_or_404(mine, pk=pk), links="_blank")


class OutboxViewSet(ModelViewSet):
    """The ledger of messages: actions write it, staff read it."""

    model = Message
    name = "outbox"
    url_prefix = "messages"
    icon = "mail"
    menu_label = gettext_lazy("Messages")
    menu_name = "messages"
    menu_order = 150
    add_to_admin_menu = True
    index_view_class = OutboxView
    filterset_class = MessageFilterSet
    list_per_page = 50
    ordering = "-created_at"
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["state"]  # Wagtail builds a form for every viewset; no address serves it

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<uuid:pk>/", self.construct_view(MessageView), name="message"),
            path("edit/<uuid:pk>/", self.construct_view(MessageView), name="edit"),
            path("<uuid:pk>/html/", html_view, name="html"),
        ]

    def get_menu_item(self, order: int | None = None) -> CountingMenuItem:
        return CountingMenuItem(
            self.menu_label,
            self.menu_url,
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
            shown=lambda request: request.user.has_perm(VIEW_MESSAGE),
            count=lambda request: of_own_events(Message.objects.failed(), signed_in(request)).count(),
        )


class MessagesPanel(NumbersPanel):
    """On the home page of whoever looks after messages, when one of them did not go."""

    name = "messages"
    title = gettext_lazy("Messages")
    order = 30

    def numbers(self) -> list[Number]:
        url = reverse("outbox:index")
        mine = of_own_events(Message.objects.all(), signed_in(self.request))
        counted = {state: mine.filter(state=state).count() for state in ("failed", "unknown", "waiting")}
        bounced = mine.bounced().count()
        return [
            Number(_("failed"), counted["failed"], f"{url}?state=failed", bad=True),
            Number(_("not known"), counted["unknown"], f"{url}?state=unknown", bad=True),
            Number(_("came back"), bounced, f"{url}?delivery=bounced&delivery=complained", bad=True),
            Number(_("waiting"), counted["waiting"], f"{url}?state=waiting"),
        ]
