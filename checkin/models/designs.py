"""How badges look: designs, and which category has which."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from checkin.designs import DEFAULT_LINES, Band, Paper, Size, grid
from checkin.querysets import BadgeDesignQuerySet
from plenary.core.fields import LabelField
from plenary.events.models import Event, colour_rule
from registration.models import Category


def default_lines() -> list[str]:
    return list(DEFAULT_LINES)


class BadgeDesign(models.Model):
    """How the badges of some categories look, front and back, and on what they are printed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="badge_designs", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=80, help_text=_("For staff; it is not printed."))
    categories = models.ManyToManyField(
        Category, through="DesignedCategory", blank=True, related_name="+", verbose_name=_("categories"),
        help_text=_("A category has one design: choosing it here takes it from another. Without any it is printed on A6."),
    )  # fmt: skip
    size = models.CharField(_("size"), max_length=5, choices=Size, default=Size.A6)
    paper = models.CharField(_("printed on"), max_length=6, choices=Paper, default=Paper.SINGLE)
    lines = models.JSONField(_("lines"), default=default_lines)  # values of designs.Line, from the top
    photo = models.BooleanField(_("show the portrait"), default=False)
    band = models.CharField(_("band with the category"), max_length=8, choices=Band, default=Band.CATEGORY)
    accent = models.CharField(
        _("colour of the stripe"), max_length=7, blank=True, validators=[colour_rule],
        help_text=_("Six hexadecimal digits, like #1a5fb4. Empty means the colour of the event."),
    )  # fmt: skip
    signs = models.BooleanField(_("show rights as signs"), default=True)
    zones = models.BooleanField(_("show zones"), default=False, help_text=_("Short names of the zones a badge opens."))
    two_sided = models.BooleanField(_("print the back"), default=False)
    back_text = LabelField(_("text on the back"), blank=True)
    emergency = models.CharField(_("emergency number"), max_length=40, blank=True, help_text=_("Printed on the back."))

    objects = BadgeDesignQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge design")
        verbose_name_plural = _("badge designs")
        ordering = ["event", "name", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.size and self.paper and grid(self.size, self.paper) is None:
            raise ValidationError({"paper": _("A badge of this size is larger than the sheet.")})


class DesignedCategory(models.Model):
    """Which design a category has; its constraint keeps it at one."""

    design = models.ForeignKey(BadgeDesign, on_delete=models.CASCADE, related_name="designed")
    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("category with a badge design")
        verbose_name_plural = _("categories with a badge design")
        default_permissions = ()
