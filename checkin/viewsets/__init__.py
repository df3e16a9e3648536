"""Check-in in the admin: the live board, the muster list, attendance, the ledger of scans, badges, checkpoints, devices."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from checkin.viewsets.attendance import AttendanceViewSet
from checkin.viewsets.badges import BadgesViewSet
from checkin.viewsets.board import BoardViewSet
from checkin.viewsets.checkpoints import CheckpointViewSet
from checkin.viewsets.conflicts import ConflictViewSet
from checkin.viewsets.designs import BadgeDesignViewSet
from checkin.viewsets.devices import DeviceViewSet
from checkin.viewsets.ledger import LedgerViewSet
from checkin.viewsets.muster import MusterViewSet
from checkin.viewsets.rights import RightViewSet
from checkin.viewsets.supervisors import SupervisorCodeViewSet

__all__ = ["CheckinGroup"]


class CheckinGroup(ViewSetGroup):
    """The menu "Check-in"; each item shows to who may use it."""

    menu_label = _("Check-in")
    menu_name = "check-in"
    menu_icon = "tick-inverse"
    menu_order = 120
    items = (
        BoardViewSet,
        MusterViewSet,
        AttendanceViewSet,
        LedgerViewSet,
        ConflictViewSet,
        BadgesViewSet,
        BadgeDesignViewSet,
        CheckpointViewSet,
        RightViewSet,
        DeviceViewSet,
        SupervisorCodeViewSet,
    )
