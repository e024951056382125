"""The outbox: what is owed is a row in the same transaction as the change that owes it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from celery import current_app
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from kombu.exceptions import OperationalError

from accounts.models import User
from notifications.models import Notification, NotificationQuerySet

AT_ONCE = 500  # held in memory and written together


def queue(notifications: Iterable[Notification]) -> None:
    """Owe these messages; one whose key is owed already is left as it is."""
    rest, is_any = iter(notifications), False
    while owed := list(islice(rest, AT_ONCE)):
        Notification.objects.bulk_create(owed, ignore_conflicts=True)
        is_any = True
    if is_any:
        transaction.on_commit(look_now)


def follow_zone(person: User) -> None:
    """Ask anew when it is morning for this person, whose time zone has changed."""
    if person.notifications.for_morning().update(next_try_at=None):
        transaction.on_commit(look_now)


def is_owed(kind: str, about: str, due_at: Combinable) -> Exists:
    """Return whether the outbox has this message about a row already, whatever became of it.

    `about` is what stands before the row's key; `due_at` is said in terms of the row.
    """
    return Exists(_about_row([kind], about).filter(due_at=due_at))


def is_told_after(kinds: Collection[str], about: str, moment: Combinable) -> Exists:
    """Return whether a message of one of these kinds about a row was due after the moment."""
    return Exists(_about_row(kinds, about).filter(due_at__gt=moment))


def withdraw(*about: str, reason: str, now: datetime) -> None:
    """Stop owing what is about these things; what is on the wire is never sent a second time."""
    withdraw_all(Notification.objects.filter(about__in=about), reason=reason)


def withdraw_all(owed: NotificationQuerySet, *, reason: str) -> None:
    """Stop owing these; what is on the wire is never sent a second time."""
    owed.open().finish(Notification.State.CANCELLED, reason=reason)
    owed.filter(state=Notification.State.SENDING).update(is_void=True, reason=reason)


def withdraw_due(*, before: datetime) -> int:
    """Stop owing what was due before this moment; return how many messages that were."""
    due = Notification.objects.filter(due_at__lt=before)
    on_the_wire = due.filter(state=Notification.State.SENDING, is_void=False)
    reason = "the system was restored; the one before it has sent this"
    voided = on_the_wire.update(is_void=True, reason=reason)
    return voided + due.open().finish(Notification.State.CANCELLED, reason=reason)


def _about_row(kinds: Collection[str], about: str) -> NotificationQuerySet:
    named = Concat(Value(f"{about}/"), Cast(OuterRef("pk"), CharField()))
    return Notification.objects.filter(about=named, kind__in=kinds)


def look_now() -> None:
    """Wake a worker; without a broker the next tick finds what is owed all the same."""
    try:
        current_app.send_task("notifications.tasks.drain", expires=60, retry=False)
    except (OperationalError, OSError):
        return
