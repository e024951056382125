"""Whom a reminder reaches, when, and how often."""

from datetime import datetime, timedelta

import pytest

from agencies.models import Membership
from notifications.models import Notification
from surveys import fielding, reminders
from surveys.models import Response
from tests.factories import NOW, make_answer, make_question, make_response, make_wave
from tests.surveys.scenes import make_coordinator

HOUR = timedelta(hours=1)


@pytest.fixture
def response(now: datetime) -> Response:
    """Invited now; the wave closes in thirty days."""
    response = make_response()
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=now)
    Notification.objects.all().delete()
    return response


def leads() -> list[str]:
    """Return which reminders are owed, in the order in which they came."""
    keys = Notification.objects.order_by("pk").values_list("key", flat=True)
    return [key.rpartition("/")[2] for key in keys]


def pass_days(first: datetime, days: int) -> list[tuple[float, str]]:
    """Let the clock tick every six hours; returns on which day each reminder came."""
    came = []
    for quarter in range(days * 4):
        before = len(leads())
        reminders.queue_due(now=first + quarter * 6 * HOUR)
        came += [(quarter / 4, lead) for lead in leads()[before:]]
    return came


def test_three_reminders_at_most_and_far_apart(response: Response) -> None:
    assert pass_days(NOW, 31) == [(7, "unopened"), (23, "week"), (29, "day")]


def test_who_has_looked_is_not_asked_to_look(response: Response) -> None:
    Response.objects.update(opened_at=NOW)

    assert pass_days(NOW, 31) == [(23, "week"), (29, "day")]


def test_none_after_submitting(response: Response) -> None:
    Response.objects.update(state="submitted", submitted_at=NOW)

    assert pass_days(NOW, 31) == []


def test_an_answer_is_not_yet_a_submission(response: Response) -> None:
    make_answer(response, make_question(response.wave.survey), "x")

    reminders.queue_due(now=NOW + timedelta(days=24))

    assert leads() == ["week"]


@pytest.mark.parametrize(
    ("days", "came"),
    [
        (2, []),
        (4, [(3, "day")]),
        (9, [(8, "day")]),
        (10, [(3, "week"), (9, "day")]),
        (16, [(9, "week"), (15, "day")]),
        (18, [(7, "unopened"), (11, "week"), (17, "day")]),
    ],
)
def test_short_waves_keep_three_days_between_messages(
    days: int, came: list[tuple[float, str]]
) -> None:
    response = make_response(make_wave(closes_at=NOW + timedelta(days=days)))
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=NOW)
    Notification.objects.all().delete()

    assert pass_days(NOW, days) == came


def test_the_gap_begins_when_the_invitation_goes_out(now: datetime) -> None:
    opens_at = now + timedelta(days=20)
    response = make_response(make_wave(opens_at=opens_at))
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=now)
    Notification.objects.all().delete()

    assert pass_days(NOW, 31) == [(23, "week"), (29, "day")]


def test_a_longer_deadline_brings_no_reminder_twice(response: Response) -> None:
    pass_days(NOW, 24)
    fielding.extend(
        wave=response.wave, closes_at=NOW + timedelta(days=60), now=NOW + timedelta(days=24)
    )

    assert pass_days(NOW + timedelta(days=24), 37) == [(35, "day")]


def test_beat_that_comes_back_late_sends_only_what_is_of_use(response: Response) -> None:
    reminders.queue_due(now=NOW + timedelta(days=26, hours=1))

    assert leads() == []


def test_only_who_coordinates_still_is_reminded(response: Response) -> None:
    Membership.objects.update(role=Membership.Role.STAFF)

    assert pass_days(NOW, 31) == []
