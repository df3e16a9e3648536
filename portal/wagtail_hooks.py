"""Registers what the portal adds to the admin; the logic is in viewsets."""

from collections.abc import Sequence

from wagtail import hooks
from wagtail.admin.viewsets.chooser import ChooserViewSet

from portal.viewsets import choosers


@hooks.register("register_admin_viewset")
def register_choosers() -> Sequence[ChooserViewSet]:
    return choosers
