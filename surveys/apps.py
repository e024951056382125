from importlib import import_module

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Make the app's messages known to the outbox, and its work to the worker."""
        import_module("surveys.notices")
        import_module("surveys.inquiry_notices")
        import_module("surveys.publishing")
        import_module("surveys.tables")
