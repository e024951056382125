"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from notifications import delivering, digesting


@shared_task
def drain() -> None:
    """Send what is owed now."""
    delivering.drain()


@shared_task
def queue_digests() -> None:
    """Owe the weekly digests that are due now."""
    digesting.queue_due(now=timezone.now())
