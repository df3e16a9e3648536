"""The demonstration's staff, one account for each role."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from plenary.core.actions import Actor
from plenary.operations.planning.demo import PASSWORD, STAFF


def make_accounts(*, usable: bool) -> dict[str, Actor]:
    """Every demonstration account with its roles; one that exists keeps its password and gains the roles it lacks."""
    hashed = make_password(PASSWORD if usable else None)  # once: hashing is slow on purpose
    groups = {group.name: group for group in Group.objects.all()}
    found = {}
    for login, name, _role, roles in STAFF:
        first, _space, last = name.partition(" ")
        user, _made = User.objects.get_or_create(
            username=login,
            defaults={
                "password": hashed,
                "email": f"{login}@forum.example",
                "first_name": first,
                "last_name": last,
                "is_staff": True,
                "is_superuser": usable and login == "admin",
            },
        )
        user.groups.add(*(groups[role] for role in roles))
        found[login] = Actor.staff(user)
    return found
