"""Signing keys, credentials, checkpoints, devices, and the ledger of scans."""

import secrets
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkin.designs import Pictogram
from checkin.models.designs import BadgeDesign as BadgeDesign
from checkin.models.designs import DesignedCategory as DesignedCategory
from checkin.models.printing import PrintedFile as PrintedFile
from checkin.models.printing import PrintRun as PrintRun
from checkin.models.supervision import ConflictResolution as ConflictResolution
from checkin.models.supervision import Reversal as Reversal
from checkin.models.supervision import Shift as Shift
from checkin.models.supervision import SupervisorCode as SupervisorCode
from checkin.querysets import (
    AdmissionQuerySet,
    CheckpointQuerySet,
    CredentialQuerySet,
    DeviceQuerySet,
    RightQuerySet,
    ScanQuerySet,
    SigningKeyQuerySet,
)
from checkin.rules import Direction, Entries, Kind, Mode, Outcome, Reason
from plenary.core.fields import EncryptedTextField, LabelField
from plenary.events.models import Event, Session, slug_rule
from registration.models import Category, Registration


def new_public_id() -> bytes:
    return secrets.token_bytes(8)


class SigningKey(models.Model):
    """An event's Ed25519 pair. Doors get the public half; the private half is encrypted at rest."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="signing_keys")
    key_id = models.PositiveSmallIntegerField()  # one byte in the badge
    public = models.BinaryField(max_length=32)
    private = EncryptedTextField()  # base64 of the 32 bytes
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        default_permissions = ()  # no screen shows it, so no role can be given it
        constraints = [
            models.UniqueConstraint(fields=["event", "key_id"], name="signing_key_id_once_per_event"),
            models.CheckConstraint(condition=models.Q(key_id__lt=2**8), name="signing_key_id_fits_badge"),
        ]


class Credential(models.Model):
    """What a badge proves: a random id, an issue number, rights. The text is signed anew whenever it is printed."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="credential")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", db_index=False)  # credential_changes
    public_id = models.BinaryField(max_length=8, unique=True, default=new_public_id)
    issue = models.PositiveSmallIntegerField(default=1)  # one byte; a reprint raises it and older prints are revoked
    rights = models.PositiveIntegerField(default=0)  # two bytes, copied from the category when signed
    granted = models.PositiveIntegerField(default=0)  # named rights this person has beside the category's
    digest = models.BinaryField(max_length=16, default=b"")  # of the current badge text: recognises it, cannot print it
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)  # at a kiosk, in the present issue
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)  # what doors ask "since"

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        default_permissions = ()
        permissions = [
            ("print_badge", _("Can print badges")),
            ("print_desk_badge", _("Can print the badges of those who were registered at the desk")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issue__gte=1, issue__lt=2**8), name="credential_issue_fits_badge"
            ),
            models.CheckConstraint(condition=models.Q(rights__lt=2**16), name="credential_rights_fit_badge"),
            models.CheckConstraint(condition=models.Q(granted__lt=2**16), name="credential_granted_fits_badge"),
        ]
        indexes = [models.Index(fields=["event", "changed_at"], name="credential_changes")]

    @property
    def may_print_itself(self) -> bool:
        """Whether a kiosk may print it: nobody has, and no door has seen it. Read it with `for_kiosk()`."""
        return self.printed_at is None and not self.scans.exists()


class Right(models.Model):
    """A named permission of an event ("press area", "working lunch"): carried by categories, given to single guests.

    It is one of the sixteen bits signed into a badge, so that a door without any list can read it. Bit 0 is what every
    category has from the start.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="badge_rights", verbose_name=_("event"))
    bit = models.PositiveSmallIntegerField(editable=False)
    name = LabelField(_("name"))
    pictogram = models.CharField(_("sign on the badge"), max_length=10, choices=Pictogram, blank=True)

    objects = RightQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge right")
        verbose_name_plural = _("badge rights")
        ordering = ["event", "bit"]
        constraints = [
            models.UniqueConstraint(fields=["event", "bit"], name="right_bit_once_per_event"),
            models.CheckConstraint(condition=models.Q(bit__gte=1, bit__lt=16), name="right_bit_fits_badge"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def mask(self) -> int:
        return 1 << self.bit


class Checkpoint(models.Model):
    """A place where badges are scanned, and whom it lets pass."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="checkpoints", verbose_name=_("event"))
    slug = models.SlugField(
        _("short name"), max_length=60, validators=[slug_rule], help_text=_("What devices call it, for example main.")
    )
    name = LabelField(_("name"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GATE)
    zone = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="gates", verbose_name=_("leads into"),
        help_text=_("A zone with several gates: how often and how many may enter is counted there, for all of them."),
    )  # fmt: skip
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="checkpoints",
        verbose_name=_("session"), help_text=_("Whose attendance is taken here."),
    )  # fmt: skip
    entries = models.CharField(_("entry with one badge"), max_length=10, choices=Entries, default=Entries.ONCE)
    pause = models.PositiveSmallIntegerField(
        _("minutes between entries"), default=0,
        help_text=_("A badge that comes again sooner was handed back to somebody else. 0 means: no pause."),
    )  # fmt: skip
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, help_text=_("How many may be inside at a time. Empty means no limit.")
    )
    categories = models.ManyToManyField(
        Category,
        blank=True,
        related_name="checkpoints",
        verbose_name=_("categories"),
        help_text=_("None, and no right either, means: every category may pass."),
    )
    rights = models.PositiveIntegerField(default=0, editable=False)  # named rights, a bit each; one is enough
    escorted = models.ManyToManyField(
        Category,
        blank=True,
        related_name="+",
        verbose_name=_("only with an escort"),
        help_text=_("These pass only together with somebody who may pass alone; both badges are scanned."),
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    mode = models.CharField(
        _("how it decides"), max_length=6, choices=Mode, default=Mode.STRICT,
        help_text=_("Strict waits a moment for the server; fast shows green at once and warns afterwards."),
    )  # fmt: skip
    photos = models.BooleanField(
        _("show portraits"), default=False, help_text=_("Devices placed here carry them without network, too.")
    )
    pictogram = models.CharField(
        _("sign on badges"), max_length=8, blank=True, choices=Pictogram,
        help_text=_("Of a zone: printed in place of its name where the design shows zones."),
    )  # fmt: skip
    active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="checkpoint_slug_once_per_event"),
            models.CheckConstraint(condition=models.Q(rights__lt=2**16), name="checkpoint_rights_fit_badge"),
        ]

    def __str__(self) -> str:
        return str(self.name) or self.slug

    def clean(self) -> None:
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("A checkpoint closes after it has opened.")})
        if self.capacity and self.entries == Entries.UNLIMITED:
            raise ValidationError(
                {"capacity": _("Where entry is without limit nobody is counted, so none can be full.")}
            )
        if self.zone:
            self._check_zone(self.zone)

    @property
    def counting(self) -> "Checkpoint":
        """Where its passages are counted: its zone, else itself."""
        return self.zone or self

    @property
    def is_area(self) -> bool:
        """Whether people are inside here: not at a desk, and not at a gate that leads into a zone."""
        return self.zone_id is None and self.kind != Kind.MATERIALS

    def _check_zone(self, zone: "Checkpoint") -> None:
        if zone.event_id != self.event_id:
            raise ValidationError({"zone": _("Choose a zone of the checkpoint's own event.")})
        if zone.zone_id is not None or zone.pk == self.pk or (self.pk and self.gates.exists()):
            raise ValidationError({"zone": _("A zone leads into no further zone.")})


class Device(models.Model):
    """A volunteer's phone, or a kiosk. Enrolled by a one-time code from the admin; only digests of code and token are kept."""

    class Kind(models.TextChoices):
        SCANNER = "scanner", _("scanner")
        KIOSK = "kiosk", _("kiosk where guests print their badge")

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="devices", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Who carries it, or where: “North door 2”."))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SCANNER)
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="devices",
        verbose_name=_("checkpoint"), help_text=_("Where it starts; empty lets the volunteer choose."),
    )  # fmt: skip
    enrolment_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    # While a code is open: until when. Emptied when the code is used, so a second phone cannot use it too.
    enrolment_expires_at = models.DateTimeField(_("code valid until"), null=True, blank=True, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    enrolled_at = models.DateTimeField(_("enrolled"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    checkpoints = models.ManyToManyField(
        Checkpoint, blank=True, related_name="+", verbose_name=_("may work at"),
        help_text=_("None means: at every checkpoint of the event."),
    )  # fmt: skip
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    supervisor = models.BooleanField(
        _("supervisor's"), default=False, help_text=_("Shows what only those in charge of the doors need.")
    )
    # What the phone last said of itself.
    battery = models.PositiveSmallIntegerField(_("battery"), null=True, editable=False)  # percent
    queue_length = models.PositiveIntegerField(_("scans waiting"), null=True, editable=False)
    app_version = models.CharField(_("version of the app"), max_length=40, blank=True, editable=False)
    reported_at = models.DateTimeField(_("last report"), null=True, editable=False)
    # Supervisor codes mistyped on it in a row, and when last: who tries them all is stopped.
    wrong_codes = models.PositiveSmallIntegerField(default=0, editable=False)
    wrong_code_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("scanning device")
        verbose_name_plural = _("scanning devices")
        ordering = ["name", "id"]
        default_permissions = ("view",)
        permissions = [("manage_devices", _("Can enrol and revoke scanning devices"))]

    def __str__(self) -> str:
        return self.name


class Scan(models.Model):
    """The ledger: every scan with the verdict it got. Rows are added, never changed; the id is the device's own."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True)
    # The device fixes the event, and scans are never moved or deleted: the database need not check these two again
    # for every row (it costs a tenth of a scan), nor keep indexes that the ones below make useless.
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    first_scan = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="scans", verbose_name=_("device"))
    checkpoint = models.ForeignKey(
        Checkpoint,
        on_delete=models.PROTECT,
        null=True,
        related_name="scans",
        db_index=False,
        verbose_name=_("checkpoint"),
    )
    credential = models.ForeignKey(Credential, on_delete=models.SET_NULL, null=True, related_name="scans")
    escort = models.ForeignKey(  # few scans have one, so the index holds few
        Credential, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.IN)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=24, choices=Reason)
    scanned_at = models.DateTimeField(_("scanned"))  # by the device's clock
    received_at = models.DateTimeField(_("received"))  # by ours
    offline = models.BooleanField(_("without network"), default=False)
    by_hand = models.BooleanField(_("found by name"), default=False)  # no badge was read
    turned_away = models.BooleanField(default=False)  # the device itself refused: nobody went in, whatever we would say

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["-received_at", "id"]
        default_permissions = ("view",)  # a ledger: nobody may be given the right to change it
        indexes = [
            models.Index(fields=["event", "-received_at"], name="scan_newest"),
            models.Index(fields=["checkpoint", "received_at"], name="scan_by_checkpoint"),
            models.Index(
                fields=["event", "received_at", "reason"],
                condition=~models.Q(verdict=Outcome.ADMIT),
                name="scan_not_admitted",
            ),
            models.Index(fields=["escort"], condition=models.Q(escort__isnull=False), name="scan_by_escort"),
        ]


class Admission(models.Model):
    """Who has come through a checkpoint. Its constraint, not a check before, decides between two doors at once."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.CASCADE, related_name="admissions", db_index=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="admissions")
    scan_id = models.UUIDField()  # the entry that counts; changes when somebody who left comes back
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["checkpoint", "credential"], name="admitted_once")]
        indexes = [models.Index(fields=["checkpoint", "at"], name="admission_by_hour")]


class Excuse(models.Model):
    """Somebody who was expected has a reason for not coming: to the event, or to one session of it."""

    wagtail_reference_index_ignore = True  # refers to no page; indexing it would cost every save six statements

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # what the encryption is bound to
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="excuses")
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="excuses", verbose_name=_("session")
    )  # empty: from the whole event
    reason = EncryptedTextField(_("reason"), blank=True)  # often an illness
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("noted"), default=timezone.now)

    class Meta:
        verbose_name = _("excuse")
        verbose_name_plural = _("excuses")
        default_permissions = ()
        permissions = [("excuse_guest", _("Can excuse guests who did not come"))]
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="excused_once_per_session"),
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(session__isnull=True), name="excused_once_from_event"
            ),
        ]
