"""What else happens at a time: events of every kind, and federal holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest

from events import clashes
from tests.factories import make_session, make_user, make_webinar

HOUR = timedelta(hours=1)


def test_overlapping_events_are_found_as_far_as_the_reader_may_know(now: datetime) -> None:
    mine = make_webinar(starts_at=now, ends_at=now + HOUR)
    session = make_session(starts_at=now + HOUR / 2, ends_at=now + 2 * HOUR)
    draft = make_webinar(starts_at=now - HOUR, ends_at=now + HOUR / 4, state="draft")
    make_webinar(starts_at=now - HOUR, ends_at=now)  # ends as mine begins
    make_webinar(starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    make_webinar(starts_at=now, ends_at=now + HOUR, state="cancelled", cancelled_at=now)
    make_webinar(starts_at=None, held_on=now.date())

    host, organiser = make_user(), make_user(is_organiser=True)
    session.community.facilitators.add(host)
    other = make_session(starts_at=now, ends_at=now + HOUR)  # of another community

    found = [clashes.at(now, now + HOUR, reader=reader, but=mine) for reader in (host, organiser)]

    assert found == [[session], [draft, other, session]]


@pytest.mark.parametrize("zone", ["Pacific/Guam", "Pacific/Honolulu"])
def test_event_far_from_greenwich_is_found(zone: str) -> None:
    start = datetime(2027, 3, 10, 5, 0, tzinfo=UTC)
    local = {"Pacific/Guam": 10, "Pacific/Honolulu": 9}[zone]
    other = make_webinar(starts_at=start, held_on=date(2027, 3, local), time_zone=zone)

    assert clashes.at(start, start + HOUR, reader=make_user()) == [other]


@pytest.mark.parametrize(
    ("moment", "zone", "names"),
    [
        ("2027-07-05T17:00", "America/New_York", ["Independence Day (observed)"]),
        ("2027-07-06T03:30", "America/New_York", ["Independence Day (observed)"]),  # still the 5th
        ("2027-07-06T03:30", "Pacific/Guam", []),
        ("2026-11-26T18:00", "America/Chicago", ["Thanksgiving Day"]),
        ("2027-01-18T18:00", "America/Chicago", ["Martin Luther King Jr. Day"]),
        ("2027-10-12T18:00", "America/Chicago", []),
    ],
)
def test_federal_holidays_are_those_of_the_webinars_own_day(moment, zone, names) -> None:
    start = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert clashes.days_off(start, start + HOUR / 4, zone) == names
