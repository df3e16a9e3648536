"""Addresses of check-in that people open; every one of them has a language before it."""

from django.urls import path

from checkin import views

app_name = "checkin"
urlpatterns = [
    path("badge/<str:token>/", views.badge, name="badge"),
    path("badge/<str:token>/apple/", views.apple, name="apple"),
    path("badge/<str:token>/google/", views.google, name="google"),
]
