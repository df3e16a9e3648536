"""Addresses of invitations and letters; registration.urls takes them in."""

from django.urls import path

from registration.views import invitations, letters

urlpatterns = [
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("invitation/<str:token>/decline/", invitations.decline, name="invitation_decline"),
    path("invitation/<str:token>/substitute/", invitations.substitute, name="invitation_substitute"),
    path("invitation/<str:token>/companion/", invitations.CompanionView.as_view(), name="invitation_companion"),
    path("invitation/<str:token>/letter.pdf", invitations.letter, name="invitation_letter"),
    path("letter/<str:token>/", letters.verify, name="letter"),
    path("my/<str:token>/ask-letter/", letters.ask_letter, name="ask_letter"),
    path("my/<str:token>/letter/<uuid:letter>.pdf", letters.my_letter, name="my_letter"),
]
