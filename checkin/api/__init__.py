"""The check-in API: scans, enrolment of devices, search at the door, and what a door needs offline."""

from ninja import Router

from checkin.api.devices import router as devices
from checkin.api.kiosk import router as kiosk
from checkin.api.lookups import router as lookups
from checkin.api.portraits import router as portraits
from checkin.api.scans import router as scans
from checkin.api.undo import router as undo

router = Router()
router.add_router("", scans)
router.add_router("", devices)
router.add_router("", lookups)
router.add_router("", portraits)
router.add_router("", kiosk)
router.add_router("", undo)
