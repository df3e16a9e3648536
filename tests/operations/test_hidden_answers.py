"""What a desk may not see, its officer finds nowhere in the office: no page, export, preview or search shows it."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.actions import Actor
from registration import actions
from registration.actions.changes import ask_for_change
from registration.models import CategoryDesk, Desk, FieldChange, Question, Registration, WatchListEntry
from registration.rules import State, Verdict
from registration.uploads import Checked
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff
from tests.operations.walk import addresses
from tests.registration.files import pdf
from tests.registration.papers import document

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PROTOCOL, SECURITY = "Vetting: protocol desk", "Vetting: security desk"
# One value for each class of field; none is part of another, and none stands in a page by chance.
HIDDEN = {
    "answer of another desk": "Zwvanswer",
    "answer it was": "Zwvbefore",
    "answer that is wanted": "Zwvwanted",
    "answer of staff": "Zwvofstaff",
    "answer to a question that is gone": "Zwvgone",
    "answer to a request of another desk": "Zwvreply",
    "file of another desk": "zwvfile.pdf",
    "e-mail address": "zwvmail@hidden.example",
    "telephone number": "+254701987654",
    "telephone number it was": "+254701123987",
    "passport number": "ZW7654321",
    "end of the passport number": "321",
    "surname in the passport": "ZWVSURNAME",
    "name of a file with papers shut": "zwvreplied.pdf",
    "name on the watch list": "Zwvwatched",
    "note of another desk": "Zwvnoted",
}
SHOWN = "Zwvshown"  # an answer open to all desks: the walk does open the case


@pytest.fixture
def case() -> Registration:
    """A case full of what the protocol desk may not see; it reads neither contact nor papers."""
    category = CategoryFactory(asks_passport=True)
    event, security = category.event, Desk.objects.get(slug="security")
    for slug in ("protocol", "security"):
        CategoryDesk.objects.create(category=category, desk=Desk.objects.get(slug=slug))
    Desk.objects.filter(slug="protocol").update(sees_contact=False, sees_documents=False)

    def ask(key: str, *, hidden: bool = True, **more: Any) -> Question:
        found: Question = QuestionFactory(event=event, key=key, label={"en": key.title()}, material=True, **more)
        if hidden:
            found.desks.set([security])
        return found

    secret = ask("secret")
    gone = ask("gone")
    ask("open", hidden=False)
    ask("phone", hidden=False, kind="phone")
    ask("of-staff", staff_only=True)
    hidden_file, open_file = ask("paper", kind="file"), ask("open-paper", hidden=False, kind="file")
    found = RegistrationFactory(
        category=category, name="Aaa Osman", email=HIDDEN["e-mail address"], organisation="Ministry",
        answers=json.dumps({
            "secret": HIDDEN["answer it was"], "gone": HIDDEN["answer to a question that is gone"], "open": SHOWN,
            "phone": HIDDEN["telephone number it was"],
        }),
        staff_answers=json.dumps({"of-staff": HIDDEN["answer of staff"]}),
    )  # fmt: skip
    person = actions.Particulars(email=found.email, name=found.name, organisation="Ministry", nationality="KE")
    actions.change_answers(
        registration_id=found.pk,
        particulars=person,
        answers={
            "secret": HIDDEN["answer of another desk"], "gone": HIDDEN["answer to a question that is gone"],
            "open": SHOWN, "phone": HIDDEN["telephone number"],
        },
        files={hidden_file: paper(HIDDEN["file of another desk"]), open_file: paper(HIDDEN["name of a file with papers shut"])},
    )  # fmt: skip
    actions.save_travel_document(
        registration_id=found.pk,
        facts=document(number=HIDDEN["passport number"], surname=HIDDEN["surname in the passport"], zone=""),
    )
    actions.remove_question(gone, by=Actor("Office"))
    officer = Actor.staff(staff(SECURITY))
    actions.add_note(registration_id=found.pk, text=HIDDEN["note of another desk"], desk=security, by=officer)
    found.refresh_from_db()
    actions.give_verdict(
        registration_id=found.pk, desk=security, verdict=Verdict.ASK, by=officer, note="Tell us.",
        fields=["answer:secret"], expected_version=found.version,
    )  # fmt: skip
    actions.reply_to_request(registration_id=found.pk, text=HIDDEN["answer to a request of another desk"])
    for question, value, name in [
        (secret, HIDDEN["answer that is wanted"], ""), (hidden_file, None, "zwvfile.pdf"), (open_file, None, "zwvreplied.pdf"),
    ]:  # fmt: skip
        ask_for_change(
            registration_id=found.pk,
            question=question,
            value=value,
            reason="New.",
            checked=paper(name) if name else None,
        )
    actions.save_entry(
        WatchListEntry(names=f"{HIDDEN['name on the watch list']}; Aaa Osman", source="Notice 7"), by=Actor("Karim")
    )
    Registration.objects.filter(pk=found.pk).update(state=State.SUBMITTED)
    actions.check_now(Registration.objects.with_event().get(pk=found.pk))
    assert FieldChange.objects.filter(registration=found).count() > 4
    return Registration.objects.with_event().get(pk=found.pk)


def paper(name: str) -> Checked:
    return Checked(name, "application/pdf", pdf())


def text_of(response: Any) -> str:
    """All that came, a workbook's cells included; nothing of what was refused."""
    if response.status_code >= 400:
        return ""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return " ".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return str(body.decode(errors="replace"))


def pages(client: Client, case: Registration, *spaces: str) -> dict[str, str]:
    """What every address of the office (in `spaces`, where given) answers this officer, the tables it offers, and previews."""
    found = {}
    for address in addresses(case.event):
        if spaces and address.name.partition(":")[0] not in spaces:
            continue
        found[address.name] = text_of(client.get(address.path))
        for form in ("csv", "xlsx"):
            if f"export={form}" in found[address.name]:
                found[f"{address.name} {form}"] = text_of(client.get(address.path, {"export": form}))
    dossier = reverse("vetting:dossier", args=[case.pk])
    found["a decision that is wrong"] = text_of(client.post(dossier, {"to": "", "version": case.version}))
    for act in ("ask", "reject", "approve"):
        many = reverse("wagtail_bulk_action", args=["registration", "registration", act])
        seen = {"reason": "Tell us.", "seen": f"{case.pk}:{case.version}", "fields_asked": ["organisation"]}
        found[f"preview {act}"] = text_of(client.post(f"{many}?id={case.pk}&next=/cms/", seen))
    return found


def test_an_officer_finds_nowhere_what_the_desk_may_not_see(case: Registration) -> None:
    client = Client()
    client.force_login(staff(PROTOCOL))
    shown = pages(client, case)
    assert SHOWN in shown["vetting:dossier"]
    assert sum(case.name in text for text in shown.values()) > 8, "the walk opened next to nothing"
    short = {"end of the passport number"}  # three digits stand in many a page: looked for as the dossier writes it
    leaks = {
        (what, where)
        for what, value in HIDDEN.items()
        for where, text in shown.items()
        if (f"…{value}" if what in short else value) in text
    }
    assert sorted(leaks) == []


def test_the_same_walk_finds_all_of_it_as_the_desk_that_may(case: Registration) -> None:
    client = Client()
    client.force_login(staff(SECURITY, "Vetting: protocol desk"))
    Desk.objects.update(sees_contact=True, sees_documents=True)
    everything = " ".join(pages(client, case, "vetting", "changes", "watch_list").values())
    assert {what for what, value in HIDDEN.items() if value not in everything} <= set()


@pytest.mark.parametrize("what", sorted(HIDDEN))
def test_a_search_finds_nobody_by_what_the_desk_may_not_see(case: Registration, what: str) -> None:
    client = Client()
    client.force_login(staff(PROTOCOL))
    address = reverse("vetting:index")
    assert case.code in text_of(client.get(address, {"q": "osman"}))
    assert case.code not in text_of(client.get(address, {"q": HIDDEN[what]}))
