from importlib import import_module

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "ciwo_portal"

    def ready(self) -> None:
        """Make the messages about accounts and memberships, and our checks, known."""
        import_module("ciwo_portal.notices")
        import_module("ciwo_portal.people_notices")
        import_module("ciwo_portal.database_limits")
        import_module("ciwo_portal.checks")
