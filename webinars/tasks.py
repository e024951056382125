"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from webinars import offering, presenting, publishing, registration, reminders


@shared_task
def queue_reminders() -> None:
    """Owe the reminders and thanks that are due now."""
    now = timezone.now()
    reminders.queue_due(now=now)
    reminders.queue_thanks(now=now)
    presenting.queue_due(now=now)


@shared_task
def publish_due() -> None:
    """Announce the drafts whose moment has come."""
    publishing.publish_due(now=timezone.now())


@shared_task
def settle_offers() -> None:
    """End the offers whose time is over and let others move up."""
    offering.settle_due(now=timezone.now())


@shared_task
def release_leavers() -> None:
    """Free the places of who may not see a coming webinar any more."""
    registration.release_leavers(now=timezone.now())
