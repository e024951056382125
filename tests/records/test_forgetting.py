"""When people joined and left is forgotten in time; for how long they were there is not."""

from datetime import UTC, datetime, timedelta

import pytest

from records import attendance, forgetting, tasks
from records.models import Attendance, AttendanceReport, ReportedPerson
from tests.browsers import Client
from tests.records.test_attendance import START, TEAMS, ZOOM, counted, take, upload, webinar
from webinars.models import Webinar

__all__ = ["webinar"]  # a fixture
LATER = START + timedelta(days=181)


def stays() -> int:
    """Return how many people in the reports are known with their connections."""
    return ReportedPerson.objects.exclude(stays=[]).count()


@pytest.mark.parametrize("files", [(ZOOM,), (TEAMS,), (ZOOM, TEAMS)], ids="-".join)
def test_connections_go_and_the_minutes_stay(
    organiser_client: Client, webinar: Webinar, files: tuple[str, ...]
) -> None:
    take(organiser_client, webinar, *files)
    before, strangers = counted(webinar), attendance.unidentified(webinar)
    assert stays() > 0

    forgotten = [forgetting.forget_due(now=LATER) for _ in range(2)]
    attendance.count(webinar)

    assert (forgotten, stays()) == ([1, 0], 0)
    assert (counted(webinar), attendance.unidentified(webinar)) == (before, strangers)
    assert any(minutes for minutes, _ in before.values())


def test_connections_are_known_until_then(organiser_client: Client, webinar: Webinar) -> None:
    take(organiser_client, webinar, ZOOM)
    number = stays()

    forgetting.forget_due(now=START + timedelta(days=179))

    assert stays() == number


def test_decision_by_hand_and_rule_still_hold(
    organiser_client: Client, organiser, webinar: Webinar
) -> None:
    take(organiser_client, webinar, ZOOM)
    row = Attendance.objects.order_by("-measured")[0]
    attendance.decide(attendance=row, minutes=5, reason="Left early", by=organiser, now=LATER)

    forgetting.forget_due(now=LATER)
    attendance.undecide(attendance=row)

    again = Attendance.objects.get(pk=row.pk)
    assert (again.seconds, again.measured) == (row.measured, row.measured)


def test_file_that_comes_once_more_brings_nothing_back(
    organiser_client: Client, webinar: Webinar
) -> None:
    take(organiser_client, webinar, ZOOM)
    before = counted(webinar)
    forgetting.forget_due(now=LATER)

    take(organiser_client, webinar, ZOOM)

    assert (stays(), counted(webinar)) == (0, before)


def test_report_that_nobody_confirmed_goes_after_a_day(
    organiser_client: Client, webinar: Webinar
) -> None:
    upload(organiser_client, webinar, ZOOM)
    read_at = AttendanceReport.objects.get().read_at

    left = []
    for hours in (23, 25):
        forgetting.forget_due(now=read_at + timedelta(hours=hours))
        left.append(AttendanceReport.objects.count())

    assert left == [1, 0]


def test_clock_starts_it(organiser_client: Client, webinar: Webinar) -> None:
    take(organiser_client, webinar, ZOOM)
    ago = datetime.now(UTC) - timedelta(days=200)
    Webinar.objects.update(starts_at=ago, ends_at=ago + timedelta(hours=1), held_on=ago.date())

    tasks.forget_attendance_times()

    assert stays() == 0
