"""Reads of registration, a module for each subject."""

from registration.querysets.changes import ChangeRequestQuerySet
from registration.querysets.delegations import DelegationQuerySet
from registration.querysets.identity import PortraitQuerySet, TravelDocumentQuerySet, document_index
from registration.querysets.offer import CategoryQuerySet
from registration.querysets.people import DraftQuerySet, RegistrationQuerySet, UploadQuerySet, address_index
from registration.querysets.questions import QuestionQuerySet, QuestionVersionQuerySet, SectionQuerySet

__all__ = [
    "CategoryQuerySet",
    "ChangeRequestQuerySet",
    "DelegationQuerySet",
    "DraftQuerySet",
    "PortraitQuerySet",
    "QuestionQuerySet",
    "QuestionVersionQuerySet",
    "RegistrationQuerySet",
    "SectionQuerySet",
    "TravelDocumentQuerySet",
    "UploadQuerySet",
    "address_index",
    "document_index",
]
