"""A guest's problems on the own page, and the agreement to text messages."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from registration import actions
from registration.actions.guests import read_guest_link
from registration.actions.issues import guest_writes_on_issue, raise_issue
from registration.actions.texting import agree_to_texts, withdraw_from_texts
from registration.forms.contacts import IssueForm, IssueReplyForm, TextsForm
from registration.models import Issue, IssueEntry, Question, Registration, TextConsent
from registration.rules.issues import OPEN, IssueState, Urgency
from registration.views.pages import private


@private
@require_http_methods(["GET", "HEAD", "POST"])
def issues(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's problems with where each stands, and the form for a new one."""
    registration = read_guest_link(token)
    if registration.confirmed_at is None:
        return HttpResponseRedirect(reverse("registration:my", args=[token]))
    if request.method != "POST":
        return _issues_page(request, registration, token, IssueForm(initial={"origin": uuid4()}))
    form = IssueForm(request.POST)
    if not form.is_valid():
        if (
            "origin" in form.errors
        ):  # a form without its key is not one of ours: give it one and let the guest look again
            again = request.POST.copy()
            again["origin"] = str(uuid4())
            form.data = again
        return _issues_page(request, registration, token, form)
    given = form.cleaned_data
    try:
        issue = raise_issue(
            registration_id=registration.pk,
            subject=given["subject"],
            text=given["text"],
            urgency=Urgency.URGENT if given["urgent"] else Urgency.NORMAL,
            origin=given["origin"],
        )
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
        return _issues_page(request, registration, token, form, status=409)
    return HttpResponseRedirect(reverse("registration:issue", args=[token, issue.pk]))


def _issues_page(
    request: HttpRequest, registration: Registration, token: str, form: IssueForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "registration": registration,
        "event": registration.event,
        "token": token,
        "form": form,
        "issues": Issue.objects.of_guest(registration),
    }
    return render(request, "registration/issues.html", context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, token: str, issue_id: UUID) -> HttpResponse:
    """One problem: what was written so far, and a way to answer or to say that it is solved."""
    registration = read_guest_link(token)
    found = Issue.objects.of_guest(registration).filter(pk=issue_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _issue_page(request, registration, token, found, IssueReplyForm())
    solved = "solved" in request.POST
    form = IssueReplyForm(request.POST)
    if not solved and not form.is_valid():
        return _issue_page(request, registration, token, found, form)
    text = form.cleaned_data.get("text", "") if form.is_valid() else ""
    try:
        guest_writes_on_issue(issue_id=found.pk, registration_id=registration.pk, text=text, solved=solved)
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
        return _issue_page(request, registration, token, found, form, status=409)
    return HttpResponseRedirect(reverse("registration:issue", args=[token, found.pk]))


def _issue_page(
    request: HttpRequest,
    registration: Registration,
    token: str,
    found: Issue,
    form: IssueReplyForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "registration": registration,
        "event": registration.event,
        "token": token,
        "issue": found,
        "form": form,
        "entries": found.entries.exclude(author=IssueEntry.Author.NOTE),
        "is_open": found.state in OPEN,
        "may_write": found.state != IssueState.DROPPED,
        "waits_for_guest": found.state == IssueState.WAITING,
    }
    return render(request, "registration/issue.html", context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: HttpRequest, token: str) -> HttpResponse:
    """Agree to text messages, or change the number."""
    registration = read_guest_link(token)
    region = str(registration.nationality)
    if request.method == "POST":
        form = TextsForm(request.POST, region=region)
        if form.is_valid():
            agree_to_texts(registration_id=registration.pk, number=form.cleaned_data["number"])
            return HttpResponseRedirect(reverse("registration:texts", args=[token]))
    else:
        form = TextsForm(initial={"number": _known_number(registration)}, region=region)
    consent = TextConsent.objects.filter(registration=registration, withdrawn_at__isnull=True).first()
    context = {
        "registration": registration,
        "event": registration.event,
        "token": token,
        "form": form,
        "consent": consent,
    }
    return render(request, "registration/texts.html", context)


def _known_number(registration: Registration) -> str:
    """The number the guest gave in answer to a question, as a proposal."""
    phones = Question.objects.filter(event=registration.event_id, kind=Question.Kind.PHONE)
    given = registration.answer_data
    return next((str(given[key]) for key in phones.values_list("key", flat=True) if given.get(key)), "")


@private
@require_POST
def no_texts(request: HttpRequest, token: str) -> HttpResponse:
    """Take the agreement back."""
    registration = read_guest_link(token)
    withdraw_from_texts(registration_id=registration.pk)
    return HttpResponseRedirect(reverse("registration:texts", args=[token]))
