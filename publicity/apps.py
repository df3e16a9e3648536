"""Application configuration of publicity."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "publicity"
    verbose_name = "Publicity"
