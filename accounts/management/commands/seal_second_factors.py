"""Encrypt the secrets of second factors under the newest SECRET_KEY; beat does so each night."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import sealing


class Command(BaseCommand):
    """Encrypt at once what the night would."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt and say how many changed."""
        self.stdout.write(f"encrypted anew: {sealing.seal_all()}")
