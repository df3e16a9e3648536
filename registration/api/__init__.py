"""The registration API: categories with their questions, sign-up, and the state of one registration."""

from ninja import Router

from registration.api.categories import router as categories
from registration.api.delegations import router as delegations
from registration.api.invitations import router as invitations
from registration.api.registrations import router as registrations
from registration.api.second_form import router as second_form
from registration.api.stripe import router as stripe

router = Router()
router.add_router("", categories)
router.add_router("", registrations)
router.add_router("", delegations)
router.add_router("", invitations)
router.add_router("", stripe)
router.add_router("", second_form)
