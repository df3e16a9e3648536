"""Addresses outside the page tree: what robots read, and the programme as files."""

from django.urls import URLPattern, path

from portal import views
from portal.interchange import views as interchange

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("<slug:event>/schedule.json", interchange.schedule_json, name="schedule_json"),
    path("<slug:event>/schedule.xml", interchange.schedule_xml, name="schedule_xml"),
    path("<slug:event>/schedule.ics", interchange.schedule_ics, name="schedule_ics"),
]
