"""Load the demonstration data, clearly marked; loading again adds nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ciwo_portal import demo
from ciwo_portal.documents import BadDocument, read

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Load the demonstration data."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load people, agencies and events."""
        try:
            document = read(DATA / "demo_responses.json", "ciwo-demo/1")
        except BadDocument as fault:
            raise CommandError(str(fault)) from None
        agencies = demo.load(document, timezone.now())
        self.stdout.write(f"demo agencies: {len(agencies)}")
