from importlib import import_module

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "practice_sessions"

    def ready(self) -> None:
        """Make the app's messages known to the outbox."""
        for module in ("notices", "answer_notices"):
            import_module(f"sessions.{module}")
