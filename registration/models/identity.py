"""What proves who a guest is: the travel document with its scan, the portrait, and the letter of assignment of the press."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from plenary.core.fields import EncryptedTextField
from registration.models.files import StoredFile
from registration.models.people import Registration
from registration.querysets.identity import PortraitQuerySet, TravelDocumentQuerySet
from registration.rules.documents import DocumentFacts


class TravelDocument(models.Model):
    """The passport or card of one registration, one at a time: what replaced it is gone. Every word of it is encrypted."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="travel_document")
    kind = EncryptedTextField(_("kind of document"))
    number = EncryptedTextField(_("number of the document"))
    number_index = models.CharField(max_length=64, editable=False, db_index=True)  # blind index with the country
    issuing_country = EncryptedTextField(_("issued by"), blank=True)
    nationality = EncryptedTextField(_("nationality in the document"), blank=True)
    surname = EncryptedTextField(_("surname"))
    given_names = EncryptedTextField(_("given names"), blank=True)
    birth_date = EncryptedTextField(_("date of birth"))  # ISO 8601, like the other dates
    sex = EncryptedTextField(_("sex in the document"))
    issued_on = EncryptedTextField(_("date of issue"), blank=True)
    expires_on = EncryptedTextField(_("valid until"))
    zone = EncryptedTextField(_("machine-readable lines"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    objects = TravelDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("travel document")
        verbose_name_plural = _("travel documents")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)  # what it says is shown by views that check and log

    def facts(self) -> DocumentFacts:
        """All it says, opened."""
        return DocumentFacts(
            kind=self.kind,
            number=self.number,
            issuing_country=self.issuing_country,
            nationality=self.nationality,
            surname=self.surname,
            given_names=self.given_names,
            birth_date=date.fromisoformat(self.birth_date),
            sex=self.sex,
            expires_on=date.fromisoformat(self.expires_on),
            issued_on=date.fromisoformat(self.issued_on) if self.issued_on else None,
            zone=self.zone,
        )


class DocumentScan(StoredFile):
    """The picture of a travel document's data page; it may come before the document's words are right."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="document_scan")

    class Meta:
        verbose_name = _("scan of a travel document")
        verbose_name_plural = _("scans of travel documents")
        default_permissions = ()


class Portrait(StoredFile):
    """A guest's face at the fixed size of rules.portraits; what the picture showed around it was never stored."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="portrait")
    crop = models.JSONField(default=dict)  # the part that was chosen, in pixels of the picture that was sent

    objects = PortraitQuerySet.as_manager()

    class Meta:
        verbose_name = _("portrait")
        verbose_name_plural = _("portraits")
        default_permissions = ()


class PortraitExemption(models.Model):
    """A guest who gives no portrait, for reasons of religion or health: by an officer, with the reason."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="portrait_exemption")
    reason = EncryptedTextField(_("reason"))
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    officer_label = models.CharField(_("decided by"), max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("exemption from the portrait")
        verbose_name_plural = _("exemptions from the portrait")
        default_permissions = ()


class AssignmentLetter(StoredFile):
    """The letter by which an editor sends a journalist."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="assignment_letter")

    class Meta:
        verbose_name = _("letter of assignment")
        verbose_name_plural = _("letters of assignment")
        default_permissions = ()
