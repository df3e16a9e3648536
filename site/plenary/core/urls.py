"""Addresses that carry no language: health, and in development the mailbox and the pattern page."""

from django.urls import path, re_path

from plenary.core import design, mailbox, views, webhooks

app_name = "core"
urlpatterns = [
    path("", views.to_language, name="to-language"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    re_path(r"^media/(?P<path>(?:images|avatar_images)/[^/]+)$", views.media, name="media"),
    re_path(r"^accent/(?P<formula>[0-9]{1,3})-(?P<digits>[0-9a-f]{6})\.css$", design.accent, name="accent"),
    path("api/v1/mail/<slug:service>/webhook", webhooks.delivery_report, name="delivery-report"),
    path("dev/patterns/", design.patterns, name="patterns"),
    path("dev/mailbox/", mailbox.mailbox, name="mailbox"),
    path("dev/mailbox/<uuid:pk>/", mailbox.message, name="mailbox-message"),
    path("dev/mailbox/<uuid:pk>/html/", mailbox.message_html, name="mailbox-html"),
    path("dev/mailbox/<uuid:pk>/attachments/<int:index>/", mailbox.attachment, name="mailbox-attachment"),
]
