from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        """Make the app's message known to the outbox."""
        import_module("jobs.notices")
