"""The records of registration: one module for each of its subjects."""

from registration.models.card_events import Dispute, StripeEvent
from registration.models.changes import ChangeFile, ChangeRequest
from registration.models.communication import Mailing, MessageTemplate, Reminder, TextConsent
from registration.models.contacts import ContactNote, Issue, IssueEntry
from registration.models.delegations import Delegation, DelegationPaper, DelegationQuota, MemberDraft
from registration.models.desks import CategoryDesk, Desk, DeskStanding, ReasonCode, Review
from registration.models.fees import Fee, Sponsorship
from registration.models.files import StoredFile, private_storage
from registration.models.financial_documents import FinancialDocument
from registration.models.flags import Finding, MatchKey, WatchListEntry, WatchListFile
from registration.models.handling import Hold, InternalNote, SavedFilter
from registration.models.identity import AssignmentLetter, DocumentScan, Portrait, PortraitExemption, TravelDocument
from registration.models.information_requests import FieldChange, InformationRequest
from registration.models.invitations import Companion, GuestListFile, Invitation, RiskAssessment
from registration.models.letters import Holiday, Letter, Letterhead, LetterRules, LetterSeal, LetterTemplate
from registration.models.offer import Category
from registration.models.payments import Order, Payment, PaymentAttempt, Refund
from registration.models.people import CODE_ALPHABET, Draft, Registration, Upload, new_code
from registration.models.privacy import (
    AnswerErasure,
    Consent,
    ErasureBatch,
    ErasureCertificate,
    ErasureRequest,
    RetentionRule,
)
from registration.models.questions import Question, QuestionVersion, SecondForm, Section, Stage
from registration.models.visas import AuthorityLetter, VisaCase

__all__ = [
    "CODE_ALPHABET",
    "AnswerErasure",
    "AssignmentLetter",
    "AuthorityLetter",
    "Category",
    "CategoryDesk",
    "ChangeFile",
    "ChangeRequest",
    "Companion",
    "Consent",
    "ContactNote",
    "Delegation",
    "DelegationPaper",
    "DelegationQuota",
    "Desk",
    "DeskStanding",
    "Dispute",
    "DocumentScan",
    "Draft",
    "ErasureBatch",
    "ErasureCertificate",
    "ErasureRequest",
    "Fee",
    "FieldChange",
    "FinancialDocument",
    "Finding",
    "GuestListFile",
    "Hold",
    "Holiday",
    "InformationRequest",
    "InternalNote",
    "Invitation",
    "Issue",
    "IssueEntry",
    "Letter",
    "LetterRules",
    "LetterSeal",
    "LetterTemplate",
    "Letterhead",
    "Mailing",
    "MatchKey",
    "MemberDraft",
    "MessageTemplate",
    "Order",
    "Payment",
    "PaymentAttempt",
    "Portrait",
    "PortraitExemption",
    "Question",
    "QuestionVersion",
    "ReasonCode",
    "Refund",
    "Registration",
    "Reminder",
    "RetentionRule",
    "Review",
    "RiskAssessment",
    "SavedFilter",
    "SecondForm",
    "Section",
    "Sponsorship",
    "Stage",
    "StoredFile",
    "StripeEvent",
    "TextConsent",
    "TravelDocument",
    "Upload",
    "VisaCase",
    "WatchListEntry",
    "WatchListFile",
    "new_code",
    "private_storage",
]
