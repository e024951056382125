from datetime import UTC, datetime, time
from typing import Any

import pytest

from events.forms import EventForm, initial
from tests.factories import make_webinar

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TIMES = {"held_on": "2027-01-14", "start": "13:00", "time_zone": "America/New_York"}


def filled(**other: Any) -> EventForm:
    """Return a filled form, without a question about the past."""
    now = other.pop("now", None)
    return EventForm({"title": "Liens", "minutes": "75", **TIMES, **other}, now=now)


def test_times_become_instants():
    form = filled()

    assert form.errors == {}
    assert (form.cleaned_data["starts_at"], form.cleaned_data["ends_at"]) == (
        datetime(2027, 1, 14, 18, tzinfo=UTC),
        datetime(2027, 1, 14, 19, 15, tzinfo=UTC),
    )
    assert form.notes() == []


@pytest.mark.parametrize(
    ("asked", "errors"),
    [
        (
            {"held_on": "2027-03-14", "start": "02:30"},
            {"start": ["The clocks skip this time on that day."]},
        ),
        (
            {"held_on": "2026-01-14", "now": NOW},
            {"is_past_meant": ["This time is in the past. Change it, or say that it is right."]},
        ),
        ({"held_on": "2026-01-14", "now": NOW, "is_past_meant": "on"}, {}),
        ({"held_on": "2027-01-14", "now": NOW}, {}),
    ],
)
def test_times_that_cannot_be_meant_are_asked_about(asked: dict[str, Any], errors: dict[str, Any]):
    assert filled(**asked).errors == errors


def test_missing_time_makes_no_instant():
    form = filled(start="")

    assert set(form.errors) == {"start"}
    assert "starts_at" not in form.cleaned_data


def test_time_that_comes_twice_is_told():
    form = filled(held_on="2026-11-01", start="01:30")

    assert form.is_valid()
    assert form.notes() == [
        "The clocks go back that night and this time comes twice: the first is meant."
    ]


@pytest.mark.django_db
def test_form_shows_an_event_in_its_own_zone():
    start, end = (datetime(2027, 1, 14, hour, tzinfo=UTC) for hour in (18, 19))
    webinar = make_webinar(starts_at=start, ends_at=end, time_zone="America/New_York")

    shown = initial(webinar)

    assert (shown["start"], shown["minutes"], shown["held_on"]) == (time(13), 60, webinar.held_on)
