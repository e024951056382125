from importlib import import_module

from django.apps import AppConfig


class WebinarsConfig(AppConfig):
    name = "webinars"

    def ready(self) -> None:
        """Make the app's messages known to the outbox, and its table to the worker."""
        import_module("webinars.notices")
        import_module("webinars.offer_notices")
        import_module("webinars.word_notices")
        import_module("webinars.access_notices")
        import_module("webinars.speaker_notices")
        import_module("webinars.mailing_notices")
        import_module("webinars.occasions")
        import_module("webinars.people_table")
