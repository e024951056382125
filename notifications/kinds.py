"""The kinds of message that apps can owe; each app registers its own when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from notifications.models import Category, Notification


class Dropped(Exception):
    """The last look found that the message must not go; the text says why, in plain words."""


@dataclass(frozen=True)
class Letter:
    """What a message says, looked up at the moment of sending."""

    context: dict[str, Any] = field(default_factory=dict)  # for the templates of the kind
    calendar: bytes | None = None  # an iCalendar object for the text/calendar part
    calendar_method: str = "REQUEST"
    can_wait: bool = False  # until the reader's day begins


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    `name` is "<app>/<word>"; its texts are templates/<app>/mail/<word>.subject.txt, <word>.txt
    and <word>.html. `write` reads what is true now and raises Dropped when the message has lost
    its point (cancelled, left, answered, moved on).
    """

    name: str
    category: Category
    write: Callable[[Notification], Letter]


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make these kinds known to the outbox."""
    _kinds.update({kind.name: kind for kind in kinds})


def get(name: str) -> Kind:
    """Return the kind of this name, or raise KeyError."""
    return _kinds[name]
