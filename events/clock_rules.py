"""A zone's clock changes as yearly rules (VTIMEZONE): Outlook reads no list of single dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST = datetime(1970, 1, 1)  # noqa: DTZ001 a wall-clock time, where clocks never change


@dataclass(frozen=True)
class _Change:
    """One change of the clocks, at a wall-clock time of before."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    @property
    def rule(self) -> tuple[Any, ...]:
        """What is the same every year: the second Sunday in March at two, say."""
        week = (self.wall.day - 1) // 7 + 1
        is_last = (self.wall + timedelta(days=7)).month != self.wall.month
        which = f"{-1 if is_last else week}{DAYS[self.wall.weekday()]}"
        return self.wall.month, which, self.wall.time(), self.before, self.after, self.name


@cache
def timezone(zone: str, first: int, last: int) -> Timezone:
    """Return the rules of a zone's clocks from this year on; what held last goes on."""
    component = Timezone()
    component.add("tzid", zone)
    changes = sorted(_changes(ZoneInfo(zone), first, last), key=lambda one: (one.rule, one.wall))
    for _rule, same in groupby(changes, key=lambda one: one.rule):
        for run in _runs(list(same)):
            component.add_component(_observance(run, goes_on=run[-1].wall.year == last))
    if not changes:
        start = datetime(first, 1, 1, tzinfo=ZoneInfo(zone))
        offset = start.utcoffset() or timedelta(0)
        always = _Change(_FIRST, offset, offset, start.tzname() or zone, is_summer=False)
        component.add_component(_observance([always], goes_on=False))
    return component


def _changes(tz: ZoneInfo, first: int, last: int) -> Iterator[_Change]:
    """Yield every change of the clocks between the starts of two years, to the minute."""
    moment, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        later = moment + timedelta(days=1)
        if _offset(moment, tz) != _offset(later, tz):
            minutes = (moment + timedelta(minutes=n) for n in range(1441))
            at = next(one for one in minutes if _offset(one, tz) == _offset(later, tz))
            local, before = at.astimezone(tz), _offset(moment, tz)
            wall = (at + before).replace(tzinfo=None)
            yield _Change(
                wall, before, _offset(at, tz), local.tzname() or str(tz), bool(local.dst())
            )
        moment = later


def _offset(moment: datetime, tz: ZoneInfo) -> timedelta:
    return moment.astimezone(tz).utcoffset() or timedelta(0)


def _runs(changes: list[_Change]) -> list[list[_Change]]:
    """Return changes by the same rule, in runs of years that follow each other."""
    runs: list[list[_Change]] = []
    for change in changes:
        if runs and change.wall.year == runs[-1][-1].wall.year + 1:
            runs[-1].append(change)
        else:
            runs.append([change])
    return runs


def _observance(run: list[_Change], *, goes_on: bool) -> Any:
    one = run[0]
    part = TimezoneDaylight() if one.is_summer else TimezoneStandard()
    part.add("dtstart", one.wall)
    part.add("tzoffsetfrom", one.before)
    part.add("tzoffsetto", one.after)
    part.add("tzname", one.name)
    if len(run) > 1 or goes_on:
        month, day = one.rule[:2]
        rule: dict[str, Any] = {"freq": "yearly", "bymonth": month, "byday": day}
        if not goes_on:
            rule["until"] = (run[-1].wall - run[-1].before).replace(tzinfo=UTC)
        part.add("rrule", rule)
    return part
