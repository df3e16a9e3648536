"""Every address of the product. Languages prefix what people read; programs, doors and staff have none."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from plenary.api import api
from plenary.api.content import content
from plenary.api.views import nothing_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("plenary.core.urls")),
    path("api/v1/", api.urls),
    path("api/v2/", content.urls),
    re_path(r"^api/", nothing_here),
    # Before Wagtail's and allauth's own: there is one way to sign in, and it asks for the second factor.
    path("cms/", include("plenary.core.urls_staff")),
    path("cms/account/", include("allauth.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include("publicity.urls_documents")),
    path("documents/", include(wagtaildocs_urls)),
    path("door/", include("checkin.urls_door")),
    path("", include("portal.urls")),
]
urlpatterns += i18n_patterns(
    path("", include("registration.urls")),
    path("", include("checkin.urls")),
    path("", include("publicity.urls")),
    # Wagtail's own sign-in page knows no second factor.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
