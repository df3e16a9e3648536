"""The read-only ledgers in the admin: who may list them, and that no other address or verb exists for anybody."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from plenary.core.actions import Actor, record_look
from plenary.core.models import AccessLog
from plenary.core.viewsets.looks import part_name
from publicity.models import Download
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db
LOOKS, DOWNLOADS = "/cms/reports/looks/", "/cms/reports/press-downloads/"
READERS = {LOOKS: "Security", DOWNLOADS: "Publicity"}
NAMES = {LOOKS: "reports_looks", DOWNLOADS: "reports_press-downloads"}
VERBS = ["create", "edit", "delete", "inspect", "history"]


@pytest.fixture(autouse=True)
def no_second_factor(settings) -> None:
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def look(part: str = "identity", who: str = "Ines Moreau", subject=None) -> AccessLog:
    record_look(subject or RegistrationFactory(), part=part, by=Actor(who))
    return AccessLog.objects.latest("pk")


def download(outlet: str = "Radio Nile", title: str = "Fact sheet", **fields) -> Download:
    event = fields.pop("event", None) or EventFactory()
    return Download.objects.create(event=event, title=title, outlet=outlet, accredited=bool(outlet), **fields)


@pytest.mark.parametrize("address", READERS)
@pytest.mark.parametrize("who", ["reader", "superuser", "other", "anonymous"])
def test_a_ledger_is_listed_by_its_role_and_has_no_other_verb(address: str, who: str) -> None:
    record = {LOOKS: look, DOWNLOADS: download}[address]()
    users = {
        "reader": lambda: staff(READERS[address]),
        "superuser": lambda: User.objects.create_superuser("root"),
        "other": lambda: staff("Finance"),
        "anonymous": lambda: None,
    }
    client, may = client_of(users[who]()), who in {"reader", "superuser"}
    assert (client.get(address).status_code == 200) == may
    for spreadsheet in ("csv", "xlsx"):
        answer = client.get(address, {"export": spreadsheet})
        assert answer.status_code == 302, "an export is refused"
    for verb in VERBS:
        for path in (f"{address}{verb}/", f"{address}{verb}/{record.pk}/", f"{address}{record.pk}/"):
            # To the end: an unknown address is looked for below a language, a stranger is led to the sign-in.
            answer = client.get(path, follow=True)
            signs_in = answer.redirect_chain and "/login/" in answer.redirect_chain[-1][0]
            assert signs_in if who == "anonymous" else answer.status_code == 404, path
            for method in (client.post, client.put, client.delete):
                assert method(path).status_code in {302, 404}, path
        for args in ([], [record.pk]):
            with pytest.raises(NoReverseMatch):
                reverse(f"{NAMES[address]}_modeladmin_{verb}", args=args)
    for method in (client.post, client.put, client.delete):
        assert method(address).status_code in ({405} if may else {302})
    assert type(record).objects.filter(pk=record.pk).exists()


@pytest.mark.parametrize("address", READERS)
def test_the_list_offers_no_button_to_add_or_change(address: str) -> None:
    {LOOKS: look, DOWNLOADS: download}[address]()
    page = client_of(User.objects.create_superuser("root")).get(address).content.decode()
    assert not any(f"{address}{verb}" in page for verb in VERBS)
    assert "export=" not in page


@pytest.mark.parametrize("address", READERS)
def test_three_lines_take_as_many_statements_as_one(address: str, statements_of: Callable[..., int]) -> None:
    make, event = {LOOKS: look, DOWNLOADS: download}[address], EventFactory()
    category = CategoryFactory(event=event)

    def one() -> None:
        make(**({"subject": RegistrationFactory(category=category)} if address == LOOKS else {"event": event}))

    one()
    client = client_of(User.objects.create_superuser("root"))
    client.get(address)
    with_one = statements_of(lambda: client.get(address))
    one(), one()
    assert statements_of(lambda: client.get(address)) == with_one


def test_only_who_may_see_a_registration_finds_its_code_and_the_way_to_its_dossier() -> None:
    registration = RegistrationFactory()
    look(subject=registration)
    dossier = reverse("vetting:dossier", args=[registration.pk])
    auditor = staff("Security")
    assert dossier not in client_of(auditor).get(LOOKS).content.decode()
    assert registration.code not in client_of(auditor).get(LOOKS).content.decode()
    both = client_of(staff("Security", "Vetting: protocol desk")).get(LOOKS).content.decode()
    assert dossier in both
    assert registration.code in both
    press = client_of(staff("Security", "Vetting: press desk")).get(LOOKS).content.decode()
    assert dossier not in press, "a guest is not the press desk's"


def shown(client: Client, **query: str) -> list[str]:
    return [line.record.actor_label for line in client.get(LOOKS, query).context["object_list"]]


def test_looks_stand_newest_first_and_are_found_by_who_part_and_day() -> None:
    dated = {"Ann": ("identity", 1), "Bob": ("file 7", 2), "Cid": ("message", 3)}
    for who, (part, day) in dated.items():
        record = look(part, who)
        AccessLog.objects.filter(pk=record.pk).update(at=f"2030-05-0{day}T12:00:00Z")
    client = client_of(staff("Security"))
    assert shown(client) == ["Cid", "Bob", "Ann"]
    assert shown(client, q="bo") == ["Bob"]
    assert shown(client, part="file") == ["Bob"]
    assert shown(client, part="identity") == ["Ann"]
    assert shown(client, **{"from": "2030-05-02", "until": "2030-05-02"}) == ["Bob"]
    assert shown(client, **{"from": "2030-06-31", "until": "never", "part": "?"}) == ["Cid", "Bob", "Ann"]


def test_an_address_cannot_ask_for_more_than_the_filters_do() -> None:
    user = staff("Security")
    record_look(RegistrationFactory(), part="identity", by=Actor.staff(user))
    client = client_of(user)
    assert len(shown(client, actor__password__startswith="no-such-hash")) == 1
    for query in ({"nonsense": "1"}, {"p": "x"}, {"p": "-3"}, {"o": "9.-x"}, {"q": "a\x00b"}, {"from": "0001-01-01"}):
        assert client.get(LOOKS, query).status_code == 200, query
    assert client.get(LOOKS, {"until": "9999-12-31"}).status_code == 200


def test_a_long_ledger_has_pages() -> None:
    subject = RegistrationFactory()
    for number in range(51):
        look(who=f"Officer {number}", subject=subject)
    client = client_of(staff("Security"))
    assert len(shown(client)) == 50
    assert shown(client, p="2") == ["Officer 0"]
    assert "?q=Officer&amp;p=2" in client.get(LOOKS, {"q": "Officer"}).content.decode()


def test_downloads_are_counted_by_outlet_and_file_as_the_filters_say() -> None:
    event = EventFactory()
    for outlet in ("Radio Nile", "Radio Nile", ""):
        download(outlet, event=event)
    download("Daily Delta")
    client = client_of(staff("Publicity"))

    def counts(**query: str) -> list[tuple[str, int]]:
        return [(row["outlet"], row["times"]) for row in client.get(DOWNLOADS, query).context["counts"]]

    assert counts() == [("Radio Nile", 2), ("", 1), ("Daily Delta", 1)]
    assert counts(q="delta") == [("Daily Delta", 1)]
    assert counts(event=event.slug) == [("Radio Nile", 2), ("", 1)]


def test_who_edits_no_page_finds_the_own_ledgers_alone_among_the_reports() -> None:
    home = "/cms/reports/looks/"
    assert "/cms/reports/site-history/" not in client_of(staff("Security")).get(home).content.decode()
    assert home in client_of(staff("Security")).get("/cms/").content.decode()
    assert "/cms/reports/" not in client_of(staff("Finance")).get("/cms/").content.decode()
    assert Permission.objects.filter(
        codename="view_accesslog", group__in=Group.objects.filter(name="Security")
    ).exists()


def test_every_part_that_a_look_is_noted_at_has_a_name_for_people() -> None:
    """Else an officer who reads in Arabic finds our own words in the ledger."""
    noted = set()
    for folder in ("registration", "checkin", "publicity", "site/plenary"):
        for file in (settings.ROOT / folder).rglob("*.py"):
            noted |= set(re.findall(r"record_looks?\([^\n]*part=f?\"([^\"{]+)", file.read_text(encoding="utf-8")))
    assert len(noted) > 20
    assert {part for part in noted if part_name(part) == part} == set()


def test_moments_in_the_admin_have_no_american_order() -> None:
    at = datetime(2027, 5, 18, 14, 5, tzinfo=UTC)
    with translation.override("ar"), timezone.override(UTC):
        assert (date_format(at, "DATETIME_FORMAT"), date_format(at, "SHORT_DATETIME_FORMAT")) == (
            "18 مايو 2027، 14:05",
            "2027/05/18 14:05",
        )
    with translation.override("en"):
        assert (date_format(at, "DATETIME_FORMAT"), date_format(at, "SHORT_DATE_FORMAT")) == (
            "18 May 2027, 14:05",
            "18 May 2027",
        )
