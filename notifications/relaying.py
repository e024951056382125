"""Whether the mail server takes our mail: when it refuses one message after the other, we stop.

What is owed stays owed. One message at a time is tried then, at growing intervals; the first that
is taken opens the way for all. The state stands in Postgres, since several workers share it.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

import structlog
from django.db import transaction

from notifications.models import Notification, Relay

STOP_AFTER = 5  # refusals in a row, of different messages, none taken in between
FIRST_PROBE, LAST_PROBE = timedelta(seconds=30), timedelta(minutes=5)
PROBE_LEASE = timedelta(minutes=1)  # after which a probe whose worker died is made again
_ONLY = 1

log = structlog.get_logger(__name__)


class Way(Enum):
    """What a worker may claim now."""

    OPEN = auto()
    PROBE = auto()  # one message, to see whether it is taken
    SHUT = auto()


class Stopped(Exception):
    """The mail server refuses everything: nothing more goes out before a probe was taken."""


def current() -> Relay | None:
    """Return what is known of the mail server while nothing is sent, or None while it takes mail.

    `probe_at` is when it is tried next.
    """
    return Relay.objects.filter(stopped_at__isnull=False).first()


def way(now: datetime) -> Way:
    """Return what may be claimed; of all who ask, one at a time gets the probe."""
    if current() is None:
        return Way.OPEN
    turn = Relay.objects.filter(stopped_at__isnull=False, probe_at__lte=now)
    return Way.PROBE if turn.update(probe_at=now + PROBE_LEASE) else Way.SHUT


def settle_probe(now: datetime) -> None:
    """After a probe that told nothing (its message was not sent at all), let the next one go."""
    Relay.objects.filter(probe_at=now + PROBE_LEASE).update(probe_at=now)


def takes_others(notification: Notification) -> bool:
    """Whether the server has taken another message since it refused this one, and takes them."""
    refused_at = notification.refused_at
    if refused_at is None:
        return False
    return Relay.objects.filter(refusals=0, accepted_at__gt=refused_at).exists()


def note_refusal(notification: Notification, words: str, *, now: datetime) -> None:
    """Count a refusal of what a message says. Raises Stopped when there are too many in a row.

    A message that is refused again counts once, so that a single one stops nobody.
    """
    before = notification.refused_at
    is_counted = before is not None and not Relay.objects.filter(accepted_at__gt=before).exists()
    if (not is_counted or current()) and _count(words, now, most=STOP_AFTER):
        raise Stopped


def note_unwelcome(notification: Notification, words: str, *, now: datetime) -> None:
    """Count that an address was refused for a dislike of us. Raises Stopped, see note_refusal.

    One domain may have its reasons; a row of different ones tells of the server that we use.
    """
    domain = notification.address.rpartition("@")[2].lower()
    if _row().domain != domain and _count(words, now, most=STOP_AFTER, domain=domain):
        raise Stopped


def note_closed(words: str, *, is_refusal: bool, now: datetime) -> None:
    """Note that the server let us in not at all.

    One that refuses us (its greeting, our login, our sender) is not asked again but by probes. One
    that is merely away is asked each time, since what is owed waits anyway.
    """
    if is_refusal or current():
        _count(words, now, most=1)


def _row() -> Relay:
    return Relay.objects.get_or_create(pk=_ONLY)[0]


@transaction.atomic
def _count(words: str, now: datetime, *, most: int, domain: str = "") -> bool:
    """Count a refusal; return whether nothing more goes out. Stopped already, knock later."""
    _row()
    relay = Relay.objects.select_for_update(of=("self",)).get(pk=_ONLY)
    relay.refusals, relay.reason, relay.domain = relay.refusals + 1, words[:200], domain
    if relay.stopped_at is not None:
        relay.probes += 1
    elif relay.refusals >= most:
        relay.stopped_at = now
        log.error("mail_server_refuses", reason=relay.reason)
    if relay.stopped_at is not None:
        relay.probe_at = now + min(LAST_PROBE, FIRST_PROBE * 2 ** min(relay.probes, 6))
    relay.save()
    return relay.stopped_at is not None
