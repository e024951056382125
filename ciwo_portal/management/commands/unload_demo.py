"""Remove the demonstration data and nothing else."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ciwo_portal import demo


class Command(BaseCommand):
    """Remove what load_demo has loaded; all of it or, if something real hangs on it, nothing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove it and say how much there was."""
        try:
            removed = demo.unload()
        except demo.InUse as fault:
            raise CommandError(f"nothing was removed: {fault}") from None
        self.stdout.write("removed: " + ", ".join(f"{n} {what}" for what, n in removed.items()))
