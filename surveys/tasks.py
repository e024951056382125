"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from surveys import inquiring, reminders


@shared_task
def queue_reminders() -> None:
    """Owe the reminders that are due now."""
    reminders.queue_due(now=timezone.now())
    inquiring.queue_reminders(now=timezone.now())
