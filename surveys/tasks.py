"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from surveys import alarms, inquiring, reminders
from surveys.models import Wave


@shared_task
def queue_reminders() -> None:
    """Owe the reminders that are due now."""
    reminders.queue_due(now=timezone.now())
    inquiring.queue_reminders(now=timezone.now())


@shared_task
def audit_published() -> None:
    """Try what is published again: agencies open and narrow answers all the time."""
    for wave in Wave.objects.filter(releases__isnull=False).distinct().order_by("pk"):
        alarms.record(wave=wave, now=timezone.now())
