"""iCalendar (RFC 5545, 5546): one event for one person's calendar, and feeds of many."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from icalendar import Calendar, vCalAddress, vDuration
from icalendar import Event as Entry

from events import clock_rules
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
    note: str = "",
    raised_by: int = 0,
) -> bytes:
    """Return the event for one person's calendar; `method` is REQUEST or CANCEL.

    A REQUEST ends with the note: what an answer in a calendar program does not do, and the link
    that does. `raised_by` says how often this person's place or answer changed: what is
    taken again needs a higher sequence, or programs would keep what was canceled. Of two with the
    same sequence a calendar program takes the one that was made later.
    """
    calendar = _calendar([event])
    calendar.add("method", method)
    entry = _entry(event)
    if made_at:
        del entry["dtstamp"]
        entry.add("dtstamp", made_at.astimezone(UTC))
    del entry["sequence"]
    entry.add("sequence", event.sequence + raised_by)
    if note and method == "REQUEST":
        said = f"{entry.pop('description')}\n\n{note}".strip()
        entry.add("description", said)
    if join_url:
        entry["location"] = join_url
    attendee = vCalAddress(f"mailto:{guest.email}")
    attendee.params["CN"] = guest.name
    attendee.params["PARTSTAT"] = guest.answer if method == "REQUEST" else "DECLINED"
    entry.add("attendee", attendee)
    if method == "CANCEL":
        entry["status"] = "CANCELLED"
        entry["transp"] = "TRANSPARENT"
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
    return _subscribed([Planned(event) for event in events], name, url, is_busy=False)


def plans(planned: Collection[Planned], name: str, url: str) -> bytes:
    """Return what one person plans as one calendar, for nobody else's eyes."""
    return _subscribed(planned, name, url, is_busy=True)


def _subscribed(planned: Collection[Planned], name: str, url: str, *, is_busy: bool) -> bytes:
    """Return a calendar to subscribe to; what somebody may come to makes nobody busy."""
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
        if not is_busy:
            entry["transp"] = "TRANSPARENT"
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
        component = clock_rules.timezone(zone, min(years) - 1, max(years) + 1)
        calendar.add_component(component)
    return calendar


def _entry(event: Event) -> Any:
    entry = Entry()
    entry.add("uid", str(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    takes_time = event.starts_at is not None and not event.is_cancelled
    entry.add("transp", "OPAQUE" if takes_time else "TRANSPARENT")
    entry.add("categories", [capfirst(event._meta.verbose_name)])
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
