"""Bring a survey instrument in from a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys import authoring


class Command(BaseCommand):
    """Store a ciwo-instrument/1 document, whole or not at all."""

    help = "Bring a survey instrument (ciwo-instrument/1, JSON) in from a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's path."""
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Store the instrument, or say which field of the file is wrong."""
        path: Path = options["path"]
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            survey = authoring.load(document=document)
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from fault
        except (UnicodeDecodeError, RecursionError) as fault:
            raise CommandError(f"{path}: this is not a JSON text in UTF-8") from fault
        except json.JSONDecodeError as fault:
            where = f"line {fault.lineno}, column {fault.colno}"
            raise CommandError(f"{path}: not JSON at {where}: {fault.msg}") from fault
        except authoring.InstrumentInvalid as fault:
            listed = "\n".join(f"  {one}" for one in fault.faults)
            raise CommandError(f"{path}: nothing was stored:\n{listed}") from fault
        except authoring.VersionTaken as fault:
            raise CommandError(
                f"{path}: “{fault}” is here already; give a changed instrument a new version"
            ) from fault
        self.stdout.write(f"Stored {survey}: {survey.questions.count()} questions.")
