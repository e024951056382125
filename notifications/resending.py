"""Owe once more what failed to reach people, where it still has a point."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.utils import translation

from notifications import kinds, outbox, suppressing
from notifications.models import Notification, NotificationQuerySet, unseen
from notifications.rendering import language_of

log = structlog.get_logger(__name__)

MOST = 500  # looked at together; the rest can be sent after them


@dataclass
class Outlook:
    """What did not reach its reader: what can be sent again, and what is left alone, and why."""

    again: list[Notification] = field(default_factory=list)
    resting: list[Notification] = field(default_factory=list)  # nobody writes to the address
    late: list[Notification] = field(default_factory=list)
    settled: list[Notification] = field(default_factory=list)  # overtaken, or its words are gone
    older: int | None = None  # the key before which there may be more

    @property
    def count(self) -> int:
        """How many did not reach their readers."""
        return len(self.all)

    @property
    def all(self) -> list[Notification]:
        """All that did not reach their readers."""
        return [*self.again, *self.resting, *self.late, *self.settled]

    @property
    def unseen(self) -> list[Notification]:
        """Those that failed and that no organiser has left as they are."""
        return [one for one in self.all if one.state in Notification.FAULTY and not one.seen_at]


def outlook(rows: NotificationQuerySet, now: datetime, *, before: int | None = None) -> Outlook:
    """Return what sending these again could do; the latest MOST of them.

    `before` is the key that ends an earlier part: the next ones are those that are older.
    """
    found = Outlook()
    with_people = rows.not_reached().select_related("recipient")
    if before is not None:
        with_people = with_people.filter(pk__lt=before)
    failed = list(with_people.order_by("-pk")[:MOST])
    if len(failed) == MOST:
        found.older = failed[-1].pk
    resting = _resting(failed)
    for one in kinds.looked_up(failed):
        one.claimed_at, one.address = now, _address(one)
        if one.address in resting[one.category]:
            found.resting.append(one)
        else:
            _sort(one, found, now)
    return found


@transaction.atomic
def send_again(rows: NotificationQuerySet, now: datetime, *, before: int | None = None) -> Outlook:
    """Owe once more what can be sent again, and return what was done; twice sends once.

    Who sends again at the same moment waits, and finds nothing left.
    """
    found = outlook(rows.select_for_update(of=("self",)), now, before=before)
    owe_again(found.again)
    return found


def owe_again(failed: Iterable[Notification]) -> None:
    """Owe these once more, each written from the context that it has.

    They keep their key and so their Message-ID: a mail program shows one that did arrive once.
    Their rows must be held. The last look drops who may not or need not get it, as always.
    """
    again = list(failed)
    for one in again:
        one.state, one.reason, one.attempts, one.faults = Notification.State.PENDING, "", 0, 0
        one.next_try_at = one.lease_until = one.claim = None
        one.refused_at = one.refused_since = None
        one.sent_at = one.seen_at = None  # what came back had been sent
    names = ["context", "state", "reason", "attempts", "faults", "due_at", "useful_until"]
    names += ["next_try_at", "lease_until", "claim", "sent_at", "refused_at", "refused_since"]
    names += ["seen_at"]
    Notification.objects.bulk_update(again, names, batch_size=500)
    transaction.on_commit(outbox.look_now)


def leave(rows: NotificationQuerySet, now: datetime) -> int:
    """Note that an organiser knows of these and leaves them; return of how many that is news."""
    return rows.filter(unseen()).update(seen_at=now)


def _sort(one: Notification, found: Outlook, now: datetime) -> None:
    """Put a message where it belongs by what it would say now."""
    try:
        with translation.override(language_of(one.recipient)):
            letter = kinds.get(one.kind).write(one)
    except DatabaseError:
        raise
    except Exception as fault:  # it has lost its point, or the words that it was written from
        if not isinstance(fault, kinds.Dropped):
            log.warning("cannot_be_written", notification=one.pk, exc_info=True)
        found.settled.append(one)
        return
    is_late = one.useful_until is not None and one.useful_until <= now
    if is_late and letter.happens_at is not None and letter.happens_at > now:
        one.useful_until = letter.happens_at
        is_late = False
    (found.late if is_late else found.again).append(one)


def _resting(rows: list[Notification]) -> dict[str, set[str]]:
    """Return for each category the addresses that must rest."""
    addresses: dict[str, set[str]] = defaultdict(set)
    for one in rows:
        addresses[one.category].add(_address(one))
    return {category: suppressing.resting(some, category) for category, some in addresses.items()}


def _address(one: Notification) -> str:
    """Return where it would go now: who has a new address gets it there."""
    return one.recipient.email if one.recipient else one.address
