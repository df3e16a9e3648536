"""Members of a delegation in its workspace: name one, fill in for one, invite, replace, withdraw, answer a question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from registration import actions, wording
from registration.answering import Answering
from registration.emails import guest_token
from registration.forms import QuestionsForm, ReplyForm
from registration.forms.delegations import InviteForm, MemberForm, NameForm, NominateForm
from registration.forms.steps import kept_values, typed_values
from registration.guest_tasks import tasks_of
from registration.members import Member, members_of, quotas_of
from registration.models import MemberDraft, Question, Registration, Upload
from registration.review import sections_of, wordings_of
from registration.rules import EDITABLE_BY_GUEST, Stage, State
from registration.views.own_page import askable_keys
from registration.views.workspace import WorkspaceView, sent_origin, sent_version


class NominateView(WorkspaceView):
    """Name somebody: three entries, and the place is held."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        if self.delegation.stage() != Stage.OPEN:
            return self.back()
        return self._page(request, NominateForm(quotas=quotas_of(self.delegation)), origin=uuid4())

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        form, origin = NominateForm(request.POST, quotas=quotas_of(self.delegation)), sent_origin(request)
        if not form.is_valid():
            return self._page(request, form, origin=origin)
        try:
            member = actions.nominate(
                delegation_id=self.delegation.pk,
                category=form.category_chosen(),
                person=form.person(str(self.delegation.name), str(self.delegation.country)),
                origin=origin,
                namesake=form.cleaned_data["namesake"],
            )
        except actions.Namesake as refusal:
            form.offer_namesake()
            form.add_error("namesake", str(refusal))
            return self._page(request, form, origin=origin, status=409)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, form, origin=origin, status=409)
        if request.POST.get("then") == "another":
            return HttpResponseRedirect(f"{self.address('delegation_nominate')}?named={member.pk}")
        return HttpResponseRedirect(self.address("delegation_member", member.pk))

    def _page(self, request: HttpRequest, form: NominateForm, *, origin: UUID, status: int = 200) -> HttpResponse:
        key = _uuid(request.GET.get("named"))
        named = Registration.objects.filter(pk=key, delegation=self.delegation).first() if key else None
        context = {"form": form, "origin": origin, "named": named, "quotas": quotas_of(self.delegation)}
        return self.page(request, "nominate", status=status, **context)


class MemberView(WorkspaceView):
    """One member: where it stands, what is missing, and the form to fill in for it."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponse:
        return self._page(request, self.member(pk))

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        if member.state not in EDITABLE_BY_GUEST:
            return self._page(request, member, status=409)
        person, questions = self._forms(member, request)
        typed = typed_values(person, request.POST) | typed_values(questions, request.POST)
        wish = request.POST.get("go", "")
        if wish in {"save", "later"}:  # the script saves while one types; the button keeps it for another day
            actions.save_member_draft(member=member, typed=typed)
            return HttpResponse(status=204) if wish == "save" else self.back(f"member-{member.code}")
        if not all([person.is_valid(), questions.is_valid()]):
            actions.save_member_draft(member=member, typed=typed)
            return self._page(request, member, forms=(person, questions))
        try:
            actions.fill_in_member(
                delegation_id=self.delegation.pk,
                member_id=member.pk,
                particulars=person.particulars(),
                answers=questions.answers(),
                files=questions.changed_files(),
                scope=[question.key for question in self.answering.open],
                versions=questions.versions(),
                expected_version=sent_version(request),
            )
        except actions.Refused as refusal:
            person.add_error(None, str(refusal))
            return self._page(request, member, forms=(person, questions), status=409)
        return self.back(f"member-{member.code}")

    def _forms(self, member: Registration, request: HttpRequest | None = None) -> tuple[MemberForm, QuestionsForm]:
        data, files = (request.POST, request.FILES) if request else (None, None)
        typed = {} if request else _typed(member)
        proved = member.confirmed_at is not None
        stored = {name: getattr(member, name) for name in MemberForm.base_fields}
        stored["nationality"] = str(member.nationality)
        person = MemberForm(data, address_proved=proved, initial=stored)
        person.initial.update(kept_values(person, typed))
        nationality = data.get("nationality", "") if data is not None else person.initial["nationality"]
        asked = list(Question.objects.asked_in(member.category))
        self.answering = Answering(
            member,
            asked,
            Upload.objects.of_registration(member),
            now=timezone.now(),
            wordings=wordings_of(member, asked),
            facts={"nationality": nationality},
        )
        questions = self.answering.form(asked, data, files, too_large=self.limit.too_large)
        questions.initial.update(kept_values(questions, typed))
        return person, questions

    def _page(
        self,
        request: HttpRequest,
        member: Registration,
        *,
        forms: tuple[MemberForm, QuestionsForm] | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        editable = member.state in EDITABLE_BY_GUEST
        [line] = members_of(self.delegation, only=[member])
        if editable:
            person, questions = forms or self._forms(member)
            more |= {
                "person": person,
                "questions": questions,
                "frozen": self.answering.frozen_answers(self.answering.questions),
            }
        else:
            asked = list(Question.objects.asked_in(member.category))
            sent = list(Upload.objects.of_registration(member))
            # Who has no page of the own is asked for by the head of the delegation, on the member's page.
            askable = set() if line.acts_alone else askable_keys(member, asked, sent)
            more |= {"sections": sections_of(member, asked, sent, askable=askable), "askable": askable}
        if member.state == State.INFORMATION_REQUESTED:
            more.setdefault("reply_form", ReplyForm())
        own = guest_token(member)
        context = {
            "member": member,
            "line": line,
            "is_open": self.delegation.stage() == Stage.OPEN,
            "standing": wording.standing(member.state),
            "tasks": tasks_of(member, own),
            # Only for members without an own, proved address: the others have their page to themselves.
            "own_token": "" if line.acts_alone else own,
            **more,
        }
        return self.page(request, "member", status=status, **context)


class MemberReplyView(MemberView):
    """Answer the officer's question about a member."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponse:
        return HttpResponseRedirect(self.address("delegation_member", pk))

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        form = ReplyForm(request.POST, request.FILES, too_large=self.limit.too_large)
        if not form.is_valid():
            return self._page(request, member, reply_form=form)
        try:
            actions.reply_for_member(
                delegation_id=self.delegation.pk,
                member_id=member.pk,
                text=form.cleaned_data["text"],
                checked=form.cleaned_data["file"] or None,
                expected_version=sent_version(request),
            )
        except actions.Refused as refusal:
            return self._page(request, self.member(pk), status=409, refusal=str(refusal))
        return self.back(f"member-{member.code}")


class InviteView(WorkspaceView):
    """Invite a member to fill in the own details."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        if not Member(member).may_invite:
            return HttpResponseRedirect(self.address("delegation_member", pk))
        return self.page(request, "invite", member=member, form=InviteForm(initial={"email": member.email}))

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member, form = self.member(pk), InviteForm(request.POST)
        if not form.is_valid():
            return self.page(request, "invite", member=member, form=form)
        try:
            actions.invite_member(
                delegation_id=self.delegation.pk, member_id=member.pk, email=form.cleaned_data["email"]
            )
        except actions.Refused as refusal:
            form.add_error("email", str(refusal))
            return self.page(request, "invite", member=member, form=form, status=409)
        return self.back(f"member-{member.code}")


class RemindView(WorkspaceView):
    """Remind a member of what is missing, with one click."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        return HttpResponseRedirect(self.address("delegation_member", pk))

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        try:
            actions.remind_member(delegation_id=self.delegation.pk, member_id=member.pk)
        except actions.Refused as refusal:
            return self.workspace(request, refusal=str(refusal), status=409)
        told = _("%(name)s has been written to. Once a day is enough: a second click sends nothing.")
        return self.workspace(request, told=told % {"name": member.name})


class MoveUpView(WorkspaceView):
    """Give a free place to somebody on the delegation's waiting list."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        return self.back("reserve")

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        try:
            actions.choose_from_reserve(delegation_id=self.delegation.pk, member_id=member.pk)
        except actions.Refused as refusal:
            return self.workspace(request, refusal=str(refusal), status=409)
        return HttpResponseRedirect(self.address("delegation_member", pk))


class SubstituteView(WorkspaceView):
    """Put somebody else in a member's place."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        if self.delegation.stage() != Stage.OPEN or not Member(member).may_replace:
            return HttpResponseRedirect(self.address("delegation_member", pk))
        return self.page(request, "substitute", member=member, form=NameForm(), origin=uuid4())

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member, form, origin = self.member(pk), NameForm(request.POST), sent_origin(request)
        if not form.is_valid():
            return self.page(request, "substitute", member=member, form=form, origin=origin)
        try:
            successor = actions.substitute(
                delegation_id=self.delegation.pk,
                member_id=member.pk,
                person=form.person(member.organisation, str(self.delegation.country)),
                origin=origin,
                expected_version=sent_version(request),
            )
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(request, "substitute", member=member, form=form, origin=origin, status=409)
        return HttpResponseRedirect(self.address("delegation_member", successor.pk))


class WithdrawView(WorkspaceView):
    """Take a member off the list: a page that asks, and a button that does."""

    def get(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        if not Member(member).may_withdraw:
            return HttpResponseRedirect(self.address("delegation_member", pk))
        return self.page(
            request,
            "withdraw",
            member=member,
            is_open=self.delegation.stage() == Stage.OPEN,
            is_approved=member.state == State.APPROVED,
        )

    def post(self, request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
        member = self.member(pk)
        try:
            actions.withdraw_member(delegation_id=self.delegation.pk, member_id=member.pk)
        except actions.Refused as refusal:
            return self.workspace(request, refusal=str(refusal), status=409)
        return self.back("members")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _typed(member: Registration) -> Mapping[str, list[str]]:
    draft = MemberDraft.objects.filter(member=member).first()
    found: Mapping[str, list[str]] = MultiValueDict(json.loads(draft.content)) if draft and draft.content else {}
    return found
