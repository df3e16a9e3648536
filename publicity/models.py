"""The press room of an event, its releases with embargo and files, and the ledger of what was downloaded."""

from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from plenary.core.blocks import BodyField
from plenary.core.pages import EventSection, in_language
from plenary.events.models import Event
from publicity.access import Visitor, visitor_of
from publicity.previews import has_preview
from publicity.querysets import DownloadQuerySet, PressReleaseManager, press_category, takeable
from publicity.rules import under_embargo
from registration.models import Registration

DOCUMENT = "wagtaildocs.Document"


def _for_visitor(visitor: Visitor, response: HttpResponse) -> HttpResponse:
    """What is shown to the accredited is kept by no cache on the way."""
    if visitor.privileged:
        response["Cache-Control"] = "private, no-store"
    return response


class PressFile(TranslatableMixin, Orderable):
    """A file offered to the press: one document, told of in the page's language. Photographs are documents too, so that
    one check guards every file (images have public addresses)."""

    document = models.ForeignKey(DOCUMENT, on_delete=models.CASCADE, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=250)
    caption = models.TextField(
        _("description"), blank=True, help_text=_("For a picture: what it shows, also for readers who cannot see it.")
    )
    credit = models.CharField(_("credit line"), max_length=250, blank=True, help_text=_("As it must be printed."))

    override_translatable_fields = [SynchronizedField("document"), SynchronizedField("credit")]
    api_fields = ["title", "caption", "credit", "document"]
    panels = [FieldPanel("document"), FieldPanel("title"), FieldPanel("caption"), FieldPanel("credit")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def is_picture(self) -> bool:
        return has_preview(self.document)


class PressSection(EventSection):
    """A page of the press; it stands below an event's page or nowhere."""

    class Meta:
        abstract = True

    @property
    def event(self) -> Event:
        event = super().event
        if event is None:
            raise Http404
        return event


class PressRoomPage(PressSection):
    """Where journalists start: contact, accreditation, releases, the press kit."""

    intro = models.TextField(_("introduction"), blank=True)
    contact_name = models.CharField(_("press contact"), max_length=250, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    contact_phone = models.CharField(_("telephone number"), max_length=40, blank=True)
    contact_hours = models.CharField(_("can be reached"), max_length=250, blank=True)
    body = BodyField(verbose_name=_("body"))

    override_translatable_fields = [
        *PressSection.override_translatable_fields,
        SynchronizedField("contact_name"),
        SynchronizedField("contact_email"),
        SynchronizedField("contact_phone"),
        TranslatableField("kit"),
    ]
    content_panels = [
        *PressSection.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldPanel("contact_email"),
                FieldPanel("contact_phone"),
                FieldPanel("contact_hours"),
            ],
            heading=_("Press contact"),
        ),
        InlinePanel("kit", heading=_("Press kit"), label=_("File")),
        FieldPanel("body"),
    ]
    search_fields = [*PressSection.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = ["intro", "contact_name", "contact_email", "contact_phone", "contact_hours", "kit", "body"]
    parent_page_types = ["portal.EventPage"]
    subpage_types = ["publicity.PressReleasePage"]
    max_count_per_parent = 1
    template = "publicity/press_room_page.html"

    class Meta:
        verbose_name = _("press room")

    @property
    def dialled_phone(self) -> str:
        """The number as a telephone wants it: a plus sign and digits."""
        return "".join(character for character in self.contact_phone if character.isdigit() or character == "+")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _for_visitor(visitor_of(request, self.event), super().serve(request, *args, **kwargs))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        visitor = visitor_of(request, self.event)
        category = press_category(self.event)
        rooms = [self, *self.get_translations().live()]
        releases = in_language(PressReleasePage.objects.of_rooms(rooms), get_language() or self.language.code)
        return super().get_context(request, *args, **kwargs) | {
            "visitor": visitor,
            "releases": [release for release in releases if visitor.may_read(release.embargo_until)],
            "kit": takeable(self.kit.select_related("document"), visitor.privileged),
            "press_category": category,
            "press_opening": category.opening() if category else None,
        }


class PressKitFile(PressFile):
    """A file of the press kit: logo, photographs, fact sheet. Free to everybody as soon as the room is."""

    page = ParentalKey(PressRoomPage, on_delete=models.CASCADE, related_name="kit")

    class Meta(PressFile.Meta):
        verbose_name = _("press kit file")
        verbose_name_plural = _("press kit files")


class PressReleasePage(PressSection):
    """One press release. Before its embargo ends only accredited journalists and staff may read it or take its files."""

    number = models.CharField(_("number"), max_length=40, blank=True, help_text=_("As it is quoted, like “2026/04”."))
    released_on = models.DateField(_("date"))
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("In the time zone of your account. Empty: free at once. Files are held back until then, too."),
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences, shown in the list."))
    body = BodyField(verbose_name=_("body"))

    objects = PressReleaseManager()

    override_translatable_fields = [
        *PressSection.override_translatable_fields,
        SynchronizedField("number", overridable=False),
        SynchronizedField("released_on", overridable=False),
        SynchronizedField("embargo_until", overridable=False),
        TranslatableField("attachments"),
    ]
    content_panels = [
        *PressSection.content_panels,
        MultiFieldPanel(
            [FieldPanel("number"), FieldPanel("released_on"), FieldPanel("embargo_until")],
            heading=_("The same in every language"),
        ),
        FieldPanel("summary"),
        FieldPanel("body"),
        InlinePanel("attachments", heading=_("Files"), label=_("File")),
    ]
    search_fields = [
        *PressSection.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.FilterField("embargo_until"),
    ]
    api_fields = ["number", "released_on", "embargo_until", "summary", "body", "attachments"]
    parent_page_types = ["publicity.PressRoomPage"]
    subpage_types: list[str] = []
    template = "publicity/press_release_page.html"

    class Meta:
        verbose_name = _("press release")
        permissions = [("read_embargoed", _("Can read press releases before their embargo ends"))]

    @property
    def is_under_embargo(self) -> bool:
        return under_embargo(self.embargo_until, timezone.now())

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visitor = visitor_of(request, self.event)
        if not visitor.may_read(self.embargo_until):
            raise Http404  # not "forbidden": that it exists is part of what the embargo keeps
        return _for_visitor(visitor, super().serve(request, *args, **kwargs))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {
            "visitor": visitor_of(request, self.event),
            "files": self.attachments.select_related("document"),
            "room": self.get_parent().specific,
        }


class PressAttachment(PressFile):
    """A file of one release, under the same embargo."""

    page = ParentalKey(PressReleasePage, on_delete=models.CASCADE, related_name="attachments")

    class Meta(PressFile.Meta):
        verbose_name = _("file of a release")
        verbose_name_plural = _("files of releases")


class Download(models.Model):
    """One file taken: which, by which outlet or by the public, when. No address of a machine, no name of a person."""

    wagtail_reference_index_ignore = True  # a download is no use of a document that an editor would look for

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(DOCUMENT, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(_("file"), max_length=250)
    registration = models.ForeignKey(Registration, on_delete=models.SET_NULL, null=True, related_name="+")
    outlet = models.CharField(_("outlet"), max_length=300, blank=True)  # stays when the registration is erased
    accredited = models.BooleanField(_("accredited"), default=False)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["-at", "-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["event", "outlet"], name="download_by_outlet")]
