from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Make the app's own messages known to the outbox, and listen to the mail provider."""
        import_module("notifications.notices")
        import_module("notifications.hearing")
