"""Try to take single agencies from all that is published of the surveys."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from surveys import alarms
from surveys.models import Wave


class Command(BaseCommand):
    """manage.py audit_findings [wave]: fails when anything can be derived."""

    help = "Try to derive single agencies' answers from the published totals of all releases."

    def add_arguments(self, parser: Any) -> None:
        """Take the wave's slug; without one, all waves with releases are tried."""
        parser.add_argument("wave", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found, and keep it for the organisers' first page."""
        waves = Wave.objects.filter(releases__isnull=False).distinct().order_by("pk")
        if options["wave"]:
            waves = waves.filter(slug=options["wave"])
        found = 0
        for wave in waves:
            for alarm in alarms.record(wave=wave, now=timezone.now()):
                found += 1
                self._say(wave, alarm)
        if found:
            raise CommandError(f"Agencies can be picked out; questions that tell of them: {found}")
        self.stdout.write(f"Tried {len(waves)} surveys: no agency can be picked out.")

    def _say(self, wave: Wave, alarm: alarms.Alarm) -> None:
        """Write what can be learned from which figures, and where they are withdrawn."""
        part = f", {alarm.part}" if alarm.part else ""
        self.stdout.write(f"{wave.title}: {alarm.question.label}{part}")
        for told in alarm.told:
            self.stdout.write(f"  {told.text} {told.audience}")
            for place in told.places:
                self.stdout.write(f"    {place}")
        path = reverse("surveys:manage-releases", args=[wave.slug])
        self.stdout.write(f"  Withdraw what tells it: {settings.SITE_URL}{path}")
