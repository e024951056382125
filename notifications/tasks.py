"""Work that the clock starts."""

from celery import shared_task

from notifications import delivering


@shared_task
def drain() -> None:
    """Send what is owed now."""
    delivering.drain()
