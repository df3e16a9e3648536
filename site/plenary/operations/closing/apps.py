"""Back office: closing. What it will hold is in docs/explanation/architecture.md."""

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "plenary.operations.closing"
    label = "closing"
    verbose_name = "Closing"
