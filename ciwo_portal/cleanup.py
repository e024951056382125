"""What the portal forgets each night, a thousand rows a statement.

Nothing goes that an agency owns or that belongs to the record of the programme. docs/operations.md
says for how long each is kept.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from accounts.models import User
from library.models import Download
from notifications.models import DeliveryEvent, Notification, Preference, SoftBounce
from notifications.suppressing import SOFT_WITHIN


class NotAll(Exception):
    """Something that is due could not be forgotten."""


BATCH = 1000  # rows a statement
_OWN = (EmailAddress, Notification, Preference)  # what an account that was never used has

log = structlog.get_logger(__name__)


def clean_up(*, now: datetime) -> dict[str, int]:
    """Forget what is due, and return how many rows of each; twice forgets nothing more.

    What cannot be forgotten keeps nothing else from it. Raises NotAll in the end.
    """
    forgotten, kept = dict[str, int](), list[str]()
    for name, forget in _steps(now).items():
        try:
            forgotten[name] = forget()
        except DatabaseError:
            log.exception("not_cleaned_up", what=name)
            kept.append(name)
    log.info("cleaned_up", **forgotten)
    if kept:
        raise NotAll(f"The log says why these were not cleaned up: {', '.join(kept)}")
    return forgotten


def _steps(now: datetime) -> Mapping[str, Callable[[], int]]:
    steps = {name: partial(_delete, rows(now)) for name, rows in KEPT.items()}
    return steps | {"limits": partial(_delete_limits, now)}


def _sessions(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now)


def _messages(now: datetime) -> QuerySet[Notification]:
    """Return finished messages that nobody can owe once more.

    A message is owed once as long as its row stands. Those that say until when they were of use
    belong to what is long over; the others stay for good.
    """
    ago = now - timedelta(days=settings.OUTBOX_DAYS)
    state = Notification.State
    owed = [state.PENDING, state.HELD, state.CLAIMED, state.SENDING]
    return Notification.objects.filter(due_at__lt=ago, useful_until__lt=ago).exclude(state__in=owed)


def _reports(now: datetime) -> QuerySet[DeliveryEvent]:
    ago = now - timedelta(days=settings.DELIVERY_REPORT_DAYS)
    return DeliveryEvent.objects.filter(noted_at__lt=ago)


def _soft_bounces(now: datetime) -> QuerySet[SoftBounce]:
    return SoftBounce.objects.filter(noted_at__lt=now - SOFT_WITHIN)


def _downloads(now: datetime) -> QuerySet[Download]:
    return Download.objects.filter(at__lt=now - timedelta(days=settings.DOWNLOAD_LOG_DAYS))


def _accounts(now: datetime) -> QuerySet[User]:
    """Return accounts whose address was never confirmed, and to which nothing refers."""
    ago = now - timedelta(days=settings.UNVERIFIED_ACCOUNT_DAYS)
    unused = User.objects.filter(joined_at__lt=ago, last_login=None, is_demo=False)
    unused = unused.filter(is_organiser=False, is_staff=False, is_superuser=False)
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    unused = unused.filter(Exists(addresses), ~Exists(addresses.filter(verified=True)))
    return unused.filter(*(~one for one in _references()))


def _references() -> list[Exists]:
    """Return, for each table that can refer to a person, whether one of its rows does."""
    relations = [
        field
        for field in User._meta.get_fields(include_hidden=True)
        if isinstance(field, ForeignObjectRel) and field.related_model not in _OWN
    ]
    rows: list[QuerySet[Any]] = [
        QuerySet(one.related_model).filter(**{one.field.name: OuterRef("pk")}) for one in relations
    ]
    return [Exists(some) for some in rows]


KEPT: Mapping[str, Callable[[datetime], QuerySet[Any]]] = {
    "sessions": _sessions,
    "reports": _reports,
    "soft_bounces": _soft_bounces,
    "messages": _messages,
    "downloads": _downloads,
    "accounts": _accounts,
}


def _delete(rows: QuerySet[Any]) -> int:
    """Delete the rows, and return how many they were; each statement by itself."""
    count, some = 0, list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    while some:
        rows.filter(pk__in=some).delete()
        count += len(some)
        after = rows.filter(pk__gt=some[-1]).order_by("pk")
        some = list(after.values_list("pk", flat=True)[:BATCH])
    return count


def _delete_limits(now: datetime) -> int:
    """Delete counts of tries that do not count any more, where Redis was away."""
    count = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_LIMITS, {"now": now, "most": BATCH})
            deleted: int = cursor.rowcount
            count += deleted
            if deleted < BATCH:
                return count


_LIMITS = """
DELETE FROM accounts_limits WHERE cache_key IN (
    SELECT cache_key FROM accounts_limits WHERE expires < %(now)s LIMIT %(most)s
)
"""
