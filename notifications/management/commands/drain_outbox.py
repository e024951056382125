"""Send what is owed without Redis or a worker; a timer may call it each minute."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications import delivering


class Command(BaseCommand):
    """Send what is owed now, without the broker."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many messages to handle at most."""
        parser.add_argument("--limit", type=int, default=10_000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Send and say how many were handled."""
        self.stdout.write(f"handled: {delivering.drain(limit=options['limit'])}")
