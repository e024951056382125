"""After a restore: stop owing what was due before the loss, since the lost system has sent it."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notifications import outbox


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(BaseCommand):
    """Withdraw what was due before a moment."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the moment of the loss."""
        parser.add_argument("--before", type=_moment, required=True, help="2026-11-25T03:00Z")

    def handle(self, *args: Any, **options: Any) -> None:
        """Withdraw and say how many there were."""
        before = min(options["before"], timezone.now())
        self.stdout.write(f"withdrawn: {outbox.withdraw_due(before=before)}")
