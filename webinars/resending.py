"""Send once more what failed to reach people about a webinar, where it still has a point.

What a message that ended long ago was written from may be erased. Its key says what it announced;
the rest is read from what is true now, as the last look would.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from notifications import resending, suppressing
from notifications.models import Notification, NotificationQuerySet
from webinars import mailing_notices, notices
from webinars.models import Mailing, Registration, Webinar
from webinars.models.webinar import THANKS

State = Registration.State
Context = dict[str, Any]


@dataclass
class Outlook:
    """What failed to reach its reader: what can be sent again, and what is left alone, and why."""

    again: list[Notification] = field(default_factory=list)
    resting: list[Notification] = field(default_factory=list)  # nobody writes to the address
    late: list[Notification] = field(default_factory=list)
    settled: list[Notification] = field(default_factory=list)  # overtaken by what came since

    @property
    def count(self) -> int:
        """How many did not reach their readers."""
        return len(self.again) + len(self.resting) + len(self.late) + len(self.settled)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why they failed, in the mail server's words, and how often; the five most frequent."""
        every = [*self.again, *self.resting, *self.late, *self.settled]
        return Counter(one.reason for one in every).most_common(5)


def outlook(webinar: Webinar, now: datetime) -> Outlook:
    """Return what failed about the webinar, sorted by what sending it again could do."""
    return _sorted(webinar, notices.of_webinar(webinar).failed(), now)


@transaction.atomic
def send_again(*, webinar: Webinar, now: datetime) -> Outlook:
    """Owe once more what can be sent again, and return what was done; twice sends once.

    Who sends again at the same moment waits, and finds nothing left.
    """
    failed = notices.of_webinar(webinar).failed().select_for_update(of=("self",))
    found = _sorted(webinar, failed, now)
    resending.owe_again(found.again)
    return found


def _sorted(webinar: Webinar, failed: NotificationQuerySet, now: datetime) -> Outlook:
    rows = list(failed.select_related("recipient").order_by("pk"))
    resting, recall = _resting(rows), _Recall(webinar, rows)
    found = Outlook()
    for one in rows:
        context = recall.context(one)
        if _address(one) in resting[one.category]:
            found.resting.append(one)
        elif one.useful_until and one.useful_until <= now:
            found.late.append(one)
        elif context is None:
            found.settled.append(one)
        else:
            one.context = context
            found.again.append(one)
    return found


def _resting(rows: list[Notification]) -> dict[str, set[str]]:
    """Return for each category the addresses that must rest."""
    addresses = {_address(one) for one in rows}
    categories = {one.category for one in rows}
    return {category: suppressing.resting(addresses, category) for category in categories}


def _address(one: Notification) -> str:
    """Return where it would go now: who has a new address gets it there."""
    return one.recipient.email if one.recipient else one.address


class _Recall:
    """What messages about a webinar were written from, by their keys and what is true now."""

    def __init__(self, webinar: Webinar, rows: list[Notification]) -> None:
        self.sequence = webinar.sequence
        people = {one.recipient_id for one in rows}
        places = webinar.registrations.filter(person__in=people) if rows else []
        self.places = {place.person_id: place for place in places}
        self.mailings: dict[int, Mailing] = webinar.mailings.in_bulk() if rows else {}

    def context(self, one: Notification) -> Context | None:
        """Return what it is written from, or None when something later has taken its place."""
        _word, number, *rest = one.key.split("/")
        place = self.places.get(one.recipient_id or 0)
        word = one.kind.removeprefix("webinars/")
        if word in _OFFERS:
            return _OFFERS[word](self, int(number), place, rest)
        if place is None:
            return None
        if word == "mailing":
            return self._mailing(int(number), place)
        recalled = _OF_PLACE.get(word)
        return recalled(self, place, rest) if recalled else None

    def standing(self, place: Registration, state: str = "", sequence: int = -1) -> Context | None:
        """Return the context of what holds for a place while it and the webinar stay so."""
        is_so = place.state == state if state else place.state != State.CANCELLED
        if not is_so or sequence not in (-1, self.sequence):
            return None
        return {"place": place.pk, "sequence": self.sequence, "state": place.state}

    def _mailing(self, number: int, place: Registration) -> Context | None:
        mailing = self.mailings.get(number)
        if mailing is None or mailing.undone_at is not None:
            return None
        return mailing_notices.context(mailing, place.pk)


def _news(recall: _Recall, place: Registration, rest: list[str]) -> Context | None:
    return recall.standing(place, sequence=int(rest[0]))


def _left(recall: _Recall, place: Registration, rest: list[str]) -> Context | None:
    """Only newer keys say whether it was a seat; whoever has a place again hears of that."""
    standing = recall.standing(place, state=State.CANCELLED)
    if standing is None or len(rest) != 3 or rest[2] == "outside":
        return None
    before = {
        "had_seat": rest[1] in ("seat", State.REGISTERED),
        "was_pending": rest[1] == State.PENDING,
    }
    return standing | before | {"why": rest[2], "colleague": ""}


_OF_PLACE: dict[str, Callable[[_Recall, Registration, list[str]], Context | None]] = {
    "receipt": lambda recall, place, rest: recall.standing(place, state=rest[0]),
    "seat": lambda recall, place, _rest: recall.standing(place, state=State.REGISTERED),
    "declined": lambda recall, place, _rest: recall.standing(place, state=State.CANCELLED),
    "moved": _news,
    "reinstated": _news,
    "cancelled": _news,
    "left": _left,
    "reminder": lambda _recall, place, rest: {
        "place": place.pk,
        "lead": rest[0],
        "starts_at": "/".join(rest[1:]),
    },
    "thanks": lambda _recall, place, _rest: {"place": place.pk, "lead": THANKS},
}
_OFFERS: dict[str, Callable[[_Recall, int, Registration | None, list[str]], Context | None]] = {
    "offer": lambda _recall, number, _place, _rest: {"offer": number},
    "asked": lambda recall, number, _place, rest: (
        {"offer": number} if rest == [str(recall.sequence)] else None
    ),
    "called-off": lambda _recall, number, _place, _rest: {"offer": number},
    "refused": lambda _recall, number, place, _rest: (
        {"offer": number, "giver": place.pk} if place else None
    ),
}
