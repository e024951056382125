"""Try to take single agencies from all that is published of the surveys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys import releasing
from surveys.models import Wave


class Command(BaseCommand):
    """manage.py audit_findings [wave]: fails when anything can be derived."""

    help = "Try to derive single agencies' answers from the published totals of all releases."

    def add_arguments(self, parser: Any) -> None:
        """Take the wave's slug; without one, all waves with releases are tried."""
        parser.add_argument("wave", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found; nothing is changed."""
        waves = Wave.objects.filter(releases__isnull=False).distinct().order_by("pk")
        if options["wave"]:
            waves = waves.filter(slug=options["wave"])
        found = 0
        for wave in waves:
            for leak in releasing.audit(wave):
                found += 1
                self.stdout.write(f"{wave.slug} {leak.question.key} {leak.part}: {leak.text}")
        if found:
            raise CommandError(f"{found} findings: agencies can be picked out.")
        self.stdout.write(f"Tried {len(waves)} surveys: no agency can be picked out.")
