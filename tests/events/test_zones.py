from datetime import UTC, date, datetime

import pytest

from events import zones

NOON = datetime(2027, 1, 14, 17, tzinfo=UTC)  # at noon in New York


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2027, 1, 14, 17, tzinfo=UTC), "now; it began at 12:00 p.m. Eastern"),
        (datetime(2027, 1, 14, 6, tzinfo=UTC), "today at 12:00 p.m. Eastern"),
        (datetime(2027, 1, 14, 4, tzinfo=UTC), "tomorrow at 12:00 p.m. Eastern"),
        (
            datetime(2027, 1, 7, 17, tzinfo=UTC),
            "on Thursday, January 14, 2027, at 12:00 p.m. Eastern",
        ),
    ],
)
def test_start_is_said_as_the_reader_sees_it(now: datetime, said: str):
    assert zones.start_in_words(NOON, "America/New_York", now) == said


@pytest.mark.parametrize(
    ("hour", "hours"),
    [(18, "12:00 to 1:00 p.m. Eastern"), (30, "12:00 p.m. to 1:00 a.m. on January 15, Eastern")],
)
def test_hours_name_another_day_only_where_there_is_one(hour: int, hours: str):
    ends_at = datetime(2027, 1, 14 + hour // 24, hour % 24, tzinfo=UTC)

    assert zones.in_words(NOON, ends_at, "America/New_York") == zones.When(
        "Thursday, January 14, 2027", hours
    )


def test_unlisted_zone_is_called_by_its_city():
    assert zones.clock_in_words(NOON, "America/Indiana/Tell_City") == "11:00 a.m."
    assert zones.zone_name("America/Indiana/Tell_City") == "Tell City"


def test_first_of_a_time_that_comes_twice_is_meant():
    day = date(2026, 11, 1)

    assert zones.comes_twice(day, 1, 30, "America/New_York")
    assert not zones.comes_twice(day, 3, 30, "America/New_York")
    assert zones.instant(day, 1, 30, "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_time_that_the_clocks_skip_is_refused():
    with pytest.raises(zones.NoSuchTime):
        zones.instant(date(2027, 3, 14), 2, 30, "America/New_York")


@pytest.mark.parametrize(
    ("zone", "other", "words"),
    [
        (
            "America/Los_Angeles",
            "America/New_York",
            "Monday, November 23, 2026, at 7:00 a.m. Pacific (10:00 a.m. Eastern)",
        ),
        ("America/New_York", "America/Detroit", "Monday, November 23, 2026, at 10:00 a.m. Eastern"),
        ("", "America/New_York", "Monday, November 23, 2026, at 10:00 a.m. Eastern"),
        (
            "Pacific/Guam",
            "America/New_York",
            (
                "Tuesday, November 24, 2026, at 1:00 a.m. Chamorro (Guam) "
                "(Monday, November 23, 2026, at 10:00 a.m. Eastern)"
            ),
        ),
    ],
)
def test_moment_stands_beside_the_events_clock(zone: str, other: str, words: str, now) -> None:
    assert zones.moment_beside(now, zone, other) == words


@pytest.mark.parametrize(
    ("day", "clocks"),
    [
        # New York changes its clocks on the second and the last of these days; the others never do.
        (date(2026, 3, 7), ["11:00 a.m.", "8:00 a.m.", "2:00 p.m."]),
        (date(2026, 3, 8), ["10:00 a.m.", "7:00 a.m.", "1:00 p.m."]),
        (date(2026, 10, 31), ["10:00 a.m.", "7:00 a.m.", "1:00 p.m."]),
        (date(2026, 11, 1), ["11:00 a.m.", "8:00 a.m.", "2:00 p.m."]),
    ],
)
def test_readers_whose_clocks_stand_still_see_the_organizers_change(
    day: date, clocks: list[str]
) -> None:
    one_o_clock = zones.instant(day, 13, 0, "America/New_York")

    where = ("America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico")
    assert [zones.clock_in_words(one_o_clock, zone) for zone in where] == clocks
