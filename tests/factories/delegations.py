"""Delegations for tests: open, with a link that was sent, and a focal point who reads English."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from registration.models import Delegation, DelegationQuota
from registration.querysets import address_index
from registration.rules import HOLDS_PLACE, State
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory


class DelegationFactory(DjangoModelFactory):
    class Meta:
        model = Delegation

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: {"en": f"Delegation {n}"})
    country = "GH"
    focal_name = "Kofi Mensah"
    email = factory.Sequence(lambda n: f"focal-{n}@mission.example")
    email_index = factory.LazyAttribute(lambda delegation: address_index(delegation.email))
    language = "en"
    deadline = factory.LazyFunction(lambda: timezone.now() + timedelta(days=20))
    link_sent_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))


class DelegationQuotaFactory(DjangoModelFactory):
    class Meta:
        model = DelegationQuota

    delegation = factory.SubFactory(DelegationFactory)
    category = factory.SubFactory(CategoryFactory, event=factory.SelfAttribute("..delegation.event"))
    places = 5


class MemberFactory(RegistrationFactory):
    """A member, named and nothing more, whose place is counted on both sides."""

    delegation = factory.SubFactory(DelegationFactory)
    category = factory.SubFactory(CategoryFactory, event=factory.SelfAttribute("..delegation.event"))
    state = State.NOMINATED
    source = "delegation"
    email = ""
    email_index = ""
    confirmed_at = None

    @factory.post_generation
    def counted(self, create, extracted, **kwargs):
        if create and self.state in HOLDS_PLACE:
            quota, _made = DelegationQuota.objects.get_or_create(
                delegation=self.delegation, category=self.category, defaults={"places": 5}
            )
            DelegationQuota.objects.filter(pk=quota.pk).update(taken=quota.taken + 1)
