"""A watch list is imported from a file: shown whole with every problem first, written once, and compared with everybody."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plenary.core.actions import Actor
from plenary.core.models import AccessLog, HistoryEntry
from registration import actions
from registration.actions import check_now
from registration.flag_kinds import AT_MOST, Explanations
from registration.models import Finding, MatchKey, Registration, WatchListEntry, WatchListFile
from registration.rules import State
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.test_viewsets_desks import signed_in

pytestmark = pytest.mark.django_db
SECURITY = "Vetting: security desk"
GOOD = (
    "Names,Source,Year of birth,Nationality,Valid to\n"
    "Kuznetzov Yousef; Юсуф Кузнецов,Notice 7,1970,RU,\n"
    "王小明,Notice 8,,China,2099-01-01\n"
)


def send(client, text):
    file = SimpleUploadedFile("list.csv", text.encode())
    return client.post(reverse("watch_list:import"), {"file": file}, follow=True)


def confirm(client):
    return client.post(reverse("watch_list:preview", args=[WatchListFile.objects.get().pk]), follow=True)


def test_a_list_is_shown_then_written_once_and_everybody_registered_is_compared(django_capture_on_commit_callbacks):
    guest = RegistrationFactory(name="Yusuf Kuznetsov", nationality="RU")
    check_now(guest)
    client = signed_in(SECURITY)
    content = send(client, GOOD).content.decode()
    assert "Юсуф Кузнецов" in content
    assert "Add 2 entries" in content
    assert not WatchListEntry.objects.exists()
    address = reverse("watch_list:preview", args=[WatchListFile.objects.get().pk])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address)
    assert "imported already" in client.post(address, follow=True).content.decode()
    assert WatchListEntry.objects.count() == HistoryEntry.objects.filter(verb="entry_added").count() == 2
    assert not WatchListFile.objects.exists()
    assert AccessLog.objects.filter(part="watch list").count() == 1
    assert not WatchListEntry.objects.uncompared().exists()
    guest.refresh_from_db()
    assert guest.watch_level == Finding.Level.DANGER
    send(client, GOOD + "Amina Osman,Notice 9,,,\n")
    confirm(client)
    assert WatchListEntry.objects.count() == 3


def test_every_problem_is_named_with_its_cell_and_nothing_is_written():
    bad = (
        "Names,Source,Year of birth,Nationality,Valid from,Valid to\n"
        ",Notice 1,,,,\nA B,,19x,Utopia,soon,\n12 34,Notice 2,,,2026-05-01,2026-04-01\n"
        "Amina Osman,Notice 3,,,,\nAmina Osman,Notice 3,,,,\n"
    )
    content = send(signed_in(SECURITY), bad).content.decode()
    for cell in ("A2", "B3", "C3", "D3", "E3", "A4", "F4", "A6"):
        assert f">{cell}<" in content, cell
    assert "Add 1 entry" not in content
    assert not WatchListEntry.objects.exists()


@pytest.mark.parametrize("role", ["Vetting: protocol desk", "Vetting: press desk", "Conference office", "Security"])
def test_no_other_role_imports_or_sees_anothers_preview(role):
    send(signed_in(SECURITY), GOOD)
    address = reverse("watch_list:preview", args=[WatchListFile.objects.get().pk])
    client = signed_in(role)
    for response in (client.get(address), client.post(address), client.get(reverse("watch_list:import")),
                     client.get(reverse("watch_list:sample"))):  # fmt: skip
        assert response.status_code in {302, 403}
    assert signed_in(SECURITY).get(address, follow=True).status_code == 404
    assert not WatchListEntry.objects.exists()


def test_whoever_is_approved_before_the_comparison_is_compared_at_that_moment():
    guest = RegistrationFactory(name="Yusuf Kuznetsov", nationality="RU")
    check_now(guest)
    entry = WatchListEntry.objects.create(names="Yousef Kuznetzov", source="Notice 7")
    MatchKey.objects.bulk_create(
        MatchKey(entry=entry, key=key)
        for key in MatchKey.objects.filter(registration=guest).values_list("key", flat=True)
    )
    report = actions.approve([guest.pk], by=Actor("Officer"))
    assert "not released" in report.refused[guest.pk]
    assert Registration.objects.get().state == State.SUBMITTED


def test_a_changed_entry_opens_its_flag_again_or_takes_it_back():
    guest = RegistrationFactory(name="Yusuf Kuznetsov", nationality="RU")
    check_now(guest)
    entry = actions.save_entry(WatchListEntry(names="Yousef Kuznetzov", source="Notice 7"), by=Actor("Karim"))
    flag = Finding.objects.get()
    actions.decide_flag(finding_id=flag.pk, state=Finding.State.DISMISSED, reason="Another", by=Actor("Karim"))
    entry.nationality = "RU"
    actions.save_entry(entry, by=Actor("Karim"))
    flag.refresh_from_db()
    assert flag.state == Finding.State.OPEN
    entry.names = "Somebody Else"
    actions.save_entry(entry, by=Actor("Karim"))
    guest.refresh_from_db()
    assert (Finding.objects.count(), guest.watch_level) == (0, 0)


def test_of_many_namesakes_none_is_left_out_silently():
    category = CategoryFactory()
    RegistrationFactory.create_batch(AT_MOST + 5, category=category, name="Amina Diallo")
    for one in Registration.objects.all():
        check_now(one)
    last = RegistrationFactory(category=category, name="Diallo Amina")
    check_now(last)
    flags = Finding.objects.filter(registration=last)
    assert flags.count() == AT_MOST + 1
    assert "And 5 more" in " ".join(Explanations().of(flag) for flag in flags)
