"""Send what is owed: claim, last look, send, settle. Each message is settled by itself.

The states and the reasons for this order stand in docs/adr/0002-outbox.md.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils import translation

from notifications import (
    claiming,
    deadlines,
    digesting,
    kinds,
    outcomes,
    posting,
    relaying,
    rendering,
    stencils,
    suppressing,
    unsubscribing,
)
from notifications.claiming import database_time
from notifications.kinds import Dropped, Letter
from notifications.models import Notification, Preference
from notifications.posting import Post
from notifications.relaying import Way
from notifications.rendering import language_of

State = Notification.State
Pace = Preference.Pace
BATCH = 20  # claimed at once
WRITING = 30.0  # seconds that one message may take to be written
DAY = range(7, 21)  # hours in which a message that can wait is sent
URGENT = timedelta(hours=24)  # what happens so soon is told at any hour
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

log = structlog.get_logger(__name__)


def drain(limit: int = 500, call_fellow: Callable[[], None] | None = None) -> int:
    """Send at most `limit` messages over one kept connection; return how many were handled.

    Once a full batch has gone out there may be work for two: `call_fellow` is called then, once.
    Does nothing while the setting SENDS_MAIL is off: what is owed stays owed.
    """
    if not settings.SENDS_MAIL:
        return 0
    claiming.tidy(database_time())
    handled = 0
    with Post() as post:
        while handled < limit:
            claimed, done = _next_batch(min(BATCH, limit - handled), post)
            handled += done
            if not claimed or done < claimed:  # none may go, or the mail server is gone
                break
            if call_fellow and handled == BATCH:
                call_fellow()
    return handled


def _next_batch(most: int, post: Post) -> tuple[int, int]:
    """Deliver what is due next; return how many were claimed, and how many handled."""
    now = database_time()
    way = relaying.way(now)
    if way == Way.SHUT:
        return 0, 0
    batch = claiming.claim_probe(now) if way == Way.PROBE else claiming.claim(now, most)
    done = _deliver_all(batch, post)
    if way == Way.PROBE:
        relaying.settle_probe(now)
    return len(batch), done


def _deliver_all(batch: list[Notification], post: Post) -> int:
    """Deliver until the mail server is gone or takes nothing; return how many were handled."""
    for number, notification in enumerate(kinds.looked_up(batch)):
        try:
            deliver(notification, post)
        except posting.Unreachable as fault:
            outcomes.postpone(notification, f"the mail server cannot be reached: {fault}")
            relaying.note_closed(str(fault), is_refusal=fault.is_refusal, now=database_time())
            claiming.let_go(batch[number + 1 :])
            return number + 1
        except relaying.Stopped:
            claiming.let_go(batch[number + 1 :])
            return number + 1
    return len(batch)


def deliver(notification: Notification, post: Post) -> None:
    """Bring one claimed message to its end, or back among those that are owed.

    Raises posting.Unreachable, with the message still on our side, or relaying.Stopped.
    """
    if not claiming.begin(notification):
        return  # it waited for its turn too long, and has become somebody else's
    try:
        message = _written(notification)
        may_go = _may_go(notification, message.subject)
    except NotNow as stop:
        stop.settle(notification)
        return
    except Exception as fault:
        if isinstance(fault, outcomes.DATABASE_IS_AWAY) and not connection.is_usable():
            raise  # else it took the database too long: a fault like any other
        log.exception("message_cannot_be_written", outbox_id=notification.pk)
        outcomes.set_aside(notification)
        return
    if may_go:
        _send(notification, message.sender, message.content, post)
    else:
        _say_why_not(notification)


def _written(notification: Notification) -> stencils.Written:
    """Return the message as it goes over the wire; writing that hangs is given up."""
    with deadlines.within(WRITING), translation.override(language_of(notification.recipient)):
        return stencils.write(notification, letter_of(notification))


class NotNow(Exception):
    """The message does not go now; says what becomes of it instead."""

    def __init__(self, state: State, reason: str, next_try_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.state, self.reason, self.next_try_at = state, reason, next_try_at

    def settle(self, notification: Notification) -> None:
        """Write down what becomes of it."""
        if self.state == State.PENDING:
            outcomes.put_back(notification, State.CLAIMED, self.reason, self.next_try_at)
        else:
            outcomes.finish(notification, State.CLAIMED, self.state, self.reason)


def letter_of(notification: Notification) -> Letter:
    """Return what the message says now, or raise NotNow when it must not go, or not yet."""
    now = notification.claimed_at
    person = notification.recipient
    if person is not None:
        notification.address = person.email
    if notification.useful_until and notification.useful_until <= now:
        raise NotNow(State.EXPIRED, "it came too late")
    if person is not None and person.is_demo and settings.EMAIL_HOST not in LOOPBACK:
        raise NotNow(State.SUPPRESSED, "a demonstration person gets no real mail")
    try:
        letter = kinds.get(notification.kind).write(notification)
    except Dropped as point:
        raise NotNow(State.CANCELLED, str(point)) from None
    if person is not None and letter.can_wait and not _is_soon(letter.happens_at, now):
        local = now.astimezone(person.zone)
        morning = _morning(local)
        is_of_use = notification.useful_until is None or notification.useful_until > morning
        if local.hour not in DAY and is_of_use:
            raise NotNow(State.PENDING, "", morning)
    return letter


def _is_soon(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment - now <= URGENT


def _morning(local: datetime) -> datetime:
    morning = local.replace(hour=DAY.start, minute=0, second=0, microsecond=0, fold=0)
    return morning if local.hour < DAY.start else morning + timedelta(days=1)


def _may_go(notification: Notification, subject: str) -> bool:
    """Take the last look and the step onto the wire, both in one statement.

    Still ours, within the lease, not withdrawn and not too late; and its reader may and wants to
    get it. A withdrawal that is under way holds the row: we wait for it and see it.
    """
    marks = {
        "id": notification.pk,
        "claim": notification.claim,
        "subject": subject,
        "message_id": rendering.message_id(notification),
        "address": notification.address,
        "hash": suppressing.hashed(notification.address),
        "ignorable": [str(one) for one in suppressing.ignorable(notification.category)],
        "is_digest": notification.kind == digesting.KIND,
        "digest_at": _digest_at(notification),
    }
    return claiming.run_prepared(_STEP, marks) == 1


def _say_why_not(notification: Notification) -> None:
    """Write down why the last look forbade it; nothing if it has become somebody else's."""
    ours = Notification.objects.select_related("recipient").filter(
        pk=notification.pk,
        claim=notification.claim,
        state=State.CLAIMED,
        is_void=False,
        lease_until__gt=Now(),
    )
    for current in kinds.looked_up(list(ours)):
        current.claimed_at = database_time()
        try:
            letter_of(current)
        except NotNow as stop:
            stop.settle(current)
            return
        if _waits_for_digest(current):
            ours.update(state=State.HELD, reason="", attempts=0, faults=0)
        elif reason := _unwanted(current):
            outcomes.finish(current, State.CLAIMED, State.SUPPRESSED, reason)
        else:  # it was forbidden for a moment only
            outcomes.put_back(
                current, State.CLAIMED, "", Now() + timedelta(seconds=outcomes.FIRST_RETRY)
            )


def _digest_at(notification: Notification) -> datetime:
    """Return when the reader's next weekly digest is made."""
    person = notification.recipient
    return digesting.following(notification.claimed_at, person.zone if person else UTC)


def _waits_for_digest(notification: Notification) -> bool:
    """Whether the reader hears of this once a week, and it is of use until then."""
    person, until = notification.recipient, notification.useful_until
    return (
        person is not None
        and not _unwanted(notification)
        and unsubscribing.pace(person, notification.category) == Pace.WEEKLY
        and (until is None or until > _digest_at(notification))
        and notification.kind != digesting.KIND
    )


def _unwanted(notification: Notification) -> str:
    """Say why this person or address must not get it, or nothing."""
    person = notification.recipient
    if reason := suppressing.why(notification.address, notification.category):
        return reason
    if person is None:
        return ""
    if not person.is_active:
        return "the account is closed"
    if unsubscribing.pace(person, notification.category) == Pace.OFF:
        return "the person has switched this category off"
    return ""


def _send(notification: Notification, sender: str, content: bytes, post: Post) -> None:
    try:
        post.send(sender, notification.address, content)
    except posting.Unreachable:
        raise
    except posting.Refused as fault:
        outcomes.refused(notification, fault)
    except posting.Unsure:
        log.warning("message_in_doubt", outbox_id=notification.pk)  # until lease and hold are over
    except Exception:  # ours; in doubt, too
        log.exception("message_cannot_be_sent", outbox_id=notification.pk)
    else:
        outcomes.sent(notification)


_STEP = """
UPDATE notifications_notification AS one
SET state = 'sending', subject = %(subject)s, address = %(address)s,
    message_id = %(message_id)s, reason = ''
WHERE id = %(id)s AND claim = %(claim)s AND state = 'claimed' AND NOT is_void
  AND lease_until > clock_timestamp()
  AND (useful_until IS NULL OR useful_until > clock_timestamp())
  AND (recipient_id IS NULL OR EXISTS (
    SELECT 1 FROM accounts_user AS person
    WHERE person.id = one.recipient_id AND person.is_active AND person.email = %(address)s))
  AND NOT EXISTS (
    SELECT 1 FROM notifications_suppression
    WHERE address_hash = %(hash)s AND reason <> ALL (%(ignorable)s))
  AND NOT EXISTS (
    SELECT 1 FROM notifications_preference AS choice
    WHERE choice.person_id = one.recipient_id AND choice.category = one.category
      AND (choice.pace = 'off' OR (choice.pace = 'weekly' AND NOT %(is_digest)s
           AND (one.useful_until IS NULL OR one.useful_until > %(digest_at)s))))
"""
