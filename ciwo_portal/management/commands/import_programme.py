"""Load the record of the 2017 programme from its JSON document."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ciwo_portal import programme
from ciwo_portal.documents import BadDocument

DOCUMENT = Path(__file__).resolve().parents[2] / "data" / "programme_2017.json"


class Command(BaseCommand):
    """Load the record of the 2017 programme; loading again adds nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another document than the one that comes with the portal."""
        parser.add_argument("path", nargs="?", type=Path, default=DOCUMENT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the document or say in one line what is wrong with it."""
        try:
            loaded = programme.load(options["path"])
        except BadDocument as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"loaded: {loaded}")
