"""Public sign-up: choose a category, then step by step to a sent form. Each step works without script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from plenary.events.models import Event
from registration import actions, wording
from registration.forms import LostLinkForm, QuestionsForm, SignUp
from registration.forms.steps import QUESTIONS, REVIEW, SENT, YOU, typed_values
from registration.models import Category, Draft, Question, Upload
from registration.rules import Opening
from registration.uploads import SizeLimitHandler
from registration.views.pages import private

CHECK = "check"  # in the address: judge what was kept


def public_event(slug: str) -> Event:
    return get_object_or_404(Event.objects.public().select_related("venue"), slug=slug)


def takes_somebody(category: Category) -> bool:
    """Whether a sign-up can begin: for a place, or for the waiting list."""
    opening = category.opening()
    return opening == Opening.OPEN or (opening == Opening.FULL and category.has_waiting_list)


def _step_address(draft: Draft, step: str) -> str:
    return reverse("registration:step", args=[draft.event.slug, draft.pk, step])


class CategoryView(View):
    """The categories of an event, each with what can be done about it; choosing one begins a draft."""

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        found = public_event(event)
        return self._page(request, found, status=200)

    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        found = public_event(event)
        category = Category.objects.offered_to_public(found).filter(slug=request.POST.get("category", "")).first()
        if category is None or not takes_somebody(category):
            return self._page(request, found, status=409)
        draft = actions.start_draft(category=category, language=get_language() or "en")
        return HttpResponseRedirect(_step_address(draft, YOU))

    def _page(self, request: HttpRequest, event: Event, *, status: int) -> HttpResponse:
        offers = [wording.availability(category) for category in Category.objects.offered_to_public(event)]
        context = {
            "event": event,
            "offers": offers,
            "wished": request.GET.get("category", ""),
            "refused": status != 200,
            "dates": wording.event_dates(event),
            "place": wording.event_place(event),
        }
        return render(request, "registration/categories.html", context, status=status)


# The upload handler must be in place before anything reads the body, and the check for forged posts reads it: so that
# check is taken off the outside and put back on the inside, as Django's documentation has it.
@method_decorator([private, csrf_exempt], name="dispatch")
class StepView(View):
    """One step of a draft."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.limit = SizeLimitHandler(request)
        request.upload_handlers.insert(0, self.limit)
        return self._protected(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _protected(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, event: str, draft: UUID, step: str) -> HttpResponse:
        sign_up = self._load(event, draft)
        if sign_up is None:
            return self._gone(request, event)
        if elsewhere := self._elsewhere(sign_up, step):
            return HttpResponseRedirect(elsewhere)
        if step == SENT:
            return self._sent_page(request, sign_up)
        form = sign_up.kept(step) if CHECK in request.GET else sign_up.form(step)
        return self._page(request, sign_up, step, form)

    def post(self, request: HttpRequest, event: str, draft: UUID, step: str) -> HttpResponse:
        sign_up = self._load(event, draft)
        if sign_up is None:
            return self._gone(request, event)
        if elsewhere := self._elsewhere(sign_up, step):
            return HttpResponseRedirect(elsewhere)
        if step == SENT:
            return HttpResponseRedirect(_step_address(sign_up.draft, SENT))
        form = sign_up.form(step, request.POST, request.FILES, too_large=self.limit.too_large)
        actions.save_draft(draft=sign_up.draft, step=step, typed=typed_values(form, request.POST))
        wish = request.POST.get("go", "next")
        if wish == "save":  # the script saves while one types
            return HttpResponse(status=204)
        valid = form.is_valid()
        sent_files = step in sign_up.groups and _keep_files(sign_up.draft, form)
        sign_up.read_again(Upload.objects.of_draft(sign_up.draft) if sent_files else None)
        if wish == "back":
            return HttpResponseRedirect(_step_address(sign_up.draft, sign_up.before(step) or YOU))
        if not valid:
            return self._refusal(request, sign_up, step, form)
        if step == REVIEW:
            return self._submit(request, sign_up, form)
        return HttpResponseRedirect(_step_address(sign_up.draft, sign_up.after(step)))

    def _load(self, event: str, draft_id: UUID) -> SignUp | None:
        draft = Draft.objects.open_at(public_event(event), draft_id).first()
        if draft is None:
            return None
        return SignUp(draft, Question.objects.asked_in(draft.category), Upload.objects.of_draft(draft))

    def _elsewhere(self, sign_up: SignUp, step: str) -> str | None:
        """The address where the guest belongs instead: behind what is sent, and not past what is unfinished."""
        if sign_up.draft.sent_at is not None:
            return None if step == SENT else _step_address(sign_up.draft, SENT)
        if step in (REVIEW, SENT):
            unfinished = sign_up.first_unfinished()
            return self._judged(sign_up, unfinished) or (_step_address(sign_up.draft, REVIEW) if step == SENT else None)
        if step not in sign_up.steps:
            if not sign_up.is_section(step):
                raise Http404
            # Staff took this section away, or another answer did: on with what there is.
            return self._judged(sign_up, sign_up.first_unfinished()) or _step_address(sign_up.draft, REVIEW)
        return None

    def _judged(self, sign_up: SignUp, step: str | None) -> str | None:
        """The address of an unfinished step, with its errors if something was typed there already."""
        if step is None:
            return None
        return _step_address(sign_up.draft, step) + (f"?{CHECK}=1" if sign_up.typed.get(step) else "")

    def _refusal(self, request: HttpRequest, sign_up: SignUp, step: str, form: Any) -> HttpResponse:
        """Show what is wrong. The draft has what was typed, so a GET can judge it and the back button stays harmless;
        only a refused file is told at once, because it was not kept."""
        if isinstance(form, QuestionsForm) and form.has_refused_file():
            return self._page(request, sign_up, step, form)
        return HttpResponseRedirect(f"{_step_address(sign_up.draft, step)}?{CHECK}=1")

    def _submit(self, request: HttpRequest, sign_up: SignUp, consents: QuestionsForm) -> HttpResponse:
        try:
            actions.submit(
                draft=sign_up.draft,
                particulars=sign_up.particulars(),
                answers=sign_up.answers() | consents.answers(),
                versions=sign_up.versions() | consents.versions(),
                upload_ids=sign_up.wanted_uploads(),
                language=get_language() or "en",
                or_wait=request.POST.get("list") == "join",
            )
        except actions.CategoryClosed as refusal:
            consents.add_error(None, wording.closed_message(refusal.opening))
            return self._page(request, sign_up, REVIEW, consents, status=409)
        return HttpResponseRedirect(_step_address(sign_up.draft, SENT))

    def _page(self, request: HttpRequest, sign_up: SignUp, step: str, form: Any, *, status: int = 200) -> HttpResponse:
        context = self._context(sign_up, step) | {"form": form, "back": sign_up.before(step)}
        context["section"] = sign_up.sections.get(step)
        if step == REVIEW:
            category = sign_up.draft.category
            full = category.opening() == Opening.FULL or status == 409  # the last place may have gone while one typed
            context |= {"sections": sign_up.review(), "list_offered": full and category.has_waiting_list}
        template = QUESTIONS if step in sign_up.groups else step
        return render(request, f"registration/step_{template}.html", context, status=status)

    def _sent_page(self, request: HttpRequest, sign_up: SignUp) -> HttpResponse:
        # The same for a first and for a repeated address: only the mail tells them apart.
        context = self._context(sign_up, SENT) | {
            "email": sign_up.typed.get("email", ""),
            "waits": sign_up.typed.get("waits", False),
        }
        return render(request, "registration/step_sent.html", context)

    def _context(self, sign_up: SignUp, step: str) -> dict[str, Any]:
        return {
            "event": sign_up.draft.event,
            "category": sign_up.draft.category,
            "draft": sign_up.draft,
            "step": step,
            "progress": sign_up.progress(step),
        }

    def _gone(self, request: HttpRequest, event: str) -> HttpResponse:
        return render(request, "registration/draft_gone.html", {"event": public_event(event)}, status=404)


def _keep_files(draft: Draft, form: QuestionsForm) -> bool:
    """Store what was sent and is good, even where another answer is wrong: nobody should choose a file twice.

    Answers whether a file came or went."""
    changed = form.changed_files()
    for question, checked in changed.items():
        if checked is None:
            actions.remove_upload(upload=form.initial.pop(question.key))
        else:
            form.show_as_stored(question, actions.attach_upload(owner=draft, question=question, checked=checked))
    return bool(changed)


@private
def lost_link(request: HttpRequest, event: str) -> HttpResponse:
    """Have the link to the own page mailed again. The answer is the same for every address."""
    found = public_event(event)
    form = LostLinkForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent:
        actions.send_lost_link(event=found, email=form.cleaned_data["email"])
    return render(request, "registration/lost_link.html", {"event": found, "form": form, "sent": sent})
