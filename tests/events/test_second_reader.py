"""The portal's calendars say the same to another reader of the standard: npm's ical.js.

`make check-calendars` fetches it; without it, or without Node, these are skipped and say so.
"""

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from events import ical
from events.ical import Guest, Planned
from tests.browsers import Client
from tests.factories import NOW, make_webinar
from tests.notifications.test_frame import life_of_a_webinar
from tests.postbox import Postbox
from webinars.models import Webinar

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
NODE = shutil.which("node")
GUEST = Guest("Zoë; “Sam” Rivera", "sam@example.gov")
IS_THERE = NODE is not None and (FRONTEND / "node_modules/ical.js").is_dir()
pytestmark = pytest.mark.skipif(
    not IS_THERE and not os.environ.get("CIWO_REQUIRE_NODE"),
    reason="Node or ical.js is missing: make check-calendars",
)


def by_ical_js(calendars: list[str]) -> Any:
    """Return what ical.js reads in each."""
    assert NODE is not None
    command = [NODE, str(FRONTEND / "read-calendars.mjs")]
    said = subprocess.run(  # noqa: S603 our own program
        command, input=json.dumps(calendars), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(said.stdout)


def by_icalendar(text: str) -> dict[str, Any]:
    """Return what Python's icalendar reads, in the same words."""
    calendar = Calendar.from_ical(text)
    return {"method": calendar["method"], "events": [_event(e) for e in calendar.walk("VEVENT")]}


def _event(entry: Any) -> dict[str, Any]:
    attendee = entry.get("attendee")
    return {
        "uid": entry["uid"],
        "sequence": entry["sequence"],
        "summary": entry["summary"],
        "description": entry["description"],
        "status": entry["status"],
        "location": entry.get("location", ""),
        "start": _moment(entry.start),
        "end": _moment(entry.end),
        "stamp": _moment(entry["dtstamp"].dt),
        "zone": _zone(entry),
        "organizer": entry["organizer"],
        "attendee": [attendee, attendee.params["PARTSTAT"]] if attendee else [],
    }


def _zone(entry: Any) -> str:
    is_utc = entry["dtstart"].to_ical().endswith(b"Z")
    return "UTC" if is_utc else entry["dtstart"].params.get("TZID", "floating")


def _moment(moment: date | datetime) -> str:
    """Return the instant, or the day."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat()


@pytest.mark.parametrize(
    "zone", ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico"]
)
def test_both_read_the_same_instants_whatever_the_clocks_do(zone: str) -> None:
    days = [(2026, 3, 7), (2026, 3, 8), (2026, 3, 9), (2026, 10, 31), (2026, 11, 1), (2026, 11, 2)]
    moments = [datetime(*day, hour, 30, tzinfo=UTC) for day in days for hour in (4, 5, 6, 7, 18)]
    webinars = [
        make_webinar(starts_at=moment, time_zone=zone, held_on=moment.date()) for moment in moments
    ]
    text = ical.feed(webinars, "Feed", "https://portal.example.org/calendar.ics").decode()

    [found] = by_ical_js([text])

    assert found == by_icalendar(text)
    assert [one["start"] for one in found["events"]] == [_moment(moment) for moment in moments]


def test_both_read_invitations_and_entries_alike() -> None:
    title = "Résumé of wage theft; liens, bonds \\ and “licence” holds: " + "é" * 90
    timed = make_webinar(starts_at=NOW, title=title, summary="One,\ntwo; three")
    timed.sequence = 7
    day = make_webinar(starts_at=None, held_on=date(2017, 8, 2))
    where = "https://meet.example.org/1?a=b,c;d"
    texts = [
        ical.invitation(timed, GUEST, "REQUEST", where, made_at=NOW),
        ical.invitation(timed, GUEST, "CANCEL", made_at=NOW + timedelta(hours=1)),
        ical.invitation(day, GUEST, "REQUEST"),
        ical.entry(timed, where),
        ical.plans([Planned(timed, is_tentative=True), Planned(day)], "Mine", where),
    ]
    calendars = [text.decode() for text in texts]

    found = by_ical_js(calendars)

    assert found == [by_icalendar(text) for text in calendars]
    said = [(one["method"], [e["sequence"] for e in one["events"]]) for one in found]
    sevens = [("REQUEST", [7]), ("CANCEL", [7])]
    assert said == [*sevens, ("REQUEST", [0]), ("PUBLISH", [7]), ("PUBLISH", [7, 0])]


def test_both_follow_a_webinar_through_its_mails_and_feeds(
    postbox: Postbox, client: Client
) -> None:
    life_of_a_webinar(datetime.now(UTC))
    parts: list[Any] = [part for one in postbox.received for part in one.walk()]
    mails = [part for part in parts if part.get_content_type() == "text/calendar"]
    calendars = [part.get_payload(decode=True).decode() for part in mails]
    feeds = ("/webinars/calendar.ics", f"/webinars/{Webinar.objects.get().slug}/calendar.ics")
    calendars += [client.get(path).content.decode() for path in feeds]

    found = by_ical_js(calendars)

    assert found == [by_icalendar(text) for text in calendars]
    said = [(one["method"], one["events"][0]["sequence"]) for one in found]
    of_two = [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3)]
    assert said == [one for one in of_two for _ in range(2)] + [("PUBLISH", 3)] * 2
    assert len({event["uid"] for one in found for event in one["events"]}) == 1
