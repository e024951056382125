"""Bring the database, the files of the look and the demonstration data up to date, in one go."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("migrate", {"verbosity": 0, "interactive": False}),
    ("collectstatic", {"verbosity": 0, "interactive": False}),
    ("import_agencies", {}),
    ("import_programme", {}),
    ("load_demo", {}),
)


class Command(BaseCommand):
    """Do in one process what `make run` needs before it starts; repeating it changes nothing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the steps in order; the first that fails ends it."""
        for name, how in STEPS:
            if name == "load_demo" and not settings.ADMITS_DEMO_PEOPLE:
                continue
            call_command(name, stdout=self.stdout, stderr=self.stderr, **how)
