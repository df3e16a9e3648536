"""The address of every document: Wagtail's own, answered by us."""

from django.urls import path

from publicity import views

urlpatterns = [path("<int:document_id>/<str:document_filename>", views.document, name="publicity-document")]
