"""The primitives every app stands on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "plenary.core"
    label = "core"
    verbose_name = "Plenary"

    def ready(self) -> None:
        from plenary.core import publication

        publication.connect()
