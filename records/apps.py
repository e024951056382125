from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        """Make the app's messages known to the outbox, and its tables to the worker."""
        import_module("records.notices")
        import_module("records.tables")
