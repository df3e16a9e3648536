"""Addresses under /cms/ that stand before Wagtail's own: every door that would let staff in without the second factor."""

from django.urls import path
from django.views.generic import RedirectView

_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("login/", _sign_in),
    path("account/signup/", _sign_in),
]
