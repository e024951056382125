"""Messages that can wait do not come at night, wherever their readers are."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_user
from tests.notifications.plain import after, owe
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("plain_kind")

State = Notification.State
DAY = delivering.DAY  # as it is when no test makes it day everywhere


@pytest.fixture(autouse=True)
def _nights(postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are nights."""
    monkeypatch.setattr(delivering, "DAY", DAY)


@pytest.mark.parametrize(
    ("context", "useful_for", "state"),
    [
        ({"patient": 1}, None, State.PENDING),
        ({}, None, State.SENT),
        ({"patient": 1, "hours_before": 23}, None, State.SENT),
        ({"patient": 1}, timedelta(minutes=1), State.SENT),  # by morning it would be too late
    ],
)
def test_message_that_can_wait_does_not_come_at_night(
    context: dict[str, Any], useful_for: timedelta | None, state: str
) -> None:
    now = datetime.now(UTC)
    zones = ("Pacific/Honolulu", "America/New_York", "Europe/Berlin", "Asia/Tokyo")
    asleep = next(z for z in zones if now.astimezone(ZoneInfo(z)).hour not in DAY)
    useful_until = useful_for and now + useful_for
    owed = owe(recipient=make_user(time_zone=asleep), context=context, useful_until=useful_until)

    found = after(owed)[0]

    hour = owed.next_try_at and owed.next_try_at.astimezone(ZoneInfo(asleep)).hour
    assert (found, hour) == (state, 7 if state == State.PENDING else None)


def test_message_follows_its_reader_to_another_zone() -> None:
    now = datetime.now(UTC)
    zones = ("Pacific/Honolulu", "America/New_York", "Europe/Berlin", "Asia/Tokyo")
    by_night = {zone: now.astimezone(ZoneInfo(zone)).hour not in DAY for zone in zones}
    person = make_user(time_zone=next(zone for zone in zones if by_night[zone]))
    owed = owe(recipient=person, context={"patient": 1})
    waits = after(owed)[0]
    client = Client()
    client.force_login(person)

    client.post("/my/profile/zone/", {"time_zone": next(z for z in zones if not by_night[z])})

    assert (waits, after(owed)[0]) == (State.PENDING, State.SENT)


@pytest.mark.parametrize(
    ("zone", "evening", "morning"),
    [
        # The clocks change in the night between; Phoenix, Honolulu and San Juan have none of it.
        ("America/New_York", "2026-03-07T22:30", "2026-03-08T11:00"),
        ("America/New_York", "2026-10-31T22:30", "2026-11-01T12:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T12:00"),
        ("America/Phoenix", "2026-03-07T22:30", "2026-03-08T14:00"),
        ("Pacific/Honolulu", "2026-11-01T00:10", "2026-11-01T17:00"),
        ("America/Puerto_Rico", "2026-10-31T23:59", "2026-11-01T11:00"),
    ],
)
def test_night_ends_at_seven_whatever_the_clocks_do(zone: str, evening: str, morning: str) -> None:
    local = datetime.fromisoformat(evening).replace(tzinfo=ZoneInfo(zone))
    owed = owe(recipient=make_user(time_zone=zone), context={"patient": 1})
    owed.claimed_at = local.astimezone(UTC)

    with pytest.raises(delivering.NotNow) as stop:
        delivering.letter_of(owed)

    assert stop.value.next_try_at == datetime.fromisoformat(morning).replace(tzinfo=UTC)
