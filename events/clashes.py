"""What else happens at a time: other events of the portal, federal holidays, working days."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from accounts.models import User
from events.models import Event

MOST = 5  # of one kind


def at(
    starts_at: datetime, ends_at: datetime, *, reader: User, but: Event | None = None
) -> list[Event]:
    """Return the events that overlap with this time, of those that the reader may know of.

    Soonest first; drafts too, for who runs them.
    """
    # An event's own day is at most a day off from the day in UTC; the index knows days.
    days = (starts_at.date() - timedelta(days=2), ends_at.date() + timedelta(days=1))
    found: list[Event] = []
    kinds: list[Any] = Event.__subclasses__()
    for kind in kinds:
        others = kind.objects.visible_to(reader).filter(
            state__in=[Event.State.DRAFT, Event.State.PUBLISHED],
            held_on__range=days,
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        )
        if isinstance(but, kind):
            others = others.exclude(pk=but.pk)
        found += others.order_by("starts_at", "pk")[:MOST]
    return sorted(found, key=lambda event: (event.starts_at or starts_at, event.pk))


def days_off(starts_at: datetime, ends_at: datetime, zone: str) -> list[str]:
    """Return the names of the federal holidays that fall on the days of this time in its zone."""
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (starts_at, ends_at))
    known = holidays.country_holidays("US", years=range(first.year, last.year + 1))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [str(known[day]) for day in days if day in known]


def working_days_before(day: date, number: int) -> date | None:
    """Return the working day so many before this one; None if this one is no working day."""
    calendar = holidays.country_holidays("US")
    if not calendar.is_working_day(day):
        return None
    before: date = calendar.get_nth_working_day(day, -number)
    return before
