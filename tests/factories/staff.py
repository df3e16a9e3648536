"""Members of staff in the roles the migration made."""

import factory
from django.contrib.auth.models import Group, User
from factory.django import DjangoModelFactory


class StaffFactory(DjangoModelFactory):
    """`StaffFactory(roles=["Finance"])`: an account in these roles; the password is `door-and-desk`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff-{n}")
    first_name = "Ines"
    last_name = factory.Sequence(lambda n: f"Moreau {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@plenary.example")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or "door-and-desk")
        if create:
            self.save()

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        if create and extracted:
            self.groups.set([Group.objects.get(name=name) for name in extracted])


def staff(*roles: str, **facts: object) -> User:
    """Shorthand: `staff("Vetting: press desk")`."""
    return StaffFactory(roles=list(roles), **facts)
