"""iCalendar (RFC 5545, 5546): one event for one person's calendar, and feeds of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from icalendar import Calendar, vCalAddress
from icalendar import Event as Entry

from events.models import Event


@dataclass(frozen=True)
class Guest:
    """The person whose calendar an invitation is for."""

    name: str
    email: str


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
    calendar = _calendar()
    calendar.add("method", method)
    entry = _entry(event)
    if made_at:
        del entry["dtstamp"]
        entry.add("dtstamp", made_at.astimezone(UTC))
    if join_url:
        entry["location"] = join_url
    organiser = vCalAddress(f"mailto:{settings.SUPPORT_EMAIL}")
    organiser.params["CN"] = settings.SITE_NAME
    attendee = vCalAddress(f"mailto:{guest.email}")
    attendee.params["CN"] = guest.name
    attendee.params["PARTSTAT"] = "ACCEPTED" if method == "REQUEST" else "DECLINED"
    entry.add("organizer", organiser)
    entry.add("attendee", attendee)
    if method == "CANCEL":
        entry["status"] = "CANCELLED"
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def feed(events: Iterable[Event], name: str) -> bytes:
    """Return many events as one calendar to subscribe to."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_entry(event))
    return bytes(calendar.to_ical())


def _calendar() -> Any:
    calendar = Calendar()
    calendar.add("prodid", "-//CIWO//Learning Community//EN")
    calendar.add("version", "2.0")
    return calendar


def _entry(event: Event) -> Any:
    entry = Entry()
    entry.add("uid", f"{event.uid}@{settings.MESSAGE_ID_DOMAIN}")
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    url = settings.SITE_URL + event.get_absolute_url()
    entry.add("url", url)
    entry.add("description", f"{event.summary}\n\n{url}".strip())
    if event.starts_at and event.ends_at:
        entry.add("dtstart", event.starts_at.astimezone(UTC))
        entry.add("dtend", event.ends_at.astimezone(UTC))
    else:  # only the day is known
        entry.add("dtstart", event.held_on)
    return entry
