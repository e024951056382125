"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from notifications import delivering, digesting, outbox


@shared_task
def drain() -> None:
    """Send what is owed now; while much is, the worker's other processes send, too."""
    delivering.drain(call_fellow=outbox.look_now)


@shared_task
def queue_digests() -> None:
    """Owe the weekly digests that are due now."""
    digesting.queue_due(now=timezone.now())
