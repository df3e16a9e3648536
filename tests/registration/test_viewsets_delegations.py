"""Delegations in the admin: who may see and do what, of which event, and a delegation decided as one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plenary.core.actions import Actor
from plenary.core.models import AccessLog, HistoryEntry, Message
from plenary.events.models import EventStaff
from plenary.operations.planning import roles
from registration.actions import give_verdict, save_stop
from registration.models import CategoryDesk, Delegation, DelegationPaper, Desk, Registration
from registration.rules import State, Verdict
from tests.factories.delegations import DelegationFactory, DelegationQuotaFactory, MemberFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
MAY_SEE = {"Conference office", "Vetting: protocol desk", "Vetting: security desk"}


@pytest.fixture
def quota():
    return DelegationQuotaFactory(places=5, delegation__name={"en": "Ghana"})


@pytest.fixture
def delegation(quota):
    return quota.delegation


@pytest.fixture
def office(client):
    user = staff("Conference office")
    client.force_login(user)
    return client


def member(quota, **facts) -> Registration:
    return MemberFactory(delegation=quota.delegation, category=quota.category, **facts)


@pytest.mark.parametrize("role", roles.PERMISSIONS)
def test_delegations_are_seen_by_the_office_and_the_desks_and_changed_by_the_office(client, delegation, role):
    client.force_login(staff(role))
    for name, args in [("index", []), ("unit", [delegation.pk])]:
        opens = client.get(reverse(f"delegations:{name}", args=args)).status_code == 200
        assert opens == (role in MAY_SEE), (role, name)
    for name, args in [("add", []), ("edit", [delegation.pk])]:
        opens = client.get(reverse(f"delegations:{name}", args=args)).status_code == 200
        assert opens == (role == "Conference office"), (role, name)
    for step in ("send", "renew", "revoke", "remind", "confirm", "reopen"):
        client.post(reverse("delegations:step", args=[delegation.pk, step]))
    if role != "Conference office":
        assert not HistoryEntry.objects.of(delegation).exists()


def test_staff_of_one_event_see_no_delegation_of_another(client, delegation):
    user = staff("Conference office")
    EventStaff.objects.create(event=DelegationFactory().event, user=user)
    client.force_login(user)
    assert "Ghana" not in client.get(reverse("delegations:index")).content.decode()
    for name in ("unit", "edit", "decide"):
        url = reverse(f"delegations:{name}", args=[delegation.pk]) + "?to=approved"
        assert client.get(url, follow=True).status_code == 404


def test_the_list_counts_and_costs_the_same_with_one_and_with_three(office, quota):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    member(quota)
    member(quota, state=State.SUBMITTED)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as caught:
            html = office.get(reverse("delegations:index")).content.decode()
        counts.append(len(caught))
        DelegationFactory.create_batch(2, event=quota.delegation.event)
    assert counts[0] == counts[1]
    assert "2 of 5" in html


def test_a_delegation_is_added_then_given_places_then_sent_its_link(office, quota):
    event = quota.delegation.event
    facts = {
        "event": event.pk, "name_en": "Togo", "country": "TG", "focal_name": "Afi Mensah", "email": "afi@mission.example",
        "language": "fr",
    }  # fmt: skip
    page = office.get(reverse("delegations:add")).content.decode()
    import re

    names = re.findall(r'name="(name[^"]*)"', page)
    facts[next(name for name in names if name.endswith("en"))] = "Togo"
    response = office.post(reverse("delegations:add"), facts)
    added = Delegation.objects.get(country="TG")
    assert str(added.pk) in response["Location"]
    office.post(reverse("delegations:edit", args=[added.pk]), facts | {f"places-{quota.category_id}": 3})
    assert added.quotas.get().places == 3
    office.post(reverse("delegations:step", args=[added.pk, "send"]))
    message = Message.objects.get()
    assert (message.recipient, message.language) == ("afi@mission.example", "fr")
    assert "/fr/delegation/" in message.text


def test_places_lowered_below_what_is_taken_are_told_in_plain_words(office, quota):
    member(quota), member(quota)
    delegation = quota.delegation
    facts = {"focal_name": "K", "email": delegation.email, "language": "en", f"places-{quota.category_id}": 1}
    page = office.get(reverse("delegations:edit", args=[delegation.pk])).content.decode()
    import re

    for name in re.findall(r'name="(name[^"]*)"', page):
        facts[name] = "Ghana"
    html = office.post(reverse("delegations:edit", args=[delegation.pk]), facts, follow=True).content.decode()
    assert "1 too few. Those who are named stay" in html
    form = office.get(reverse("delegations:edit", args=[delegation.pk])).content.decode()
    assert "2 taken. 1 more than there are places" in form
    assert "1 more is taken than given" in html
    assert delegation.quotas.get().taken == 2


def test_a_delegation_is_decided_as_one_after_a_look_at_the_mails(office, quota):
    two = [member(quota, state=State.SUBMITTED), member(quota, state=State.SUBMITTED, email="own@example.org",
                                                        confirmed_at=timezone.now())]  # fmt: skip
    missing = member(quota)
    url = reverse("delegations:decide", args=[quota.delegation.pk]) + "?to=approved"
    html = office.get(url).content.decode()
    assert quota.delegation.focal_name in html
    assert "approved" in html
    assert {row.state for row in Registration.objects.filter(pk__in=[m.pk for m in two])} == {State.SUBMITTED}
    seen = [f"{row.pk}:{row.version}" for row in two]
    office.post(url, {"seen": seen, "confirmed": "on"})
    assert {row.state for row in Registration.objects.filter(pk__in=[m.pk for m in two])} == {State.APPROVED}
    missing.refresh_from_db()
    assert missing.state == State.NOMINATED
    kinds = sorted(Message.objects.values_list("kind", flat=True))
    assert kinds == ["delegation.decisions", "registration.approved"]


def test_no_mail_is_shown_for_a_member_of_whom_a_desk_has_not_spoken(office, quota):
    waits = member(quota, name="Efua Ofori", state=State.SUBMITTED)
    desk = Desk.objects.get(slug="protocol")
    save_stop(CategoryDesk(category=quota.category, desk=desk, step=1), by=OFFICER)
    address = reverse("delegations:decide", args=[quota.delegation.pk]) + "?to=approved"

    assert office.get(address).context["possible"] == []
    give_verdict(registration_id=waits.pk, desk=desk, verdict=Verdict.CLEAR, by=Actor.staff(staff(str(desk.group))))
    assert office.get(address).context["possible"] == [waits]


def test_some_members_are_decided_and_the_others_left(office, quota):
    one, other = member(quota, state=State.SUBMITTED), member(quota, state=State.SUBMITTED)
    url = reverse("delegations:decide", args=[quota.delegation.pk]) + f"?to=rejected&member={one.pk}"
    office.post(url, {"seen": f"{one.pk}:{one.version}", "confirmed": "on", "reason": "No credentials."})
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.state, other.state) == (State.REJECTED, State.SUBMITTED)


def test_what_changed_since_the_look_is_left_and_named(office, quota):
    one = member(quota, state=State.SUBMITTED)
    url = reverse("delegations:decide", args=[quota.delegation.pk]) + "?to=approved"
    html = office.post(url, {"seen": f"{one.pk}:{one.version + 1}", "confirmed": "on"}, follow=True).content.decode()
    assert "in the meantime" in html
    one.refresh_from_db()
    assert one.state == State.SUBMITTED


def test_papers_open_for_those_who_see_identity_and_each_look_is_logged(client, delegation):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from registration import actions
    from registration.uploads import inspect

    pdf = SimpleUploadedFile("note.pdf", b"%PDF-1.4\n%x\nstartxref\n9\n%%EOF\n")
    paper = actions.attach_paper(
        delegation_id=delegation.pk, kind=DelegationPaper.Kind.NOTE_VERBALE, checked=inspect(pdf)
    )
    client.force_login(staff("Registration desk"))
    assert client.get(reverse("delegations:paper", args=[paper.pk])).status_code in {302, 403}
    client.force_login(staff("Vetting: protocol desk"))
    assert client.get(reverse("delegations:paper", args=[paper.pk])).status_code == 200
    assert AccessLog.objects.filter(part=f"file {paper.pk}").count() == 1


def test_the_list_is_opened_again_with_a_later_deadline(office, delegation):
    Delegation.objects.update(confirmed_at=timezone.now())
    moment = timezone.now() + timedelta(days=3)
    url = reverse("delegations:step", args=[delegation.pk, "reopen"])
    html = office.post(url, {"deadline": "2001-01-01 10:00"}, follow=True).content.decode()
    assert "passed already" in html
    office.post(url, {"deadline": f"{moment:%Y-%m-%d %H:%M}", "reason": "New minister"})
    delegation.refresh_from_db()
    assert delegation.confirmed_at is None


def test_a_dossier_leads_to_the_delegation(office, quota):
    html = office.get(reverse("vetting:dossier", args=[member(quota, state=State.SUBMITTED).pk])).content.decode()
    assert reverse("delegations:unit", args=[quota.delegation.pk]) in html
