"""Who went in."""

from datetime import datetime

from webinars.models import Registration


def enter(*, place: Registration, now: datetime) -> None:
    """Note when somebody first pressed Join; it says nothing of how long they stayed."""
    first = Registration.objects.filter(pk=place.pk, entered_at__isnull=True)
    first.update(entered_at=now)
