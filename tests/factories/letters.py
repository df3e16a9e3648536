"""Guest lists and letterheads for tests."""

import uuid

import factory
from factory.django import DjangoModelFactory

from plenary.core.names import search_text
from registration.models import Invitation, Letterhead
from registration.querysets import address_index
from tests.factories.registration import CategoryFactory


class LetterheadFactory(DjangoModelFactory):
    class Meta:
        model = Letterhead

    institution = {"en": "Institute of Water and Climate", "ar": "معهد المياه والمناخ"}
    address = {"en": "7 Lake Road\nGeneva"}
    signatory = {"en": "Dr Ioana Popescu"}
    signatory_title = {"en": "Secretary-General"}


class InvitationFactory(DjangoModelFactory):
    """On the list and not sent, unless a test says otherwise."""

    class Meta:
        model = Invitation

    id = factory.LazyFunction(uuid.uuid4)
    chain = factory.SelfAttribute("id")
    category = factory.SubFactory(CategoryFactory, public=False)
    event = factory.SelfAttribute("category.event")
    language = "en"
    email = factory.Sequence(lambda n: f"invited-{n}@example.org")
    email_index = factory.LazyAttribute(lambda invitation: address_index(invitation.email))
    name = factory.Sequence(lambda n: f"Amina Invited {n}")
    organisation = "Ministry of Water"
    nationality = "KE"
    search_text = factory.LazyAttribute(lambda invitation: search_text(invitation.name, invitation.organisation))
