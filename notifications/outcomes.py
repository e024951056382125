"""What becomes of a message that was tried: written down, however long the database is away."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from notifications import claiming, posting, relaying, suppressing
from notifications.claiming import PARK_AFTER, database_time
from notifications.models import Notification, NotificationQuerySet

State = Notification.State
FIRST_RETRY, LAST_RETRY = 30, 15 * 60  # seconds
LAST_RETRY_REFUSED = 2 * 60 * 60  # of one that the server refuses for good, but for no reason of it
TIRED_AFTER = timedelta(days=3)  # of refusals, where nothing says until when it is of use
PATIENCE = claiming.LEASE.total_seconds() / 2  # how long a result waits for the database
DATABASE_IS_AWAY = (OperationalError, InterfaceError)


def sent(notification: Notification) -> None:
    """Write down that the server has it: once, or a death before this repeats the message."""
    marks = {"id": notification.pk, "claim": notification.claim}

    _patiently(lambda: claiming.run_prepared(_SENT, marks))


def refused(notification: Notification, fault: posting.Refused) -> None:
    """Draw the consequences of a refusal: of this address, or of what we send.

    What is said of all that we send is no message's fault. One fails for good only if the server
    took others meanwhile; until then it waits like everything else.
    """
    now, words = database_time(), str(fault)
    if fault.is_address:
        suppressing.note_refusal(notification, fault.code, words, now=now)
    if fault.code >= 500 and (fault.is_address or relaying.takes_others(notification)):
        finish(notification, State.SENDING, State.FAILED, words)
    elif _is_tired(notification, now):
        days = f"refused for {TIRED_AFTER.days} days: {words}"
        finish(notification, State.SENDING, State.FAILED, days)
    else:
        _try_again(notification, fault, now)
    if fault.is_address and suppressing.is_dislike(fault.code, words):
        relaying.note_unwelcome(notification, words, now=now)


def _try_again(notification: Notification, fault: posting.Refused, now: datetime) -> None:
    values: dict[str, Any] = {"refused_since": notification.refused_since or now}
    if fault.is_address:
        postpone(notification, str(fault), **values)
        return
    last = LAST_RETRY if fault.code < 500 else LAST_RETRY_REFUSED
    postpone(notification, str(fault), last, refused_at=now, **values)
    relaying.note_refusal(notification, str(fault), now=now)


def _is_tired(notification: Notification, now: datetime) -> bool:
    """Whether it has been refused for days, and would be for ever."""
    since = notification.refused_since
    is_endless = notification.useful_until is None and relaying.current() is None
    return is_endless and since is not None and since <= now - TIRED_AFTER


def postpone(
    notification: Notification, reason: str, last: int = LAST_RETRY, **values: Any
) -> None:
    """Try again later: after half a minute, then longer, at most `last` seconds."""
    seconds = min(last, FIRST_RETRY * 2 ** min(notification.attempts - 1, 8))
    later = Now() + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 not a secret
    put_back(notification, State.SENDING, reason, later, **values)


def set_aside(notification: Notification) -> None:
    """One that cannot be written is tried again, but not for ever."""
    if notification.faults >= PARK_AFTER:
        reason = "it could not be written; the log says why"
        finish(notification, State.CLAIMED, State.PARKED, reason)
        return
    later = Now() + timedelta(seconds=FIRST_RETRY * notification.faults)
    put_back(notification, State.CLAIMED, "", later, faults=notification.faults)


def put_back(
    notification: Notification, expected: State, reason: str, later: Any, **values: Any
) -> None:
    """Owe it again, if it is still ours; what was no fault of ours counts as none."""
    ours = _ours(notification, expected)
    changed = {"state": State.PENDING, "reason": reason[:200], "next_try_at": later, "faults": 0}
    _patiently(lambda: ours.update(**changed | values))


def finish(notification: Notification, expected: State, state: State, reason: str) -> None:
    """Write what became of it, if it is still ours."""
    ours = _ours(notification, expected)
    address = notification.address
    _patiently(lambda: ours.finish(state, reason=reason[:200], address=address))


def _ours(notification: Notification, expected: State) -> NotificationQuerySet:
    return Notification.objects.filter(pk=notification.pk, claim=notification.claim, state=expected)


def _patiently(update: Callable[[], int]) -> None:
    """Repeat the update while the database is away: the mail server has said its word."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            update()
        except DATABASE_IS_AWAY:
            if transaction.get_connection().in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.5)
        else:
            return


# The first message that is taken opens the way for all (notifications.relaying).
_SENT = """
WITH relay AS (
    UPDATE notifications_relay
    SET refusals = 0, domain = '', stopped_at = NULL, probe_at = NULL, probes = 0,
        accepted_at = clock_timestamp()
    WHERE refusals > 0
)
UPDATE notifications_notification
SET state = 'sent', sent_at = clock_timestamp(), context = '{}'
WHERE id = %(id)s AND claim = %(claim)s AND state = 'sending'
"""
