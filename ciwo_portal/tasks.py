"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from ciwo_portal import chasing, cleanup


@shared_task
def clean_up() -> None:
    """Forget what nobody needs any more."""
    cleanup.clean_up(now=timezone.now())


@shared_task
def chase_requests() -> None:
    """Bring up the requests for a place that nobody has decided on."""
    chasing.queue_due(now=timezone.now())
