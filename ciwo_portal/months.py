"""A month as a calendar sheet: weeks from Sunday to Saturday with what falls on each day."""

from calendar import SUNDAY, Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 1)


@dataclass(frozen=True)
class Entry:
    """Something on a day; `kind` is webinar, session or survey."""

    day: date
    kind: str
    title: str
    url: str


@dataclass(frozen=True)
class Day:
    """One square of the sheet."""

    day: date
    is_outside: bool  # of the month
    is_today: bool
    entries: list[Entry]


def chosen(text: str | None, today: date) -> date:
    """Return the first of the month that an address names as 2027-01, or of this month."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return min(max(first, FIRST), LAST)


def before(first: date) -> date:
    """Return the first of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def after(first: date) -> date:
    """Return the first of the month that follows."""
    return (first + timedelta(days=31)).replace(day=1)


def span(first: date) -> tuple[date, date]:
    """Return the first and the last day that the sheet shows."""
    weeks = Calendar(SUNDAY).monthdatescalendar(first.year, first.month)
    return weeks[0][0], weeks[-1][-1]


def sheet(first: date, entries: Iterable[Entry], today: date) -> list[list[Day]]:
    """Return the weeks of the month with their entries."""
    on: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        on[entry.day].append(entry)
    return [
        [Day(day, day.month != first.month, day == today, on[day]) for day in week]
        for week in Calendar(SUNDAY).monthdatescalendar(first.year, first.month)
    ]
