"""The registration API: categories with their questions, sign-up, the state of one registration, a guest's own data."""

from ninja import Router

from registration.api.categories import router as categories
from registration.api.delegations import router as delegations
from registration.api.invitations import router as invitations
from registration.api.own_data import router as own_data
from registration.api.registrations import router as registrations
from registration.api.second_form import router as second_form
from registration.api.stripe import router as stripe

router = Router()
router.add_router("", categories)
router.add_router("", registrations)
router.add_router("", delegations)
router.add_router("", invitations)
router.add_router("", own_data)
router.add_router("", stripe)
router.add_router("", second_form)
