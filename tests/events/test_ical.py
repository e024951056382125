"""Calendars, read back with a library that knows the standard."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parseaddr
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz  # type: ignore[import-untyped] # has no types
from django.conf import settings
from icalendar import Calendar

from events import ical, zones
from events.ical import Guest, Planned
from tests.factories import NOW, make_webinar
from webinars.models import Webinar

GUEST = Guest("Sam Rivera", "sam@example.gov")
METHODS = ("REQUEST", "CANCEL")
URL = "https://portal.example.org/webinars/calendar.ics"


def entry(raw: bytes) -> Any:
    [found] = Calendar.from_ical(raw).walk("VEVENT")
    return found


@pytest.mark.parametrize(
    ("starts_at", "zone", "local", "offset"),
    [
        (datetime(2026, 3, 8, 17, tzinfo=UTC), "America/New_York", "20260308T130000", -4),
        (datetime(2026, 11, 1, 18, tzinfo=UTC), "America/New_York", "20261101T130000", -5),
        (datetime(2026, 3, 8, 20, tzinfo=UTC), "America/Phoenix", "20260308T130000", -7),
        (datetime(2026, 7, 1, 23, tzinfo=UTC), "Pacific/Honolulu", "20260701T130000", -10),
        (datetime(2027, 1, 1, 1, tzinfo=UTC), "America/Los_Angeles", "20261231T170000", -8),
    ],
)
def test_times_keep_the_zone_that_was_announced(
    starts_at: datetime, zone: str, local: str, offset: int
):
    held_on = date(int(local[:4]), int(local[4:6]), int(local[6:8]))
    raw = ical.feed([make_webinar(starts_at=starts_at, time_zone=zone, held_on=held_on)], "", URL)

    found = entry(raw)

    assert f"DTSTART;TZID={zone}:{local}".encode() in raw
    assert found.start == starts_at
    assert found.start.utcoffset() == timedelta(hours=offset)
    assert found.end - found.start == timedelta(minutes=75)


@pytest.mark.parametrize("hour", [5, 6])
def test_hour_that_comes_twice_is_said_in_utc(hour: int):
    starts_at = datetime(2026, 11, 1, hour, tzinfo=UTC)  # one o'clock in New York, both times

    raw = ical.feed([make_webinar(starts_at=starts_at, held_on=date(2026, 11, 1))], "", URL)

    assert f"DTSTART:20261101T{hour:02}0000Z".encode() in raw


def by_rules_alone(raw: bytes, zone: str) -> tzinfo:
    """Return the zone as a program reads it that knows rules and no lists of dates (Outlook)."""
    lines = raw.decode().replace("\r\n ", "").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("RDATE"))
    found: tzinfo = tz.tzical(StringIO(text)).get(zone)
    return found


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        *((zone, 2027) for zone in zones.US_ZONES),
        ("America/New_York", 2006),  # the rule changed in 2007
        ("Europe/Berlin", 2027),  # the last Sundays
        ("Asia/Kolkata", 2027),
    ],
)
def test_program_that_ignores_lists_of_dates_shows_the_right_hours(zone: str, year: int):
    days = [datetime(year, 1, 1, 18, tzinfo=UTC) + timedelta(days=n) for n in range(0, 730, 3)]
    first, last = (
        make_webinar(starts_at=day, held_on=day.date(), time_zone=zone)
        for day in (days[0], days[-1])
    )

    known = by_rules_alone(ical.feed([first, last], "", URL), zone)

    walls = [day.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for day in days]
    assert [wall.replace(tzinfo=known).astimezone(UTC) for wall in walls] == days


def test_rules_begin_in_the_wall_time_before_the_change_and_go_on():
    raw = ical.feed([make_webinar(held_on=date(2027, 1, 14))], "", URL)

    lines = raw.decode().splitlines()
    assert [line for line in lines if line.startswith(("DTSTART:", "RRULE:"))] == [
        "DTSTART:20260308T020000",
        "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
        "DTSTART:20261101T020000",
        "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
    ]


@pytest.mark.parametrize(
    ("raw", "busy"),
    [
        (lambda one: ical.invitation(one, GUEST, "REQUEST"), "OPAQUE"),
        (lambda one: ical.invitation(one, GUEST, "CANCEL"), "TRANSPARENT"),
        (lambda one: ical.plans([Planned(one)], "Mine", URL), "OPAQUE"),
        (lambda one: ical.feed([one], "All", URL), "TRANSPARENT"),  # they may never come
    ],
)
def test_entry_says_whether_it_takes_the_readers_time(raw: Callable[[Webinar], bytes], busy: str):
    found = entry(raw(make_webinar()))

    assert (found["transp"], found["categories"].to_ical()) == (busy, b"Webinar")


def test_request_ends_with_the_link_that_an_answer_does_not_replace():
    note = "Give it up here: https://x.example.org/1"
    webinar = make_webinar()

    raws = [ical.invitation(webinar, GUEST, one, note=note, raised_by=2) for one in METHODS]

    found = [entry(raw) for raw in raws]
    ends = [str(one["description"]).endswith(note) for one in found]
    assert (ends, [one["sequence"] for one in found]) == ([True, False], [2, 2])


def test_each_zone_brings_its_rules():
    webinars = [
        make_webinar(time_zone=zone)
        for zone in ("America/Phoenix", "America/New_York", "America/Phoenix")
    ]

    zones = Calendar.from_ical(ical.feed(webinars, "", URL)).walk("VTIMEZONE")

    rules = {zone["tzid"]: {part.name for part in zone.subcomponents} for zone in zones}
    assert len(zones) == 2
    assert rules == {"America/New_York": {"STANDARD", "DAYLIGHT"}, "America/Phoenix": {"STANDARD"}}


def test_date_without_a_time_is_a_date():
    raw = ical.feed([make_webinar(starts_at=None, held_on=date(2017, 8, 2))], "", URL)

    found = entry(raw)

    assert b"DTSTART;VALUE=DATE:20170802\r\n" in raw
    assert found.start == date(2017, 8, 2)
    assert ("dtend" in found, b"VTIMEZONE" in raw) == (False, False)


def test_lines_are_folded_at_75_octets_and_read_back():
    title = "Résumé of wage theft; liens, bonds \\ and “licence” holds: " + "é" * 90
    raw = ical.feed([make_webinar(title=title, summary="First,\nsecond; third")], "", URL)

    found = entry(raw)

    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert found["summary"] == title
    assert found["description"].startswith("First,\nsecond; third\n\nhttp")


def test_feed_says_what_it_is_and_never_where_people_meet():
    webinar = make_webinar(join_url="https://meet.example.org/secret")

    raw = ical.feed([webinar], "CIWO webinars", URL)

    calendar = Calendar.from_ical(raw)
    said = {
        name: str(calendar[name])
        for name in ("method", "version", "name", "x-wr-calname", "source")
    }
    assert said == {
        "method": "PUBLISH",
        "version": "2.0",
        "name": "CIWO webinars",
        "x-wr-calname": "CIWO webinars",
        "source": URL,
    }
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n" in raw
    assert b"X-PUBLISHED-TTL:PT4H\r\n" in raw
    assert b"meet.example.org" not in raw
    assert b"ATTENDEE" not in raw


def test_uid_stays_and_sequence_is_the_stored_one():
    webinar = make_webinar()
    first = entry(ical.feed([webinar], "", URL))
    webinar.sequence, webinar.state, webinar.cancelled_at = 2, "cancelled", NOW
    webinar.save()

    second = entry(ical.feed([webinar], "", URL))

    assert (first["uid"], second["uid"]) == (str(webinar.uid), str(webinar.uid))
    assert (first["sequence"], second["sequence"]) == (0, 2)
    assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")
    assert second["last-modified"].dt == webinar.changed_at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("method", "status", "answer"),
    [("REQUEST", "CONFIRMED", "ACCEPTED"), ("CANCEL", "CANCELLED", "DECLINED")],
)
def test_invitation_names_one_guest_and_who_writes(method: str, status: str, answer: str):
    raw = ical.invitation(make_webinar(), GUEST, method, "https://meet.example.org/1", made_at=NOW)

    found, calendar = entry(raw), Calendar.from_ical(raw)

    assert (calendar["method"], found["status"]) == (method, status)
    assert found["organizer"] == f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    assert found["attendee"] == "mailto:sam@example.gov"
    assert found["attendee"].params == {"CN": "Sam Rivera", "PARTSTAT": answer}
    assert found["location"] == "https://meet.example.org/1"
    assert found["dtstamp"].dt == NOW


def test_invitation_to_a_day_without_hours_has_none():
    raw = ical.invitation(make_webinar(starts_at=None), GUEST, "REQUEST")

    assert entry(raw).start == NOW.date()
    assert b"LOCATION" not in raw


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["", "https://meet.example.org/liens"])
def test_file_of_one_event_names_the_link_to_those_who_may_join(link: str):
    raw = ical.entry(make_webinar(), link)

    assert Calendar.from_ical(raw)["method"] == "PUBLISH"
    assert str(entry(raw).get("location", "")) == link
