"""What the press pages say of a document, asked before it is served: whose it is, and whether a visitor may take it now."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import ReferenceIndex

from plenary.events.models import Event
from publicity.access import Visitor
from publicity.models import PressAttachment, PressKitFile, PressReleasePage
from publicity.rules import Use, may_take


@dataclass(frozen=True)
class PressDocument:
    """A document that belongs to press pages: of which event, and in which releases."""

    event: Event
    title: str
    uses: tuple[Use, ...]
    elsewhere: bool

    def may_take(self, visitor: Visitor) -> bool:
        return may_take(
            self.uses,
            now=timezone.now(),
            accredited=visitor.accredited,
            staff=visitor.staff,
            elsewhere=self.elsewhere,
        )

    @property
    def free(self) -> bool:
        """Whether everybody may take it."""
        return self.may_take(Visitor())


def press_document(document: Document) -> PressDocument | None:
    """What the press pages say of a document; None for all other documents. Files in the text of a release count too."""
    attached = list(PressAttachment.objects.filter(document=document).select_related("page"))
    in_kit = PressKitFile.objects.filter(document=document, page__live=True).select_related("page").first()
    releases = {attachment.page_id: attachment.page for attachment in attached}
    releases |= {page.pk: page for page in _releases_quoting(document)}
    if not releases and in_kit is None:
        return None
    page = next(iter(releases.values()), None) or (in_kit.page if in_kit else None)
    event = page.event if page else None
    if event is None:
        return None
    title = attached[0].title if attached else in_kit.title if in_kit else document.title
    uses = tuple(Use(release.live, release.embargo_until) for release in releases.values())
    return PressDocument(event, title, uses, elsewhere=in_kit is not None)


def _releases_quoting(document: Document) -> list[PressReleasePage]:
    """Releases whose text links to a document, as Wagtail's index of references knows."""
    quoting = ReferenceIndex.get_references_to(document).values_list("object_id", flat=True)
    keys = [int(key) for key in quoting if key.isdigit()]
    return list(PressReleasePage.objects.filter(pk__in=keys)) if keys else []
