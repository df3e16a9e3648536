"""Back office: planning. What it will hold is in docs/explanation/architecture.md."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "plenary.operations.planning"
    label = "planning"
    verbose_name = "Planning"
