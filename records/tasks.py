"""Work that the clock starts."""

from celery import shared_task
from django.utils import timezone

from records import forgetting


@shared_task
def forget_attendance_times() -> None:
    """Forget when people joined and left, where that is due."""
    forgetting.forget_due(now=timezone.now())
