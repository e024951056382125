"""Work that the clock starts, and that a press may start earlier."""

from celery import shared_task
from django.utils import timezone

from jobs import queue, running

AN_HOUR = 3600  # seconds


@shared_task(time_limit=AN_HOUR)
def run_waiting() -> None:
    """Do what people wait for."""
    running.run_waiting()


@shared_task
def forget() -> None:
    """Remove what is not kept any longer."""
    queue.forget(now=timezone.now())
