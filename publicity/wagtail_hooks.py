"""Registration only: the guard before documents, and the ledger of downloads."""

from wagtail import hooks

from plenary.core.viewsets.ledgers import LedgerMenuItem
from publicity.views import guard_document
from publicity.viewsets import DownloadsLedger

downloads = DownloadsLedger()
downloads.register_with_wagtail()

hooks.register("before_serve_document", guard_document)


@hooks.register("register_reports_menu_item")
def downloads_item() -> LedgerMenuItem:
    return downloads.menu_item()
