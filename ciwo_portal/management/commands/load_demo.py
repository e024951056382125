"""Load the demonstration data, clearly marked; loading again adds nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ciwo_portal import demo
from ciwo_portal.documents import BadDocument, read
from surveys import demo as surveys_demo

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Load the demonstration data."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load people, agencies and events."""
        try:
            document = read(DATA / "demo_responses.json", "ciwo-demo/1")
            instrument = read(DATA / "practice_survey.json", "ciwo-instrument/1")
        except BadDocument as fault:
            raise CommandError(str(fault)) from None
        now = timezone.now()
        agencies = demo.load(document, now)
        surveys_demo.load(instrument=instrument, document=document, agencies=agencies, now=now)
        self.stdout.write(f"demo agencies: {len(agencies)}")
