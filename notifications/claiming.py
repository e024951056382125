"""Whose turn it is: what is due, who holds it for how long, and what is not owed any more.

Only the database's clock decides, so that a worker whose clock is wrong sends nothing early.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Concat, Left
from psycopg import Cursor

from accounts.models import User
from notifications import kinds
from notifications.models import Notification

State = Notification.State
LEASE = timedelta(minutes=5)  # of the message in hand
WAIT = timedelta(seconds=30)  # of the others of its batch: who dies or hangs holds them no longer
HOLD = timedelta(minutes=10)  # after the lease of one that may have been accepted
HOLD_URGENT = timedelta(minutes=2)  # when it is of use for half an hour at most
PARK_AFTER = 8  # times in a row that it came to nothing through our own fault
# What the mail server said meanwhile stands behind it.
_TOO_LATE = Case(
    When(reason="", then=Value("it came too late")),
    default=Left(Concat(Value("it came too late: "), "reason"), 200),
)
_UNRECORDED = "it came too late, or was sent unrecorded"


def database_time() -> datetime:
    """Return the database's time of day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def tidy(now: datetime) -> None:
    """Stop owing what is useless, withdrawn, a danger, or replaced by a later one."""
    waiting = Notification.objects.filter(state__in=[State.PENDING, State.HELD])
    held = Notification.objects.filter(state__in=[State.CLAIMED, State.SENDING])
    left = held.filter(lease_until__lte=now - HOLD)
    waiting.filter(useful_until__lte=now).finish(State.EXPIRED, reason=_TOO_LATE)
    left.filter(useful_until__lte=now).finish(State.EXPIRED, reason=_UNRECORDED)
    (waiting | left).filter(is_void=True).finish(State.CANCELLED)
    left.filter(faults__gte=PARK_AFTER).finish(
        State.PARKED, reason="workers ended eight times while they had it"
    )
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, {"now": now, "kinds": kinds.replacing()})


def claim(now: datetime, count: int) -> list[Notification]:
    """Take up to `count` due messages that nobody else holds, for a short while.

    One that was begun before and came to nothing is suspected of ending its worker: it comes
    last and alone, so that it delays no other message.
    """
    return _claim(now, count, suspects=False) or _claim(now, 1, suspects=True)


def claim_probe(now: datetime) -> list[Notification]:
    """Take one due message to try the mail server with: one that was tried least often."""
    return _claim(now, 1, suspects=False, order="attempts, priority, due_at, id")


def begin(notification: Notification) -> bool:
    """Take one claimed message in hand; return whether it is still ours.

    Until it comes to an outcome this counts as a fault: its worker may die of it.
    """
    marks = {"id": notification.pk, "claim": notification.claim, "lease": LEASE}
    notification.attempts, notification.faults = notification.attempts + 1, notification.faults + 1
    return run_prepared(_BEGIN, marks) == 1


def run_prepared(statement: str, marks: Mapping[str, Any]) -> int:
    """Run what every message costs, with values that the server binds.

    It is planned once a connection only where `prepare_threshold` is set; Django sets none.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(statement, marks, prepare=True).rowcount


def let_go(batch: list[Notification]) -> None:
    """Give back what was claimed but not begun."""
    mine = Q(pk__in=[one.pk for one in batch], claim__in={one.claim for one in batch})
    Notification.objects.filter(mine, state=State.CLAIMED).update(state=State.PENDING)


def _claim(
    now: datetime, count: int, *, suspects: bool, order: str = "priority, due_at, id"
) -> list[Notification]:
    marks: dict[str, datetime | int | UUID] = {
        "now": now,
        "count": count,
        "suspects": suspects,
        "claim": uuid4(),
        "lease": now + WAIT,
        "held": now - HOLD,
        "held_urgent": now - HOLD_URGENT,
        "soon": now + timedelta(minutes=40),
    }
    taken = list(Notification.objects.raw(_CLAIM.format(order=order), marks))
    people = User.objects.in_bulk({one.recipient_id for one in taken if one.recipient_id})
    for one in taken:
        one.claimed_at = now
        one.recipient = people.get(one.recipient_id) if one.recipient_id else None
    return sorted(taken, key=lambda one: (one.priority, one.due_at, one.pk))


# Materialized: a subquery that the planner runs again would take more than its limit.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_notification
    WHERE state IN ('pending', 'claimed', 'sending') AND due_at <= %(now)s AND NOT is_void
      AND (faults > 0) = %(suspects)s
      AND CASE state
          WHEN 'pending' THEN COALESCE(next_try_at <= %(now)s, true)
          WHEN 'claimed' THEN lease_until <= %(now)s
          ELSE lease_until <= CASE WHEN useful_until <= %(soon)s
                                   THEN %(held_urgent)s ELSE %(held)s END
          END
    ORDER BY {order}
    FOR UPDATE SKIP LOCKED
    LIMIT %(count)s
)
UPDATE notifications_notification AS taken
SET state = 'claimed', claim = %(claim)s, lease_until = %(lease)s
FROM due WHERE taken.id = due.id
RETURNING taken.*
"""
_BEGIN = """
UPDATE notifications_notification
SET attempts = attempts + 1, faults = faults + 1, lease_until = clock_timestamp() + %(lease)s
WHERE id = %(id)s AND claim = %(claim)s AND state = 'claimed'
"""
_SUPERSEDE = """
UPDATE notifications_notification AS old
SET state = 'superseded', reason = 'a later reminder says the same', context = '{}'
WHERE old.state = 'pending' AND old.kind = ANY(%(kinds)s) AND old.due_at <= %(now)s
  AND EXISTS (
    SELECT 1 FROM notifications_notification AS new
    WHERE new.recipient_id = old.recipient_id AND new.about = old.about AND new.kind = old.kind
      AND new.state = 'pending' AND new.due_at <= %(now)s AND new.due_at > old.due_at
  )
"""
