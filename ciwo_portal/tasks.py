"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from ciwo_portal import cleanup


@shared_task
def clean_up() -> None:
    """Forget what nobody needs any more."""
    cleanup.clean_up(now=timezone.now())
