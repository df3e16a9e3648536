"""Addresses of the press room that are no pages; they stand under the language like the room itself."""

from django.urls import path

from publicity import views

app_name = "publicity"
urlpatterns = [
    path("<slug:event>/press/access/<str:token>/", views.enter, name="access"),
    path("<slug:event>/press/preview/<int:document_id>/", views.preview, name="preview"),
]
