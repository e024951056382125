"""Who is reminded when: 7 days, 1 day and 1 hour before, never twice and never too late."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from events.leads import LEADS
from notifications import delivering, kinds, rendering
from notifications.models import Notification
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_messages import details
from webinars import registration, reminders, scheduling

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def _tick(*moments: datetime) -> list[str]:
    """Let the clock look at these moments; return the leads that are owed in the end."""
    for now in moments:
        reminders.queue_due(now=now)
    owed = Notification.objects.filter(kind="webinars/reminder").order_by("due_at", "pk")
    return [one.key.split("/")[2] for one in owed]


def _moments(start: datetime, starts_at: datetime) -> list[datetime]:
    """Return each half day until after the event, and what is just around when a lead is owed."""
    minute, half_day = timedelta(minutes=1), timedelta(hours=12)
    end, dues = starts_at + timedelta(hours=1), [lead.owed_at(starts_at) for lead in LEADS]
    around = {due + step for due in dues for step in (-minute, timedelta(), minute)}
    steady = {start + half_day * count for count in range((end - start) // half_day + 1)}
    return sorted(moment for moment in around | steady if start <= moment < end)


def test_everybody_with_a_seat_is_reminded_three_times(now: datetime) -> None:
    make_registration(make_webinar(starts_at=now + timedelta(days=10)), joined_at=LONG_AGO)

    words = _tick(*_moments(now, now + timedelta(days=10)))

    assert words == ["week", "day", "hour"]
    assert list(Notification.objects.order_by("due_at").values_list("due_at", flat=True)) == [
        now + timedelta(days=3),
        now + timedelta(days=9),
        now + timedelta(days=9, hours=23),
    ]


def test_the_first_tick_after_three_hours_owes_what_is_still_of_use(now: datetime) -> None:
    late = now + timedelta(hours=3)
    for lead in (timedelta(days=7), timedelta(days=1), timedelta(hours=1)):
        webinar = make_webinar(starts_at=now + lead + timedelta(minutes=1))
        make_registration(webinar, joined_at=LONG_AGO)

    words = _tick(late, late)

    assert words == ["week", "day"]  # the third webinar began two hours ago


@pytest.mark.parametrize(
    ("joined_before", "words"),
    [
        (timedelta(days=8), ["week", "day", "hour"]),
        (timedelta(days=6), ["day", "hour"]),
        (timedelta(hours=23), ["hour"]),
        (timedelta(minutes=30), []),
    ],
)
def test_late_registrants_are_owed_what_comes_after(
    joined_before: timedelta, words: list[str], now: datetime
) -> None:
    starts_at = now + timedelta(days=10)
    make_registration(make_webinar(starts_at=starts_at), joined_at=starts_at - joined_before)

    found = _tick(*_moments(starts_at - joined_before, starts_at))

    assert found == words


def test_who_moves_up_late_hears_of_the_seat_and_of_what_comes_after(now: datetime) -> None:
    starts_at = now + timedelta(hours=23)
    webinar = make_webinar(starts_at=starts_at, capacity=1)
    seated = make_registration(webinar, joined_at=LONG_AGO)
    make_registration(webinar, state="waitlisted", joined_at=LONG_AGO)

    registration.cancel(webinar=webinar, person=seated.person, now=now)

    assert _tick(now) == []
    assert _tick(*_moments(now, starts_at)) == ["hour"]


@pytest.mark.parametrize("state", ["waitlisted", "pending", "cancelled"])
def test_who_has_no_seat_is_not_reminded(state: str, now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(minutes=50))
    cancelled_at = now if state == "cancelled" else None
    make_registration(webinar, state=state, joined_at=LONG_AGO, cancelled_at=cancelled_at)

    assert _tick(now) == []


def test_moved_webinar_reminds_again_of_the_new_time(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(hours=23))
    make_registration(webinar, joined_at=LONG_AGO)
    _tick(now)
    later = now + timedelta(days=3, hours=23)
    plan = details(webinar, starts_at=later, ends_at=later + timedelta(hours=1))

    scheduling.change(webinar=webinar, details=plan, topics=[], reason="", now=now)
    _tick(*_moments(now, later))

    owed = Notification.objects.filter(kind="webinars/reminder").order_by("due_at")
    assert [(one.state, one.due_at) for one in owed] == [
        ("cancelled", now - timedelta(hours=1)),
        ("pending", later - timedelta(days=1)),
        ("pending", later - timedelta(hours=1)),
    ]


@pytest.mark.parametrize(
    ("days", "words"), [(8, ["week", "day", "hour"]), (5, ["day", "hour"]), (0.5, ["hour"])]
)
def test_notice_of_a_move_stands_for_what_was_due_before_it(
    days: float, words: list[str], now: datetime
) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=30))
    make_registration(webinar, joined_at=LONG_AGO)
    start = now + timedelta(days=days)
    plan = details(webinar, starts_at=start, ends_at=start + timedelta(hours=1))
    scheduling.change(webinar=webinar, details=plan, topics=[], reason="", now=now)

    owed = _tick(now, *(lead.owed_at(start) for lead in LEADS if lead.owed_at(start) > now))

    assert owed == words


def test_canceled_webinar_reminds_nobody(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(hours=23))
    make_registration(webinar, joined_at=LONG_AGO)
    _tick(now)

    scheduling.cancel(webinar=webinar, reason="", now=now)
    _tick(now, now + timedelta(hours=22, minutes=30))

    owed = Notification.objects.filter(kind="webinars/reminder")
    assert [(one.state, one.reason) for one in owed] == [("cancelled", "the webinar was canceled")]


@pytest.mark.django_db(transaction=True)
def test_tick_waits_for_a_cancellation_under_way(now: datetime) -> None:
    """Without the lock it would owe a reminder behind the back of the withdrawal."""
    webinar = make_webinar(starts_at=now + timedelta(minutes=50))
    make_registration(webinar, joined_at=LONG_AGO)
    begun = Event()

    def tick() -> None:
        begun.set()
        reminders.queue_due(now=now)
        connection.close()

    thread = Thread(target=tick)
    with transaction.atomic():
        scheduling.cancel(webinar=webinar, reason="", now=now)
        thread.start()
        begun.wait()
        thread.join(timeout=1)
        waited = thread.is_alive()
    thread.join()

    owed = list(Notification.objects.values_list("kind", flat=True))
    assert (waited, owed) == (True, ["webinars/cancelled"])


def test_tick_asks_no_more_once_all_is_owed(now: datetime, django_assert_num_queries) -> None:
    webinar = make_webinar(starts_at=now + timedelta(hours=20))
    for _ in range(3):
        make_registration(webinar, joined_at=LONG_AGO)
    _tick(now)

    with django_assert_num_queries(6):  # one for each lead
        reminders.queue_due(now=now)


def test_two_reminders_at_once_are_one_mail(postbox: Postbox) -> None:
    now = datetime.now(UTC)
    webinar = make_webinar(starts_at=now + timedelta(hours=5))
    make_registration(webinar, joined_at=LONG_AGO)
    _tick(now, now + timedelta(hours=4, minutes=1))
    Notification.objects.update(due_at=now - timedelta(hours=1))
    Notification.objects.filter(context__lead="hour").update(due_at=now)

    delivering.drain()

    states = Notification.objects.order_by("due_at").values_list("state", flat=True)
    assert (list(states), len(postbox.received)) == (["superseded", "sent"], 1)


@pytest.mark.parametrize(
    ("zone", "day", "said"),
    [
        # 1 p.m. in New York; the clocks of most states change in the night before
        ("America/New_York", "2026-03-08", "1:00 to 2:00 p.m. Eastern"),
        ("America/Phoenix", "2026-03-08", "10:00 to 11:00 a.m. Arizona"),
        ("Pacific/Honolulu", "2026-03-08", "7:00 to 8:00 a.m. Hawaii"),
        ("America/Puerto_Rico", "2026-03-08", "1:00 to 2:00 p.m. Atlantic (Puerto Rico)"),
        ("America/Phoenix", "2026-11-01", "11:00 a.m. to 12:00 p.m. Arizona"),
        ("Pacific/Honolulu", "2026-11-01", "8:00 to 9:00 a.m. Hawaii"),
        ("America/Puerto_Rico", "2026-11-01", "2:00 to 3:00 p.m. Atlantic (Puerto Rico)"),
    ],
)
def test_reminder_says_the_readers_time_when_clocks_change(zone: str, day: str, said: str) -> None:
    year, month, number = map(int, day.split("-"))
    starts_at = datetime(year, month, number, 13, tzinfo=ZoneInfo("America/New_York"))
    ends_at = starts_at.astimezone(UTC) + timedelta(hours=1)
    webinar = make_webinar(starts_at=starts_at, ends_at=ends_at, time_zone="America/New_York")
    make_registration(webinar, make_user(time_zone=zone), joined_at=LONG_AGO)
    _tick(starts_at - timedelta(hours=23))
    [owed] = Notification.objects.all()

    text = text_at(owed, starts_at - timedelta(hours=23))

    assert said in text
    assert owed.due_at == starts_at.astimezone(UTC) - timedelta(hours=24)


def text_at(owed: Notification, now: datetime) -> str:
    """Return the text of the mail as it would be written at this moment."""
    [found] = kinds.looked_up([owed])
    found.claimed_at, found.address = now, "reader@example.org"
    return str(rendering.render(found, kinds.get(found.kind).write(found)).body)
