"""A guest's problem from raised to solved: numbered, owned, answered in the guest's language, seen on the own page."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from plenary.core.actions import GUEST, Actor
from plenary.core.models import HistoryEntry, Message
from registration import actions
from registration.actions.issues import change_issue, guest_writes_on_issue, note_contact, raise_issue, write_on_issue
from registration.guest_tasks import tasks_of
from registration.models import ContactNote, Issue
from registration.rules import Who
from registration.rules.issues import AT_MOST_OPEN, STEPS, IssueState, Urgency, due_by, may_step, next_states
from tests.factories.registration import RegistrationFactory
from tests.factories.staff import staff
from tests.registration.guest import my

database = pytest.mark.django_db
State = IssueState


@pytest.fixture
def guest(db):
    return RegistrationFactory(language="ar", name="ليلى")


@pytest.fixture
def officer(db):
    return Actor.staff(staff("Conference office"))


def raised(guest, **facts) -> Issue:
    return raise_issue(
        registration_id=guest.pk, **{"subject": "No room", "text": "The hotel does not know me.", **facts}
    )


# -- rules ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", State.values)
@pytest.mark.parametrize("target", State.values)
@pytest.mark.parametrize("who", Who)
def test_a_problem_takes_the_steps_of_its_table_and_no_other(source, target, who):
    assert may_step(source, target, who) == (who in STEPS.get((source, target), frozenset()))
    assert (State(target) in next_states(source, who)) == may_step(source, target, who)


def test_a_guest_neither_drops_a_problem_nor_says_that_staff_works_on_it():
    assert not any(may_step(source, State.DROPPED, Who.GUEST) for source in State)
    assert not may_step(State.RAISED, State.IN_WORK, Who.GUEST)


def test_what_is_urgent_is_due_today():
    now = timezone.now()
    assert due_by(now, Urgency.URGENT) < due_by(now, Urgency.NORMAL) < due_by(now, Urgency.LOW)
    assert due_by(now, Urgency.URGENT) - now <= timedelta(hours=8)


# -- the verbs -----------------------------------------------------------------------------------------------------------
def test_a_problem_walks_from_raised_to_solved_and_the_guest_is_told_in_the_own_language(guest, officer):
    issue = raised(guest)
    assert (issue.number, issue.state, issue.by_guest) == (1, State.RAISED, True)
    change_issue(
        issue_id=issue.pk,
        by=officer,
        owner=officer.user,
        due_at=issue.due_at,
        urgency=Urgency.URGENT,
        expected_version=0,
    )
    write_on_issue(issue_id=issue.pk, by=officer, text="Which hotel?", to=State.WAITING)
    assert [task.name for task in tasks_of(guest, "token")] == ["problem"]
    guest_writes_on_issue(issue_id=issue.pk, registration_id=guest.pk, text="The Grand.")
    assert tasks_of(guest, "token") == []
    write_on_issue(issue_id=issue.pk, by=officer, text="Called the hotel", to_guest=False)
    write_on_issue(issue_id=issue.pk, by=officer, text="Your room is 17.", to=State.SOLVED)
    issue.refresh_from_db()
    assert issue.state == State.SOLVED
    assert issue.solved_at
    sent = list(Message.objects.of(guest).order_by("created_at"))
    assert [message.kind for message in sent] == ["issue.raised", "issue.answered", "issue.solved"]
    assert {message.language for message in sent} == {"ar"}
    assert "Which hotel?" in sent[1].text
    assert "/ar/my/" in sent[1].text
    assert not any("No room" in message.subject for message in sent)  # subjects stand in clear
    assert not any("Called the hotel" in message.text for message in sent)
    verbs = list(HistoryEntry.objects.of(issue).order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "issue_raised", "issue_assigned", "issue_answered", "issue_guest_wrote", "issue_noted", "issue_answered"
    ]  # fmt: skip


def test_the_words_of_a_problem_are_not_in_the_database_in_clear(guest):
    raised(guest, subject="Very secret hotel", text="Very secret trouble")
    statements = (
        "SELECT * FROM registration_issue",
        "SELECT * FROM registration_issueentry",
        "SELECT * FROM core_historyentry",
        "SELECT subject, text, html FROM core_message",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert "secret" not in str(cursor.fetchall())


def test_sent_twice_it_is_one_problem_and_numbers_have_no_gaps(guest):
    origin = uuid.uuid4()
    first, again = raised(guest, origin=origin), raised(guest, origin=origin)
    assert first == again
    other = raised(RegistrationFactory(category=guest.category))
    assert (first.number, other.number) == (1, 2)
    assert Message.objects.count() == 2


def test_somebody_elses_form_key_reveals_nothing(guest):
    origin = uuid.uuid4()
    raised(guest, origin=origin)
    with pytest.raises(actions.Refused):
        raised(RegistrationFactory(category=guest.category), origin=origin)


def test_a_guest_cannot_flood_the_desk_but_staff_may_note_what_it_is_told(guest, officer):
    for _n in range(AT_MOST_OPEN):
        raised(guest)
    with pytest.raises(actions.Refused, match="several open problems"):
        raised(guest)
    assert not raised(guest, by=officer).by_guest


def test_two_officers_at_once_the_second_is_told(guest, officer):
    issue = raised(guest)
    write_on_issue(issue_id=issue.pk, by=officer, text="Hello", expected_version=0)
    with pytest.raises(actions.Refused, match="Somebody else"):
        write_on_issue(issue_id=issue.pk, by=officer, text="Hello", expected_version=0)


def test_a_guest_takes_a_solved_problem_up_again_but_not_a_dropped_one(guest, officer):
    issue = raised(guest)
    write_on_issue(issue_id=issue.pk, by=officer, text="Done", to=State.SOLVED)
    guest_writes_on_issue(issue_id=issue.pk, registration_id=guest.pk, text="No, it is not.")
    issue.refresh_from_db()
    assert (issue.state, issue.solved_at) == (State.IN_WORK, None)
    write_on_issue(issue_id=issue.pk, by=officer, text="Not ours", to=State.DROPPED)
    with pytest.raises(actions.Refused):
        guest_writes_on_issue(issue_id=issue.pk, registration_id=guest.pk, text="Please!")


def test_a_step_that_is_not_allowed_changes_nothing(guest, officer):
    issue = raised(guest)
    write_on_issue(issue_id=issue.pk, by=officer, text="Done", to=State.SOLVED)
    with pytest.raises(actions.Refused):
        write_on_issue(issue_id=issue.pk, by=officer, text="Hm", to=State.DROPPED)
    with pytest.raises(actions.Refused):
        write_on_issue(issue_id=issue.pk, by=officer, text="")


def test_what_is_late_unowned_and_mine_is_counted(guest, officer):
    late, owned, solved = raised(guest), raised(guest), raised(guest)
    Issue.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    change_issue(issue_id=owned.pk, by=officer, owner=officer.user, due_at=owned.due_at, urgency=Urgency.LOW)
    guest_writes_on_issue(issue_id=solved.pk, registration_id=guest.pk, text="", solved=True)
    found = Issue.objects.all()
    assert list(found.overdue(timezone.now())) == [late]
    assert list(found.unowned()) == [late]
    assert list(found.owned_by(officer.user)) == [owned]


def test_a_note_of_a_call_is_encrypted_and_leaves_its_trace(guest, officer):
    note = note_contact(
        ContactNote(event=guest.event, registration=guest, text="Secret call", happened_at=timezone.now()), by=officer
    )
    assert note.author_label == officer.label
    assert HistoryEntry.objects.of(guest).get().verb == "contact_noted"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registration_contactnote")
        assert "Secret" not in str(cursor.fetchall())


# -- the guest's pages ---------------------------------------------------------------------------------------------------
def test_a_guest_raises_and_follows_a_problem_on_the_own_page(client, guest, officer):
    page = my(guest, "problems/")
    opened = client.get(page)
    origin = opened.context["form"].initial["origin"]
    typed = {"subject": "No visa", "text": "The consulate is silent.", "urgent": "on", "origin": origin}
    sent = client.post(page, typed)
    assert sent.status_code == 302
    assert client.post(page, typed)["Location"] == sent["Location"]  # a double click
    issue = Issue.objects.get()
    assert (issue.urgency, issue.subject) == (Urgency.URGENT, "No visa")
    write_on_issue(issue_id=issue.pk, by=officer, text="A remark", to_guest=False)
    write_on_issue(issue_id=issue.pk, by=officer, text="Which consulate?", to=State.WAITING)
    shown = client.get(sent["Location"])
    assert b"Which consulate?" in shown.content
    assert b"A remark" not in shown.content
    assert officer.label.encode() not in shown.content
    assert b"No visa" in client.get(my(guest)).content
    assert client.post(sent["Location"], {"text": "Geneva"}).status_code == 302
    issue.refresh_from_db()
    assert issue.state == State.IN_WORK
    assert client.post(sent["Location"], {"solved": "1"}).status_code == 302
    issue.refresh_from_db()
    assert issue.state == State.SOLVED


def test_a_form_with_gaps_comes_back_with_what_was_typed(client, guest):
    shown = client.post(my(guest, "problems/"), {"subject": "Half a story", "text": "", "origin": "rubbish"})
    assert shown.status_code == 200
    assert b"Half a story" in shown.content
    assert b"Write what has happened" in shown.content
    assert not Issue.objects.exists()


def test_a_problem_of_another_guest_is_not_there(client, guest):
    issue = raised(guest)
    other = RegistrationFactory(category=guest.category)
    assert client.get(my(other, f"problems/{issue.pk}/")).status_code == 404
    assert client.post(my(other, f"problems/{issue.pk}/"), {"text": "x"}).status_code == 404
    assert client.get(f"/en/my/{'x' * 51}/problems/").status_code == 404


def test_an_address_nobody_has_proved_raises_nothing(client, db):
    guest = RegistrationFactory(state="unconfirmed")
    assert client.get(my(guest, "problems/")).status_code == 302


def test_looking_changes_nothing(client, guest):
    issue = raised(guest)
    for page in ("problems/", f"problems/{issue.pk}/", "texts/"):
        assert client.get(my(guest, page)).status_code == 200
    issue.refresh_from_db()
    assert issue.version == 0
    assert client.get(my(guest, "texts/stop/")).status_code == 405


def test_a_guest_agrees_to_text_messages_and_takes_it_back(client, guest):
    page = my(guest, "texts/")
    wrong = client.post(page, {"number": "12"})
    assert b"country code" in wrong.content
    assert client.post(page, {"number": "+41 79 123 45 67"}).status_code == 302
    assert b"+41791234567" in client.get(page).content
    assert guest.text_consent.given_at
    client.post(my(guest, "texts/stop/"))
    guest.text_consent.refresh_from_db()
    assert (guest.text_consent.number, guest.text_consent.holds) == ("", False)
    verbs = set(HistoryEntry.objects.of(guest).values_list("verb", flat=True))
    assert {"texts_agreed", "texts_withdrawn"} <= verbs


def test_the_desk_raises_a_problem_for_a_guest_who_calls(guest, officer):
    issue = raised(guest, by=officer, urgency=Urgency.LOW)
    assert not issue.by_guest
    assert "noted a problem for you" in Message.objects.of(guest).get().text or guest.language == "ar"
    assert GUEST.user is None
