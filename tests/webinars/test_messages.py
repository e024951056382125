"""What a webinar's changes tell people, and what arrives."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from accounts.models import User
from notifications import delivering
from notifications.models import Notification
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from webinars import registration, reminders, scheduling
from webinars.models import Webinar
from webinars.scheduling import Plan

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)


def details(webinar: Webinar, **changes: Any) -> Plan:
    """Return what is said of a webinar, with changes."""
    said = {name: getattr(webinar, name) for name in Plan.__dataclass_fields__}
    return Plan(**said | changes)


def register(webinar: Webinar) -> User:
    """Give somebody a place now."""
    person = make_user()
    registration.register(webinar=webinar, person=person, now=datetime.now(UTC))
    return person


def parts_of(message: Any) -> list[str]:
    """Return the kinds of text that the message carries, in order."""
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


def words_of(message: Any) -> str:
    """Return the message's plain text, its lines joined."""
    return " ".join(message.get_body(("plain",)).get_content().split())


def calendar_of(message: Any) -> Any:
    """Return the message's method and its only event."""
    part = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    return calendar["method"], calendar.walk("VEVENT")[0]


def test_receipt_carries_text_html_and_calendar(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, join_url="https://join.example.org/1")
    register(webinar)

    delivering.drain()

    [message] = postbox.received
    method, entry = calendar_of(message)
    assert parts_of(message) == ["text/plain", "text/html", "text/calendar"]
    assert message["Subject"] == f"You are registered: {webinar.title}"
    assert (method, int(entry["sequence"]), entry["dtstart"].dt) == ("REQUEST", 0, SOON)


def test_moving_tells_everybody_once_with_the_same_uid(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON)
    register(webinar)
    delivering.drain()
    later = SOON + timedelta(days=1)
    plan = details(webinar, starts_at=later, ends_at=later + timedelta(hours=1))

    for _ in range(2):
        scheduling.change(
            webinar=webinar, details=plan, topics=[], reason="A holiday", now=datetime.now(UTC)
        )
    delivering.drain()

    (_, first), (method, second) = (calendar_of(message) for message in postbox.received)
    assert (method, int(second["sequence"]), second["dtstart"].dt) == ("REQUEST", 1, later)
    assert first["uid"] == second["uid"]
    assert "A holiday" in postbox.received[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_canceling_tells_everybody_once(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    people = [register(webinar), register(webinar)]

    for _ in range(2):
        scheduling.cancel(webinar=webinar, reason="Storm", now=datetime.now(UTC))
    delivering.drain()

    assert sorted(message["To"] for message in postbox.received) == sorted(
        person.email for person in people
    )
    assert {message["Subject"] for message in postbox.received} == {f"Canceled: {webinar.title}"}
    # Only who held a seat has it in the calendar.
    assert {message["To"]: parts_of(message)[2:] for message in postbox.received} == {
        people[0].email: ["text/calendar"],
        people[1].email: [],
    }


def test_mended_words_tell_nobody(now: datetime) -> None:
    webinar = make_webinar()
    make_registration(webinar)

    scheduling.change(
        webinar=webinar, details=details(webinar, title="Liens"), topics=[], reason="", now=now
    )

    assert Notification.objects.count() == 0


def test_more_seats_go_to_those_who_wait(now: datetime) -> None:
    webinar = make_webinar(capacity=1)
    for _ in range(3):
        registration.register(webinar=webinar, person=make_user(), now=now)

    scheduling.change(
        webinar=webinar, details=details(webinar, capacity=2), topics=[], reason="", now=now
    )

    assert webinar.registrations.seated().count() == 2


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=8), []),
        (timedelta(days=7), ["week"]),
        (timedelta(days=3), ["week"]),
        (timedelta(days=2), []),
        (timedelta(hours=23), ["day"]),
        (timedelta(hours=4), []),
        (timedelta(minutes=59), ["hour"]),
        (timedelta(minutes=-9), ["hour"]),
        (timedelta(minutes=-10), []),
    ],
)
def test_reminders_are_owed_in_their_time(now: datetime, before: timedelta, words: list[str]):
    webinar = make_webinar(starts_at=now + before)
    make_registration(webinar, joined_at=now - timedelta(days=30))

    for _ in range(2):
        reminders.queue_due(now=now)

    assert [one.context["lead"] for one in Notification.objects.all()] == words


def test_who_registers_late_gets_no_reminder_of_the_past(now: datetime) -> None:
    make_registration(make_webinar(starts_at=now + timedelta(days=3)), joined_at=now)

    reminders.queue_due(now=now)

    assert Notification.objects.count() == 0


def test_reminder_of_a_canceled_place_is_not_sent(postbox: Postbox) -> None:
    starts_at = datetime.now(UTC) + timedelta(minutes=50)
    place = make_registration(make_webinar(starts_at=starts_at))
    reminders.queue_due(now=datetime.now(UTC))
    place.webinar.registrations.update(state="waitlisted")

    delivering.drain()

    assert postbox.received == []
    assert Notification.objects.get().reason == "the person has no seat any more"
