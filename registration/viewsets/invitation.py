"""One invitation laid out: the guest, the reply, what is missing before it goes out, and the steps this person may take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plenary.core import languages
from plenary.core.actions import Actor, record_look
from plenary.core.models import HistoryEntry, Message
from plenary.core.permissions import signed_in
from registration.actions.invitations import attach_assessment, note_reply, send_again, send_invitations, take_back
from registration.actions.vetting import DecisionReport
from registration.letters import MEDIA_TYPE, compose, letter_pdf, typeset
from registration.models import Companion, Invitation, Letter
from registration.rules.invitations import Delivery, InvitationState
from registration.rules.letters import LetterKind
from registration.uploads import open_upload
from registration.viewsets.invitation_forms import ASSESS, AssessmentForm, TakeBackForm

VIEW = "registration.view_invitation"
SEND = "registration.send_invitation"
CHANGE = "registration.change_invitation"

HAPPENED = {
    "added": gettext_lazy("Put on the list"),
    "named": gettext_lazy("Named by a guest"),
    "changed": gettext_lazy("Changed"),
    "assessed": gettext_lazy("Risk assessment attached"),
    "letter_issued": gettext_lazy("Letter issued"),
    "sent": gettext_lazy("Sent"),
    "sent_again": gettext_lazy("Sent again with a new link"),
    "reminded": gettext_lazy("Reminded"),
    "accepted": gettext_lazy("Accepted"),
    "declined": gettext_lazy("Declined"),
    "substituted": gettext_lazy("Sends somebody else"),
    "registered": gettext_lazy("Registered"),
    "companion_added": gettext_lazy("Accompanying person added"),
    "reply_noted": gettext_lazy("Reply noted"),
    "taken_back": gettext_lazy("Taken back"),
}


def own_invitation(request: HttpRequest, pk: UUID, permission: str) -> Invitation:
    """An invitation of this person's events; raises PermissionDenied or Http404."""
    user = signed_in(request)
    if not user.has_perm("wagtailadmin.access_admin") or not user.has_perm(permission):
        raise PermissionDenied
    mine = Invitation.objects.for_staff(user).with_event().select_related("assessment", "substitutes_for", "sent_by")
    return get_object_or_404(mine, pk=pk)


class InvitationView(WagtailAdminTemplateMixin, TemplateView):
    """Looking is logged; every step goes through the same verbs as everywhere."""

    template_name = "invitations_admin/invitation.html"
    header_icon = "mail"
    assessment_form: AssessmentForm | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.invitation = own_invitation(request, self.kwargs["pk"], VIEW)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.invitation.name

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("invitations:index"), "label": _("Guest list")},
            {"url": "", "label": self.invitation.name},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by, key = Actor.staff(signed_in(request)), self.invitation.pk
        if "assess" in request.POST:
            return self._assess(request, by)
        if not request.user.has_perm(SEND):
            raise PermissionDenied
        if "note" in request.POST:
            note_reply(invitation_id=key, by=by)
            return HttpResponseRedirect(request.path)
        if "send" in request.POST:
            return self._done(send_invitations([key], by=by), _("The invitation is on its way."))
        if "again" in request.POST:
            return self._done(
                send_again([key], by=by), _("Sent again. The link of the earlier message no longer works.")
            )
        if "take_back" in request.POST:
            form = TakeBackForm(request.POST)
            reason = form.cleaned_data["reason"] if form.is_valid() else ""
            return self._done(take_back([key], by=by, reason=reason), _("The invitation was taken back."))
        raise Http404

    def _done(self, report: DecisionReport, text: str) -> HttpResponse:
        if report.refused:
            messages.error(self.request, "; ".join(report.refused.values()))
        else:
            messages.success(self.request, text)
        return HttpResponseRedirect(self.request.path)

    def _assess(self, request: HttpRequest, by: Actor) -> HttpResponse:
        if not request.user.has_perm(ASSESS):
            raise PermissionDenied
        form = AssessmentForm(request.POST, request.FILES)
        if not form.is_valid():
            self.assessment_form = form
            return self.render_to_response(self.get_context_data())
        attach_assessment(invitation_id=self.invitation.pk, checked=form.cleaned_data["file"], by=by)
        messages.success(request, _("The risk assessment is attached: the invitation can go out."))
        return HttpResponseRedirect(request.path)

    @cached_property
    def letter(self) -> Letter | None:
        return Letter.objects.valid().filter(invitation=self.invitation).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation, user = self.invitation, signed_in(self.request)
        record_look(invitation, part="invitation", by=Actor.staff(user))
        may_send = user.has_perm(SEND)
        listed = invitation.state == InvitationState.LISTED
        return {
            **super().get_context_data(**kwargs),
            "invitation": invitation,
            "language": languages.get(invitation.language),
            "letter": self.letter,
            "substitutes": invitation.substitutes.all(),
            "companions": Companion.objects.filter(invitation=invitation).select_related("registration"),
            "in_force": invitation.event.takes_registrations,
            "may_edit": user.has_perm(CHANGE),
            "may_assess": user.has_perm(ASSESS) and invitation.prominent,
            "may_send": may_send and listed,
            "may_note": may_send and Invitation.objects.refused_unnoted().filter(pk=invitation.pk).exists(),
            "may_send_again": may_send
            and invitation.state in {InvitationState.SENT, InvitationState.ACCEPTED, InvitationState.DECLINED},
            "may_take_back": may_send
            and invitation.state not in {InvitationState.WITHDRAWN, InvitationState.SUBSTITUTED},
            "may_preview": invitation.delivery == Delivery.LETTER,
            "assessment_form": self.assessment_form or AssessmentForm(),
            "take_back_form": TakeBackForm(),
            "timeline": [
                {"entry": entry, "what": HAPPENED.get(entry.verb, entry.verb)}
                for entry in HistoryEntry.objects.of(invitation)[:100]
            ],
            "sent": Message.objects.of(invitation).defer("recipient", "text", "html")[:20],
            "sees_messages": user.has_perm("core.view_message"),
        }


def assessment_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The risk assessment, for those who see invitations; every look is logged."""
    invitation = own_invitation(request, pk, VIEW)
    if invitation.assessment is None:
        raise Http404
    record_look(invitation, part="risk assessment", by=Actor.staff(signed_in(request)))
    return private_file(
        open_upload(invitation.assessment), invitation.assessment.media_type, invitation.assessment.name
    )


def letter_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter as it went out, or as it would go out now: without a number, and verifying nothing."""
    invitation = own_invitation(request, pk, VIEW)
    record_look(invitation, part="letter", by=Actor.staff(signed_in(request)))
    letter = Letter.objects.valid().with_subject().filter(invitation=invitation).first()
    if letter is not None:
        return private_file(letter_pdf(letter), MEDIA_TYPE, "letter.pdf")
    draft = _("DRAFT")
    content = compose(invitation, kind=LetterKind.INVITATION, reference=draft, language=invitation.language)
    document = typeset(
        content, reference=draft, language=invitation.language, colour=invitation.event.accent, address=draft
    )
    return private_file(document, MEDIA_TYPE, "draft.pdf")


def private_file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A private file as a download that no cache keeps and no browser runs."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response
