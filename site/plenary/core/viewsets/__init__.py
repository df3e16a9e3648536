"""The admin of the core: what viewsets of all apps share, and the outbox."""

from plenary.core.viewsets.shared import CountingMenuItem, Number, NumbersPanel, SafeExportMixin, TemplateColumn

__all__ = ["CountingMenuItem", "Number", "NumbersPanel", "SafeExportMixin", "TemplateColumn"]
