from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        """Make the app's messages known to the outbox."""
        import_module("records.notices")
