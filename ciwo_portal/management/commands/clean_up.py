"""Forget what nobody needs any more, without Redis or a worker; a timer may call it each night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ciwo_portal import cleanup


class Command(BaseCommand):
    """Forget what is due, in small statements."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Clean up and say how many rows of each went."""
        try:
            forgotten = cleanup.clean_up(now=timezone.now())
        except cleanup.NotAll as fault:
            raise CommandError(str(fault)) from None
        for name, count in forgotten.items():
            self.stdout.write(f"{name}: {count}")
