"""Addresses of the scanning app, all under /door/: the scope of its service worker."""

from django.urls import path

from checkin import views_door as views
from checkin import views_kiosk as kiosk

app_name = "door"

urlpatterns = [
    path("", views.app, name="app"),
    path("kiosk/", kiosk.kiosk, name="kiosk"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("texts/<slug:language>.json", views.texts, name="texts"),
]
