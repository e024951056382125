"""The kinds of message that apps can owe; each app registers its own when it is ready."""

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from notifications import wordings
from notifications.models import Category, Notification
from notifications.placeholders import Wording


class Dropped(Exception):
    """The last look found that the message must not go; the text says why, in plain words."""


@dataclass(frozen=True)
class Letter:
    """What a message says, looked up at the moment of sending."""

    context: dict[str, Any] = field(default_factory=dict)  # for the templates of the kind
    calendar: bytes | None = None  # an iCalendar object for the text/calendar part
    calendar_method: str = "REQUEST"
    can_wait: bool = False  # until the reader's day begins
    happens_at: datetime | None = None  # what it is about; it does not wait for what is near
    url: str = ""  # where a line of the weekly digest leads
    wording: Wording | None = None  # what organisers wrote takes the templates' place
    values: dict[str, str] = field(default_factory=dict)  # of its placeholders
    links: frozenset[str] = frozenset()  # the placeholders that are links
    why: str = ""  # why the reader gets it, below such a text
    # All to whom the same of these applies read the same, but for what is `personal`: of the
    # context, or of the values, by name. Without it each message is rendered by itself.
    alike: Hashable = None
    personal: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    `name` is "<app>/<word>"; its texts are templates/<app>/mail/<word>.subject.txt, <word>.txt
    and <word>.html. `write` reads what is true now and raises Dropped when the message has lost
    its point (cancelled, left, answered, moved on). With `rows`, the one whose key stands in the
    context under `names` is looked up for many messages at once: `write` finds it in
    `notification.found`, or None there. One that `replaces` tells all that earlier ones about the
    same tell their reader, so that of several that wait together the last one goes.
    """

    name: str
    category: Category
    write: Callable[[Notification], Letter]
    names: str = ""
    rows: QuerySet[Any] | None = None
    title: str | Promise = ""  # what organisers call it
    replaces: bool = False


FRESH = 1.0  # seconds for which what was looked up may be believed
_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make these kinds known to the outbox."""
    _kinds.update({kind.name: kind for kind in kinds})


def get(name: str) -> Kind:
    """Return the kind of this name, or raise KeyError."""
    return _kinds[name]


def replacing() -> list[str]:
    """Return the kinds of which a later message replaces earlier ones about the same."""
    return [name for name, kind in _kinds.items() if kind.replaces]


def titles() -> list[tuple[str, str | Promise]]:
    """Return every kind's name and what organisers call it, app by app."""
    return [(name, kind.title or name) for name, kind in sorted(_kinds.items())]


def title(name: str) -> str:
    """Return what organisers call the kind of this name."""
    return str(dict(titles()).get(name, name))


def looked_up(notifications: Sequence[Notification]) -> Iterator[Notification]:
    """Yield each message together with its row, looked up a second ago at most."""
    believed_until = 0.0
    for number, notification in enumerate(notifications):
        if time.monotonic() > believed_until:
            _look_up(notifications[number:])
            believed_until = time.monotonic() + FRESH
        yield notification


def _look_up(notifications: Sequence[Notification]) -> None:
    of_kind: dict[str, list[Notification]] = defaultdict(list)
    written = wordings.in_use()
    for notification in notifications:
        notification.wordings = written
        of_kind[notification.kind].append(notification)
    for name, members in of_kind.items():
        kind = _kinds.get(name)
        if kind is None or kind.rows is None:
            continue
        named = {one.pk: _named(one, kind) for one in members}
        rows = kind.rows.in_bulk({pk for pk in named.values() if pk is not None})
        for one in members:
            one.found = rows.get(named[one.pk])


def _named(notification: Notification, kind: Kind) -> int | None:
    """Return the key of the row that a message names; one that names it badly names none."""
    facts = notification.context
    key = facts.get(kind.names) if isinstance(facts, dict) else None
    return key if isinstance(key, int) and 0 < key < 2**63 else None
