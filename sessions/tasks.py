"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from sessions import invitations, reminders


@shared_task
def queue_reminders() -> None:
    """Owe the reminders that are due now."""
    reminders.queue_due(now=timezone.now())


@shared_task
def invite_newcomers() -> None:
    """Ask who has joined a community since its sessions were announced."""
    invitations.invite_newcomers(now=timezone.now())


@shared_task
def release_leavers() -> None:
    """Take the coming sessions back from who left their communities."""
    invitations.release_leavers(now=timezone.now())
