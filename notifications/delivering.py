"""Send what is owed: claim, last look, send, settle. Each message is settled by itself.

The states and the reasons for this order stand in docs/adr/0002-outbox.md. Only the database's
clock decides what is due, so that a worker whose clock is wrong sends nothing early.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.db import OperationalError, connection, transaction

from notifications import kinds, rendering, suppressing, unsubscribing
from notifications.kinds import Dropped, Letter
from notifications.models import NECESSARY, Category, Notification, Suppression

State = Notification.State
LEASE = timedelta(minutes=5)
HOLD = timedelta(minutes=10)  # after the lease of one that may have been accepted
HOLD_URGENT = timedelta(minutes=2)  # when it is of use for half an hour at most
BATCH = 20  # claimed at once
FIRST_RETRY, LAST_RETRY = 30, 15 * 60  # seconds
PARK_AFTER = 8  # attempts that failed through our own fault
DAY = range(7, 21)  # hours in which a message that can wait is sent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

log = structlog.get_logger(__name__)


def drain(limit: int = 500) -> int:
    """Send at most `limit` messages over one kept connection; return how many were handled."""
    tidy(database_time())
    post = _Post()
    handled = 0
    try:
        while handled < limit and (batch := claim(database_time(), min(BATCH, limit - handled))):
            for notification in batch:
                deliver(notification, post)
            handled += len(batch)
    finally:
        post.close()
    return handled


def database_time() -> datetime:
    """Return the database's time of day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def tidy(now: datetime) -> None:
    """Stop owing what has become useless or has been overtaken by a later reminder."""
    owed = Notification.objects.filter(state=State.PENDING)
    owed.filter(useful_until__lte=now).update(state=State.EXPIRED, reason="it came too late")
    Notification.objects.filter(
        state__in=[State.CLAIMED, State.SENDING], useful_until__lte=now, lease_until__lte=now - HOLD
    ).update(state=State.EXPIRED, reason="it came too late, or was sent unrecorded")
    owed.filter(is_void=True).update(state=State.CANCELLED)
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, {"now": now})


def claim(now: datetime, count: int) -> list[Notification]:
    """Take up to `count` due messages that nobody else holds, for the time of a lease."""
    mark = uuid4()
    marks: dict[str, datetime | int | UUID] = {
        "now": now,
        "count": count,
        "claim": mark,
        "lease": now + LEASE,
        "held": now - HOLD,
        "held_urgent": now - HOLD_URGENT,
        "soon": now + timedelta(minutes=40),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, marks)
        taken = [row[0] for row in cursor.fetchall()]
    if not taken:
        return []
    return list(
        Notification.objects.filter(pk__in=taken, claim=mark)
        .select_related("recipient")
        .order_by("priority", "due_at", "pk")
    )


def deliver(notification: Notification, post: "_Post") -> None:
    """Bring one claimed message to its end, or back among those that are owed."""
    try:
        message = rendering.render(notification, _last_look(notification))
    except _Stop as stop:
        _settle(notification, State.CLAIMED, **stop.values)
        return
    except Exception:
        log.exception("message_cannot_be_written", outbox_id=notification.pk)
        _set_aside(notification)
        return
    if _settle(notification, State.CLAIMED, state=State.SENDING, subject=message.subject):
        post.send(notification, message)


class _Stop(Exception):
    """The message does not go now; `values` say what becomes of it."""

    def __init__(self, state: str, reason: str, next_try_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.values = {"state": state, "reason": reason[:200], "next_try_at": next_try_at}


class _Post:
    """The kept connection to the mail server, and what each of its answers means."""

    def __init__(self) -> None:
        self.backend = EmailBackend()
        self.is_open = False

    def close(self) -> None:
        if self.is_open:
            self.backend.close()
            self.is_open = False

    def send(self, notification: Notification, message: object) -> None:
        try:
            self.is_open = self.is_open or bool(self.backend.open())
        except (OSError, SMTPResponseException) as fault:
            self.close()
            _postpone(notification, f"the mail server cannot be reached: {fault}")
            return
        try:
            self.backend.send_messages([message])  # type: ignore[list-item] # an EmailMessage
        except SMTPRecipientsRefused as fault:
            _refused(notification, *next(iter(fault.recipients.values())), is_address=True)
        except (SMTPServerDisconnected, TimeoutError, ConnectionError):
            # It may have been accepted: it stays on the wire until lease and hold are over.
            self.is_open = False
            self.backend.connection = None
        except SMTPResponseException as fault:
            _refused(notification, fault.smtp_code, fault.smtp_error, is_address=False)
        else:
            sent = {"state": State.SENT, "sent_at": database_time()}
            _settle(notification, State.SENDING, **sent)


def _last_look(notification: Notification) -> Letter:
    """Return what the message says now, or raise _Stop when it must not go, or not yet."""
    now = database_time()
    person = notification.recipient
    if person is not None:
        notification.address = person.email
    if notification.useful_until and notification.useful_until <= now:
        raise _Stop(State.EXPIRED, "it came too late")
    try:
        letter = kinds.get(notification.kind).write(notification)
    except Dropped as point:
        raise _Stop(State.CANCELLED, str(point)) from None
    if reason := _unwanted(notification):
        raise _Stop(State.SUPPRESSED, reason)
    if person is not None and letter.can_wait:
        local = now.astimezone(person.zone)
        if local.hour not in DAY:
            raise _Stop(State.PENDING, "", _morning(local))
    return letter


def _morning(local: datetime) -> datetime:
    morning = local.replace(hour=DAY.start, minute=0, second=0, microsecond=0)
    return morning if local.hour < DAY.start else morning + timedelta(days=1)


def _unwanted(notification: Notification) -> str:
    """Say why this person or address must not get it, or nothing."""
    person = notification.recipient
    if suppressing.is_suppressed(notification.address):
        return "mail to this address came back, or its reader complained"
    if person is None:
        return ""
    if not person.is_active:
        return "the account is closed"
    if person.is_demo and getattr(settings, "EMAIL_HOST", "") not in LOOPBACK:
        return "a demonstration person gets no real mail"
    category = Category(notification.category)
    if category not in NECESSARY and category not in unsubscribing.wanted(person):
        return "the person has switched this category off"
    return ""


def _refused(notification: Notification, code: int, said: object, *, is_address: bool) -> None:
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    reason = f"{code} {words}"[:200]
    if code < 500:
        _postpone(notification, reason)
        return
    _settle(notification, State.SENDING, state=State.FAILED, reason=reason)
    if is_address:
        suppressing.suppress(
            address=notification.address, reason=Suppression.Reason.BOUNCE, now=database_time()
        )


def _postpone(notification: Notification, reason: str) -> None:
    """Try again later: after half a minute, then longer, at most a quarter of an hour."""
    seconds = min(LAST_RETRY, FIRST_RETRY * 2 ** min(notification.attempts - 1, 6))
    delay = timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 not a secret
    later = {"state": State.PENDING, "next_try_at": database_time() + delay}
    _settle(notification, State.SENDING, reason=reason[:200], **later)


def _set_aside(notification: Notification) -> None:
    """One that cannot be written is tried again, but not for ever."""
    if notification.attempts >= PARK_AFTER:
        reason = "it could not be written; the log says why"
        _settle(notification, State.CLAIMED, state=State.PARKED, reason=reason)
        return
    later = database_time() + timedelta(seconds=FIRST_RETRY * notification.attempts)
    _settle(notification, State.CLAIMED, state=State.PENDING, next_try_at=later)


def _settle(notification: Notification, expected: str, **values: object) -> bool:
    """Write what became of it, if it is still ours; keep trying while the database is away."""
    values = {"address": notification.address, "reason": "", **values}
    values["message_id"] = rendering.message_id(notification)
    ours = Notification.objects.filter(pk=notification.pk, claim=notification.claim, state=expected)
    return bool(_patiently(lambda: ours.update(**values)))


def _patiently(update: Callable[[], int]) -> int:
    deadline = time.monotonic() + LEASE.total_seconds() / 2
    while True:
        try:
            return update()
        except OperationalError:
            if transaction.get_connection().in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.5)


_CLAIM = """
UPDATE notifications_notification
SET state = 'claimed', claim = %(claim)s, lease_until = %(lease)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM notifications_notification
    WHERE state IN ('pending', 'claimed', 'sending') AND due_at <= %(now)s AND NOT is_void
      AND CASE state
          WHEN 'pending' THEN COALESCE(next_try_at <= %(now)s, true)
          WHEN 'claimed' THEN lease_until <= %(now)s
          ELSE lease_until <= CASE WHEN useful_until <= %(soon)s
                                   THEN %(held_urgent)s ELSE %(held)s END
          END
    ORDER BY priority, due_at, id
    FOR UPDATE SKIP LOCKED
    LIMIT %(count)s
)
RETURNING id
"""
_SUPERSEDE = """
UPDATE notifications_notification AS old
SET state = 'superseded', reason = 'a later reminder says the same'
WHERE old.state = 'pending' AND old.category = 'reminders' AND old.due_at <= %(now)s
  AND EXISTS (
    SELECT 1 FROM notifications_notification AS new
    WHERE new.recipient_id = old.recipient_id AND new.about = old.about AND new.kind = old.kind
      AND new.state = 'pending' AND new.due_at <= %(now)s AND new.due_at > old.due_at
  )
"""
