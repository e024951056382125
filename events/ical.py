"""iCalendar (RFC 5545, 5546): one event for one person's calendar, and feeds of many."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from icalendar import Calendar, Timezone, vCalAddress, vDuration
from icalendar import Event as Entry

from events.models import Event

REFRESH = timedelta(hours=4)  # how often a program that subscribes should ask again


@dataclass(frozen=True)
class Guest:
    """The person whose calendar an invitation is for."""

    name: str
    email: str
    answer: str = "ACCEPTED"  # PARTSTAT: NEEDS-ACTION, TENTATIVE or DECLINED


@dataclass(frozen=True)
class Planned:
    """An event in somebody's calendar: whether it is sure that they come, and where."""

    event: Event
    is_tentative: bool = False
    join_url: str = ""


def invitation(
    event: Event,
    guest: Guest,
    method: str,
    join_url: str = "",
    *,
    made_at: datetime | None = None,
) -> bytes:
    """Return the event for one person's calendar; `method` is REQUEST or CANCEL.

    Of two with the same sequence a calendar program takes the one that was made later.
    """
    calendar = _calendar([event])
    calendar.add("method", method)
    entry = _entry(event)
    if made_at:
        del entry["dtstamp"]
        entry.add("dtstamp", made_at.astimezone(UTC))
    if join_url:
        entry["location"] = join_url
    attendee = vCalAddress(f"mailto:{guest.email}")
    attendee.params["CN"] = guest.name
    attendee.params["PARTSTAT"] = guest.answer if method == "REQUEST" else "DECLINED"
    entry.add("attendee", attendee)
    if method == "CANCEL":
        entry["status"] = "CANCELLED"
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def entry(event: Event, join_url: str = "") -> bytes:
    """Return the event as a file that a reader adds to a calendar."""
    calendar = _calendar([event])
    calendar.add("method", "PUBLISH")
    written = _entry(event)
    if join_url:
        written["location"] = join_url
    calendar.add_component(written)
    return bytes(calendar.to_ical())


def feed(events: Collection[Event], name: str, url: str) -> bytes:
    """Return many events as one calendar, to keep or to subscribe to at its address."""
    return plans([Planned(event) for event in events], name, url)


def plans(planned: Collection[Planned], name: str, url: str) -> bytes:
    """Return what one person plans as one calendar, for nobody else's eyes."""
    calendar = _calendar([one.event for one in planned])
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("url", settings.SITE_URL)
    calendar.add("source", url, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for one in planned:
        entry = _entry(one.event)
        if one.is_tentative and not one.event.is_cancelled:
            entry["status"] = "TENTATIVE"
        if one.join_url:
            entry["location"] = one.join_url
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _calendar(events: Collection[Event]) -> Any:
    """Return a calendar that knows the rules of the clocks for the years of its events."""
    calendar = Calendar()
    calendar.add("prodid", "-//CIWO//Learning Community//EN")
    calendar.add("version", "2.0")
    timed = [event for event in events if event.time_zone]
    years = [event.held_on.year for event in timed]
    for zone in sorted({event.time_zone for event in timed}):
        calendar.add_component(_rules(zone, min(years) - 1, max(years) + 1))
    return calendar


@cache
def _rules(zone: str, first: int, last: int) -> Timezone:
    return Timezone.from_tzid(zone, first_date=date(first, 1, 1), last_date=date(last, 12, 31))


def _entry(event: Event) -> Any:
    entry = Entry()
    entry.add("uid", str(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    url = settings.SITE_URL + event.get_absolute_url()
    entry.add("url", url)
    entry.add("description", f"{event.summary}\n\n{url}".strip())
    # The address that messages come from: another one would have programs say "on behalf of".
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organiser = vCalAddress(f"mailto:{address}")
    organiser.params["CN"] = name or settings.SITE_NAME
    entry.add("organizer", organiser)
    if event.zone and event.starts_at and event.ends_at:
        moments = [moment.astimezone(event.zone) for moment in (event.starts_at, event.ends_at)]
        # Of an hour that comes twice, programs do not agree which one is meant; UTC says it.
        zone = UTC if any(map(_comes_twice, moments)) else event.zone
        entry.add("dtstart", event.starts_at.astimezone(zone))
        entry.add("dtend", event.ends_at.astimezone(zone))
    else:  # only the day is known
        entry.add("dtstart", event.held_on)
    return entry


def _comes_twice(moment: datetime) -> bool:
    """Whether the clocks are set back over this local time."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
