"""The roles of the institution: there from the first migration on, and no wider than their work."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from wagtail.models import GroupPagePermission

from plenary.core.languages import LANGUAGES
from plenary.operations.planning import roles
from plenary.operations.planning.first_desks import DESKS, REASONS
from registration.models import Desk, ReasonCode
from tests.factories.staff import staff

pytestmark = pytest.mark.django_db

DEPARTMENTS = {"HR": "hr", "Finance": "finance", "Security": "security", "IT": "it", "Publicity": "publicity"}


def rights(name: str) -> set[str]:
    group = Group.objects.get(name=name)
    return {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}


def test_a_fresh_database_has_every_role_with_its_rights_and_no_other_group() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(roles.PERMISSIONS)
    for name, wanted in roles.PERMISSIONS.items():
        assert rights(name) == set(wanted)


def test_every_role_opens_the_office() -> None:
    assert all(roles.ADMIN in wanted for wanted in roles.PERMISSIONS.values())


def test_installing_twice_changes_nothing() -> None:
    before = {name: rights(name) for name in roles.PERMISSIONS}
    grants = GroupPagePermission.objects.count()
    roles.install(apps)
    assert {name: rights(name) for name in roles.PERMISSIONS} == before
    assert GroupPagePermission.objects.count() == grants


def test_a_misspelt_right_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "PERMISSIONS", {"HR": ("planning.review_plan_hrr",)})
    with pytest.raises(LookupError, match="review_plan_hrr"):
        roles.install(apps)


@pytest.mark.parametrize(("role", "department"), DEPARTMENTS.items())
def test_a_department_speaks_for_itself_alone(role: str, department: str) -> None:
    user = staff(role)
    assert [d for d in DEPARTMENTS.values() if user.has_perm(f"planning.review_plan_{d}")] == [department]


@pytest.mark.parametrize("role", roles.PERMISSIONS)
def test_only_the_leading_group_puts_plans_in_force(role: str) -> None:
    assert staff(role).has_perm("planning.approve_plan") == (role == "Leading group")


@pytest.mark.parametrize("role", roles.PERMISSIONS)
def test_identity_is_seen_by_those_who_decide_about_guests_alone(role: str) -> None:
    deciding = role == "Conference office" or role.startswith("Vetting: ")
    assert staff(role).has_perm("registration.view_identity") == deciding


@pytest.mark.parametrize("role", roles.PERMISSIONS)
def test_passports_are_seen_by_the_security_and_the_travel_desk_alone(role: str) -> None:
    seen = role in {"Vetting: security desk", "Travel and visa desk"}
    assert staff(role).has_perm("registration.view_passport") == seen


def test_the_press_desk_sees_no_other_guests_and_the_security_desk_lets_nobody_in() -> None:
    press, security = staff("Vetting: press desk"), staff("Vetting: security desk")
    assert not press.has_perm("registration.handle_guests")
    assert not security.has_perm("registration.approve_registration")


def test_translators_change_pages_and_editors_publish_them() -> None:
    grants = GroupPagePermission.objects.select_related("permission")
    by_role = {
        name: {grant.permission.codename for grant in grants.filter(group__name=name)}
        for name in ("Editor", "Translator")
    }
    assert by_role == {"Editor": {"add_page", "change_page", "publish_page"}, "Translator": {"change_page"}}


def test_no_role_manages_accounts_or_groups() -> None:
    for role in roles.PERMISSIONS:
        user = User.objects.get(pk=staff(role).pk)
        assert not any(right.startswith("auth.") for right in user.get_all_permissions())


def test_desks_and_reasons_speak_every_language_from_the_first_day() -> None:
    for model, field, first in ((Desk, "name", DESKS), (ReasonCode, "label", REASONS)):
        found = {one.slug: getattr(one, field) for one in model.objects.all()}
        assert found.keys() == first.keys()
        for words in found.values():
            said = {language.code: words.get_for(language.code) for language in LANGUAGES}
            assert len(set(said.values())) == len(LANGUAGES), said
