"""Forget what nobody needs any more, without Redis or a worker; a timer may call it each night."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ciwo_portal import cleanup


class Command(BaseCommand):
    """Forget what is due, in small statements."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Clean up and say how many rows of each went."""
        for name, count in cleanup.clean_up(now=timezone.now()).items():
            self.stdout.write(f"{name}: {count}")
