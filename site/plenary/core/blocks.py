"""Building blocks of page bodies, shared by portal and publicity, and the stream field that keeps them out of migrations."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock

# What a body may hold inside a paragraph: no headings (they have a block), no embeds (the policy forbids foreign frames).
PROSE_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "hr"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"


class FigureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    alternative = blocks.CharBlock(
        label=_("Text alternative"),
        required=False,
        help_text=_("What the image tells, for readers who cannot see it. Leave empty if it only decorates."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "blocks/figure.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quotation"))
    source = blocks.CharBlock(label=_("Who said it"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "blocks/quote.html"


class NoticeBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False)
    text = blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "link", "document-link"])

    class Meta:
        icon = "info-circle"
        label = _("Notice")
        template = "blocks/notice.html"


class FactBlock(blocks.StructBlock):
    term = blocks.CharBlock(label=_("Term"))
    description = blocks.RichTextBlock(label=_("Description"), features=["bold", "italic", "link", "document-link"])

    class Meta:
        icon = "list-ul"
        label = _("Fact")


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(label=_("Title"), required=False, help_text=_("Empty: the title of the document."))

    class Meta:
        icon = "doc-full"
        label = _("Download")
        template = "blocks/download.html"


class BodyBlock(blocks.StreamBlock):
    """What editors compose a page of."""

    heading = HeadingBlock()
    paragraph = blocks.RichTextBlock(label=_("Text"), features=PROSE_FEATURES, template="blocks/paragraph.html")
    figure = FigureBlock()
    quote = QuoteBlock()
    notice = NoticeBlock()
    facts = blocks.ListBlock(FactBlock(), label=_("Facts"), icon="list-ul", template="blocks/facts.html")
    download = DownloadBlock()


class BodyField(StreamField):
    """A stream of body blocks. Blocks have no columns, so a changed block is not a migration."""

    def __init__(self, block_types: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        super().__init__(block_types or BodyBlock(), **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
