"""The outbox: what is owed is a row in the same transaction as the change that owes it."""

from collections.abc import Iterable
from datetime import datetime

from notifications.models import Notification


def queue(notifications: Iterable[Notification]) -> None:
    """Owe these messages; one whose key is owed already is left as it is."""
    Notification.objects.bulk_create(notifications, batch_size=500, ignore_conflicts=True)


def withdraw(*about: str, reason: str, now: datetime) -> None:
    """Stop owing what is about these things; what is on the wire is never sent a second time."""
    owed = Notification.objects.filter(about__in=about)
    owed.open().update(state=Notification.State.CANCELLED, reason=reason)
    owed.filter(state=Notification.State.SENDING).update(is_void=True, reason=reason)
