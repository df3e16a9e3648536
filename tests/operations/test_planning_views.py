"""Plans on screen: each role finds its own step and no other's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plenary.core.actions import Actor
from plenary.events.rules import ApprovalState
from plenary.operations.planning import actions
from plenary.operations.planning.models import Plan
from plenary.operations.planning.roles import PERMISSIONS
from plenary.operations.planning.rules import Department, Verdict
from tests.factories.events import EventFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
READERS = {"Conference office", "Leading group", "HR", "Finance", "Security", "IT", "Publicity"}


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(staff(role))
    return client


def page(plan: Plan) -> str:
    return reverse("plans:plan", args=[plan.pk])


@pytest.fixture
def plan() -> Plan:
    return actions.draft_plan(
        event=EventFactory(approval=ApprovalState.DRAFT), by=Actor("office"), purpose="<b>Share</b> the data."
    )


def state_of(plan: Plan) -> str:
    plan.event.refresh_from_db()
    return plan.event.approval


def with_leading_group(plan: Plan) -> Plan:
    actions.submit_plan(plan, by=Actor("office"))
    for department in Department:
        actions.give_opinion(plan, department=department, verdict=Verdict.AGREE, remark="", by=Actor("x"))
    return plan


@pytest.mark.parametrize("role", PERMISSIONS)
def test_plans_are_read_by_the_office_the_departments_and_the_leading_group(role: str, plan: Plan) -> None:
    client = signed_in(role)
    for address in ("/cms/plans/", page(plan)):
        assert (client.get(address).status_code == 200) == (role in READERS)


@pytest.mark.parametrize("role", sorted(READERS))
def test_only_the_office_writes_and_submits(role: str, plan: Plan) -> None:
    client, office = signed_in(role), role == "Conference office"
    client.post(reverse("plans:edit", args=[plan.pk]), {"purpose": "Another purpose."})
    plan.refresh_from_db()
    assert (plan.purpose == "Another purpose.") == office
    client.post(page(plan), {"step": "submit"})
    assert (state_of(plan) == ApprovalState.JOINT_REVIEW) == office


@pytest.mark.parametrize("role", sorted(READERS))
@pytest.mark.parametrize("step", ["approve", "return", "cancel"])
def test_only_the_leading_group_decides(role: str, step: str, plan: Plan) -> None:
    with_leading_group(plan)
    signed_in(role).post(page(plan), {"step": step, "reason": "Because."})
    assert (state_of(plan) != ApprovalState.LEADING_GROUP) == (role == "Leading group")


def test_a_department_speaks_for_itself_and_for_no_other(plan: Plan) -> None:
    actions.submit_plan(plan, by=Actor("office"))
    client = signed_in("Finance")
    refused = client.post(page(plan), {"department": "hr", "verdict": "agree"})
    assert "department" in refused.context["form"].errors
    client.post(page(plan), {"department": "finance", "verdict": "object", "remark": "No interpreters."})
    [opinion] = plan.submissions.get().opinions.all()
    assert (opinion.department, opinion.remark) == ("finance", "No interpreters.")


def test_a_missing_reason_is_told_at_the_form_and_the_plan_stays(plan: Plan) -> None:
    with_leading_group(plan)
    response = signed_in("Leading group").post(page(plan), {"step": "return", "reason": ""})
    assert "Give a reason" in response.content.decode()
    assert state_of(plan) == ApprovalState.LEADING_GROUP


def test_the_office_amends_an_approved_plan_with_a_reason(plan: Plan) -> None:
    with_leading_group(plan)
    signed_in("Leading group").post(page(plan), {"step": "approve"})
    client, edit = signed_in("Conference office"), reverse("plans:edit", args=[plan.pk])
    assert "reason" in client.post(edit, {"purpose": "Changed."}).context["form"].errors
    plan.refresh_from_db()
    assert plan.purpose != "Changed."
    client.post(edit, {"purpose": "Changed.", "reason": "A second river joined."})
    assert state_of(plan) == ApprovalState.JOINT_REVIEW


def test_a_plan_begins_for_an_event_in_draft_without_one(plan: Plan) -> None:
    fresh, approved = EventFactory(approval=ApprovalState.DRAFT), EventFactory()
    client, add = signed_in("Conference office"), reverse("plans:add")
    for event in (approved, plan.event):
        assert "event" in client.post(add, {"event": event.pk, "purpose": "P."}).context["form"].errors
    client.post(add, {"event": fresh.pk, "purpose": "P."})
    assert Plan.objects.filter(event=fresh).exists()


def test_a_plan_is_never_deleted(plan: Plan, admin_client: Client) -> None:
    for address in (f"/cms/plans/delete/{plan.pk}/", f"/cms/plans/{plan.pk}/delete/"):
        assert admin_client.post(address, follow=True).status_code == 404


def test_what_was_written_is_shown_as_text(plan: Plan) -> None:
    assert "&lt;b&gt;Share&lt;/b&gt;" in signed_in("Finance").get(page(plan)).content.decode()


def test_the_menu_says_how_many_plans_wait_for_my_word(plan: Plan) -> None:
    actions.submit_plan(plan, by=Actor("office"))
    # Another plan, so that no two records share a number by chance.
    other = actions.draft_plan(event=EventFactory(approval=ApprovalState.DRAFT), by=Actor("office"), purpose="Share.")
    actions.submit_plan(other, by=Actor("office"))
    actions.give_opinion(other, department=Department.FINANCE, verdict=Verdict.AGREE, remark="", by=Actor("finance"))
    client = signed_in("Finance")
    assert "Plans (1)" in client.get("/cms/").content.decode()
    client.post(page(plan), {"department": "finance", "verdict": "agree"})
    assert "Plans (1)" not in client.get("/cms/").content.decode()


def test_list_and_dossier_take_as_many_statements_for_three_as_for_one(plan: Plan, statements_of: Any) -> None:
    client = signed_in("Finance")
    client.get("/cms/plans/")
    one = statements_of(lambda: client.get("/cms/plans/"))
    for _number in range(2):
        other = actions.draft_plan(event=EventFactory(approval="draft"), by=Actor("o"), purpose="P.")
        actions.submit_plan(other, by=Actor("o"))
    assert statements_of(lambda: client.get("/cms/plans/")) == one
