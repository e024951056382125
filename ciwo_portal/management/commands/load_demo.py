"""Load the demonstration data, clearly marked; loading again adds nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from ciwo_portal import demo
from ciwo_portal.documents import BadDocument, read
from surveys import demo as surveys_demo

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Load the demonstration data."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another document than the one that comes with the portal."""
        parser.add_argument("path", nargs="?", type=Path, default=DATA / "demo_responses.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load people, agencies, events and a survey's answers; all of it or nothing."""
        now = timezone.now()
        try:
            document = read(options["path"], "ciwo-demo/1")
            instrument = read(DATA / "practice_survey.json", "ciwo-instrument/1")
            with transaction.atomic():
                agencies = demo.load(document, now)
                surveys_demo.load(
                    instrument=instrument, document=document, agencies=agencies, now=now
                )
        except demo.NotHere:
            raise CommandError(
                "Demonstration people have a published password: they are loaded only with "
                "HAS_DEMO_DATA=true and a SITE_URL of this machine, such as http://localhost:8000."
            ) from None
        except BadDocument as fault:
            raise CommandError(str(fault)) from None
        except KeyError as fault:
            raise CommandError(f"{options['path']}: the field {fault} is missing") from None
        self.stdout.write(f"demo agencies: {len(agencies)}")
