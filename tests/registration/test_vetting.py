"""What an officer is pointed to: flags that explain themselves, found by comparison and decided by people."""

import json

import pytest

from plenary.core.actions import Actor
from registration.actions import Refused, check_now, decide_flag
from registration.flag_kinds import Explanations
from registration.models import Finding
from registration.rules import State
from registration.vetting import mixes_scripts, scripts
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db


def others(*registrations):
    """Registrations that were compared before, so that they can be met."""
    for registration in registrations:
        check_now(registration)


def raised(registration):
    check_now(registration)
    return [
        (Finding.Level(one.level).label, Explanations().of(one))
        for one in Finding.objects.filter(registration=registration).order_by("-level", "kind")
    ]


def test_an_ordinary_registration_raises_no_flag():
    assert raised(RegistrationFactory(name="Amina Diallo")) == []


def test_the_same_address_in_another_category_is_shown_and_a_refused_one_first():
    first = RegistrationFactory(email="Amina@Example.org", name="Amina Diallo")
    event = first.event
    others(
        RegistrationFactory(category=CategoryFactory(event=event), email="amina@example.ORG", name="A. D."),
        RegistrationFactory(
            category=CategoryFactory(event=event), email="amina@example.org", name="Refused", state=State.REJECTED
        ),
    )
    found = raised(first)
    assert [level for level, _text in found] == ["danger", "warning"]
    assert "Same address: Refused" in found[0][1]
    first.refresh_from_db()
    assert first.flag_level == Finding.Level.DANGER


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller Jürgen", "Jurgen Muller"), ("Иван Кузнецов", "Kuznetsov Ivan"), ("JOSÉ NÁÑEZ", "Nañez José"),
     ("محمد الأحمد", "Mohamed Al-Ahmad"), ("王小明", "Wang Xiaoming")],
)  # fmt: skip
def test_the_same_name_in_another_script_or_order_is_noticed_and_explained(one, other):
    first = RegistrationFactory(name=one, latin_name="")
    others(RegistrationFactory(category=first.category, name=other))
    found = [text for _level, text in raised(first) if text.startswith("Like name")]
    assert len(found) == 1
    assert "Same nationality." in found[0]
    assert "transliteration" in found[0] or "sounds like" in found[0]


def test_a_namesake_of_another_country_at_another_event_is_nobodys_business():
    first = RegistrationFactory(name="Amina Diallo")
    others(RegistrationFactory(name="Amina Diallo", category=CategoryFactory(event=EventFactory()), nationality="SN"))
    assert raised(first) == []


def test_a_namesake_of_the_same_country_at_another_event_is_a_remark_and_one_refused_there_a_warning():
    first = RegistrationFactory(name="Amina Diallo")
    others(
        RegistrationFactory(name="Diallo Amina", category=CategoryFactory(event=EventFactory())),
        RegistrationFactory(name="Amina DIALLO", category=CategoryFactory(event=EventFactory()), state=State.REJECTED),
    )
    assert [level for level, _text in raised(first)] == ["warning", "info"]


def test_a_required_answer_is_missed_only_where_the_question_shows():
    category = CategoryFactory(slug="press")
    QuestionFactory(event=category.event, key="visa", label={"en": "Visa"})
    QuestionFactory(
        event=category.event, key="passport", label={"en": "Passport"}, required=True,
        condition={"question": "visa", "is": "yes"},
    )  # fmt: skip
    without = RegistrationFactory(category=category, name="A B", answers=json.dumps({"visa": "no"}))
    needs = RegistrationFactory(category=category, name="C D", answers=json.dumps({"visa": "yes"}))
    assert raised(without) == []
    assert raised(needs) == [("warning", "Not answered: Passport")]


def test_a_name_without_latin_letters_is_pointed_out_because_of_the_badge():
    assert any("Latin" in text for _level, text in raised(RegistrationFactory(name="王小明", latin_name="")))


def test_a_person_dismisses_a_flag_with_a_reason_and_it_opens_again_when_what_was_compared_changes():
    first = RegistrationFactory(name="Amina Diallo")
    twin = RegistrationFactory(category=first.category, name="Diallo Amina")
    others(twin)
    check_now(first)
    flag = Finding.objects.get(registration=first)
    officer = Actor.staff(staff("Vetting: protocol desk"))
    with pytest.raises(Refused, match="Write why"):
        decide_flag(finding_id=flag.pk, state=Finding.State.DISMISSED, reason=" ", by=officer)
    decide_flag(finding_id=flag.pk, state=Finding.State.DISMISSED, reason="Two cousins.", by=officer)
    with pytest.raises(Refused, match="already"):
        decide_flag(finding_id=flag.pk, state=Finding.State.DISMISSED, reason="Again.", by=officer)
    check_now(first)
    flag.refresh_from_db()
    first.refresh_from_db()
    assert (flag.state, flag.officer_label, first.flag_level) == ("dismissed", officer.label, 0)
    twin.state = State.REJECTED
    twin.save(update_fields=["state"])
    check_now(first)
    flag.refresh_from_db()
    assert flag.state == Finding.State.OPEN


def test_a_flag_goes_by_itself_when_what_it_pointed_to_is_mended():
    first = RegistrationFactory(name="王小明", latin_name="")
    assert raised(first)
    first.latin_name = "Wang Xiaoming"
    first.save(update_fields=["latin_name"])
    assert raised(first) == []


@pytest.mark.parametrize("name", ["Pаul Smith", "Mаrie", "ΑLPHA beta"])
def test_letters_that_only_look_alike_are_noticed(name):
    assert mixes_scripts(name)


@pytest.mark.parametrize("name", ["Paul Smith", "田中さくら", "Иван Smith", "O’Brien-Núñez 3", "김 金哲", ""])
def test_names_as_people_write_them_are_not_suspected(name):
    assert not mixes_scripts(name)


def test_scripts_are_told_apart():
    assert scripts("Ab я 王") == {"LATIN", "CYRILLIC", "CJK"}
