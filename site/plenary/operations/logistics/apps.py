"""Back office: logistics. What it will hold is in docs/explanation/architecture.md."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    name = "plenary.operations.logistics"
    label = "logistics"
    verbose_name = "Logistics"
