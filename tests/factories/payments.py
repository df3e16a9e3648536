"""Fees, and guests who have been approved and owe money: through the product's own verbs."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from plenary.core.actions import Actor
from registration import actions
from registration.models import Fee, Order, Registration
from tests.factories.registration import RegistrationFactory

OFFICER = Actor("Officer Lin")
CASHIER = Actor("Cashier Petrova")


class FeeFactory(DjangoModelFactory):
    class Meta:
        model = Fee
        skip_postgeneration_save = True

    event = factory.SubFactory("tests.factories.events.EventFactory")
    label = factory.Sequence(lambda n: {"en": f"Conference fee {n}"})
    amount_minor = 12_000
    currency = "EUR"
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        if create and extracted:
            self.categories.set(extracted)


def owing(*, amount_minor: int = 12_000, currency: str = "EUR", **guest) -> Order:
    """The order of somebody who was approved and has to pay."""
    registration = RegistrationFactory(**guest)
    if not Fee.objects.filter(event=registration.event).exists():
        FeeFactory(event=registration.event, amount_minor=amount_minor, currency=currency)
    report = actions.approve([registration.pk], by=OFFICER)
    assert report.done == [registration.pk], report.refused
    return Order.objects.get(registration=registration)


def fresh(record):
    """The same record as the database has it now."""
    return type(record).objects.get(pk=record.pk)


def state_of(order: Order) -> str:
    return Registration.objects.get(pk=order.registration_id).state
