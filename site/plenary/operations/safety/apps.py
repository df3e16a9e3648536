"""Back office: safety. What it will hold is in docs/explanation/architecture.md."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "plenary.operations.safety"
    label = "safety"
    verbose_name = "Safety"
