"""Moments and lengths as conferencing tools write them, in the language of who exports."""

import contextlib
import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLOCK = r"(?:,?\s+|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?\s?[Mm]\.?)?\s*(Z?)"
_NUMERIC = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}}){_CLOCK}", re.ASCII)
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_CLOCK}", re.ASCII)
_NAMED = re.compile(rf"([A-Za-z]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){_CLOCK}", re.ASCII)
_LENGTH = re.compile(  # “1h 27m 58s”, “1 Std. 27 Min. 58 Sek.”, “1 heure 27 minutes”
    r"(?:(\d{1,4})\s*(?:h|std)[a-z]*\.?)?\s*(?:(\d{1,4})\s*m[a-z]*\.?)?\s*"
    r"(?:(\d{1,5})\s*s[a-z]*\.?)?",
    re.ASCII,
)
_COLONS = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})", re.ASCII)
_NEAR = timedelta(days=1)


class Order(StrEnum):
    """Which of two numbers in 9/10/2026 is the month."""

    MONTH_FIRST = "month"
    DAY_FIRST = "day"


class OrderOpen(Exception):
    """The dates of a file can be read both ways, and neither way is the event's day."""


class NotAMoment(Exception):
    """The text says no date and time."""


def order_of(texts: Collection[str], held_on: date) -> Order:
    """Return the order in which all these moments are dates, near the event's day if both are.

    Raises OrderOpen where it cannot be told.
    """
    days = {order: _days(texts, order) for order in Order}
    most = max(map(len, days.values()))  # what is no date in any order says nothing
    possible = [order for order in Order if len(days[order]) == most]
    if len(possible) == 1:
        return possible[0]
    if days[Order.MONTH_FIRST] == days[Order.DAY_FIRST]:
        return Order.MONTH_FIRST
    near = [
        order for order in Order if all(abs(day - held_on) <= _NEAR for day in days[order].values())
    ]
    if len(near) != 1:
        raise OrderOpen
    return near[0]


def moment(text: str, order: Order, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) that a text says on a clock in the zone. Raises NotAMoment."""
    local, is_utc = _parsed(text, order)
    return local.replace(tzinfo=UTC if is_utc else zone).astimezone(UTC)


def length(text: str) -> int | None:
    """Return a length in seconds: “1h 27m 58s”, “1:27:58”, or minutes as a number."""
    text = text.strip().lower()
    try:
        return round(float(text) * 60) if 0 <= float(text) < 1e5 else None
    except ValueError:
        parts = _COLONS.fullmatch(text) or (_LENGTH.fullmatch(text) if text else None)
    if parts is None or not any(parts.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + seconds


def _parsed(text: str, order: Order) -> tuple[datetime, bool]:
    text = re.sub(r"\s", " ", text.strip())
    year, month, day, clock = _date_parts(text, order)
    hour, minute, second, half, utc = clock
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise NotAMoment
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    try:
        local = datetime(year, month, day, hours, int(minute), int(second or 0))  # noqa: DTZ001 no zone yet
    except ValueError:
        raise NotAMoment from None
    return local, bool(utc)


def _date_parts(text: str, order: Order) -> tuple[int, int, int, tuple[str, ...]]:
    if found := _NUMERIC.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        month, day = (first, second) if order == Order.MONTH_FIRST else (second, first)
        return year + 2000 if year < 100 else year, month, day, found.groups()[3:]
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3]), found.groups()[3:]
    if found := _NAMED.fullmatch(text):
        month = _MONTHS.get(found[1][:3].lower(), 0)
        return int(found[3]), month, int(found[2]), found.groups()[3:]
    raise NotAMoment


def _days(texts: Collection[str], order: Order) -> dict[str, date]:
    """Return the day of each text that is a date in this order."""
    days = {}
    for text in texts:
        with contextlib.suppress(NotAMoment):
            days[text] = _parsed(text, order)[0].date()
    return days
