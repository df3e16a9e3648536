"""Delegations: who leads one, how many places it has in which category, and the papers it hands in."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from plenary.core.fields import EncryptedTextField, LabelField
from plenary.events.models import Event
from registration.models.files import StoredFile
from registration.models.offer import Category
from registration.querysets.delegations import DelegationQuerySet
from registration.rules.delegations import ReserveOrder, Stage, stage


class Delegation(models.Model):
    """A group that one person answers for: a country, an organisation. That person has a workspace and no account."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="delegations")
    name = LabelField(_("name"))
    country = CountryField(_("country"), blank=True)
    focal_name = models.CharField(_("head or focal point"), max_length=300)
    focal_title = models.CharField(_("function"), max_length=300, blank=True)
    email = EncryptedTextField(_("e-mail address"))
    email_index = models.CharField(max_length=64, editable=False)  # blind index of the normalised address
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    deadline = models.DateTimeField(_("confirm by"), null=True, blank=True)
    reserve_order = models.CharField(
        _("who gets a place that becomes free"),
        max_length=10,
        choices=ReserveOrder.choices,
        default=ReserveOrder.AUTOMATIC,
    )
    note = models.TextField(_("note for staff"), blank=True)
    search_text = models.TextField(editable=False, default="")
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)  # raised to revoke links already sent
    link_sent_at = models.DateTimeField(_("link sent"), null=True, blank=True, editable=False)
    link_revoked_at = models.DateTimeField(_("link revoked"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("list confirmed"), null=True, blank=True, editable=False)
    # Something about a member was decided that the focal point has not been told yet (actions.delegations.send_digests).
    news_since = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    version = models.PositiveIntegerField(default=0, editable=False)  # two focal points at once: the second is told
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["event", "search_text", "id"]
        indexes = [models.Index(fields=["event", "search_text"], name="delegation_by_name")]
        default_permissions = ("view", "add", "change")
        permissions = [("send_delegation_link", _("Can send, renew and revoke the links of delegations"))]

    def __str__(self) -> str:
        return str(self.name)

    def stage(self) -> Stage:
        """Whether its list can be changed now; needs `event`."""
        return stage(
            now=timezone.now(),
            event_open=self.event.takes_registrations,
            deadline=self.deadline,
            confirmed_at=self.confirmed_at,
        )


class DelegationQuota(models.Model):
    """How many places a delegation has in one category. Where it has no row for a category, it has none there."""

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="quotas")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="delegation_quotas"
    )
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    # Counted in the same statement that checks the quota, like Category.taken.
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0, editable=False)

    class Meta:
        verbose_name = _("places of a delegation")
        verbose_name_plural = _("places of delegations")
        ordering = ["category__position", "category_id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["delegation", "category"], name="delegation_quota_once")]

    def __str__(self) -> str:
        return f"{self.category}: {self.places}"

    @property
    def left(self) -> int:
        """Places nobody holds; never below nought, although a quota can be lowered below what is taken."""
        return max(self.places - self.taken, 0)

    @property
    def over(self) -> int:
        """How many more are taken than there are places: the quota was lowered afterwards."""
        return max(self.taken - self.places, 0)


class DelegationPaper(StoredFile):
    """A credentials letter, a note verbale or another paper of a delegation as a whole."""

    class Kind(models.TextChoices):
        CREDENTIALS = "credentials", _("credentials letter")
        NOTE_VERBALE = "note_verbale", _("note verbale")
        OTHER = "other", _("other paper")

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CREDENTIALS)

    class Meta:
        verbose_name = _("paper of a delegation")
        verbose_name_plural = _("papers of delegations")
        default_permissions = ()
        ordering = ["created_at", "id"]


class MemberDraft(models.Model):
    """What was typed about somebody who is registered, right or wrong, kept while a form is being filled in: by a delegation
    about its member, or by the guest in the form after approval (there by part)."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField("registration.Registration", on_delete=models.CASCADE, related_name="draft")
    content = EncryptedTextField(blank=True)  # JSON of what was typed, by field
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        default_permissions = ()
