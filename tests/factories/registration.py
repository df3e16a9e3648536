"""Registrations for tests: live, confirmed and under review unless a test says otherwise."""

import json
from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from plenary.core.names import search_text
from registration.models import Category, Draft, Question, Registration, Section
from registration.querysets import address_index
from registration.rules import HOLDS_PLACE, State, name_key
from tests.factories.events import EventFactory


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    event = factory.SubFactory(EventFactory)
    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: {"en": f"Category {n}"})


class QuestionFactory(DjangoModelFactory):
    """A short text asked in every category; `categories=[…]` restricts it."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    event = factory.SubFactory(EventFactory)
    key = factory.Sequence(lambda n: f"question-{n}")
    label = factory.Sequence(lambda n: {"en": f"Question {n}"})
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        if create and extracted:
            self.categories.set(extracted)


class SectionFactory(DjangoModelFactory):
    """A step of its own at sign-up."""

    class Meta:
        model = Section

    event = factory.SubFactory(EventFactory)
    label = factory.Sequence(lambda n: {"en": f"Section {n}"})
    position = factory.Sequence(lambda n: n)


class DraftFactory(DjangoModelFactory):
    class Meta:
        model = Draft

    category = factory.SubFactory(CategoryFactory)
    event = factory.SelfAttribute("category.event")
    language = "en"
    content = factory.LazyFunction(lambda: json.dumps({}))


class RegistrationFactory(DjangoModelFactory):
    """As the actions would have left it: index, search column and the category's count agree with the rest."""

    class Meta:
        model = Registration
        skip_postgeneration_save = True

    category = factory.SubFactory(CategoryFactory)
    event = factory.SelfAttribute("category.event")
    state = State.SUBMITTED
    language = "en"
    email = factory.Sequence(lambda n: f"guest-{n}@example.org")
    email_index = factory.LazyAttribute(lambda registration: address_index(registration.email))
    name = factory.Sequence(lambda n: f"Amina Guest {n}")
    latin_name = ""
    organisation = "Ministry of Water"
    nationality = "KE"
    answers = "{}"
    created_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    waiting_since = factory.SelfAttribute("created_at")
    late_at = factory.LazyAttribute(lambda registration: registration.waiting_since + timedelta(days=3))
    confirmed_at = factory.LazyAttribute(
        lambda registration: None if registration.state == State.UNCONFIRMED else timezone.now()
    )
    search_text = factory.LazyAttribute(
        lambda registration: search_text(registration.name, registration.latin_name, registration.organisation)
    )

    name_key = factory.LazyAttribute(lambda registration: name_key(registration.latin_name or registration.name))

    @factory.post_generation
    def place(self, create, extracted, **kwargs):
        """The place it holds is counted, as signing up would have done."""
        if create and self.state in HOLDS_PLACE:
            Category.objects.filter(pk=self.category_id).update(taken=self.category.taken + 1)
            self.category.taken += 1
        if create and self.state == State.WAITLISTED and self.confirmed_at:
            Category.objects.filter(pk=self.category_id).update(waiting=self.category.waiting + 1)
            self.category.waiting += 1
