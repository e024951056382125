"""What a webinar's changes tell people, and what arrives."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from accounts.models import User
from notifications import delivering
from notifications.models import Notification
from tests.factories import make_registration, make_user, make_webinar, midday
from tests.postbox import Postbox
from webinars import join_links, offering, registration, reminders, scheduling
from webinars.models import Webinar
from webinars.scheduling import Plan

SOON = midday(30)


@pytest.fixture(autouse=True)
def _always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can wait for the morning does not, at whatever hour the tests run."""
    monkeypatch.setattr(delivering, "DAY", range(24))


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
    webinar = make_webinar(starts_at=SOON)
    register(webinar)

    delivering.drain()

    [message] = postbox.received
    method, entry = calendar_of(message)
    assert parts_of(message) == ["text/plain", "text/html", "text/calendar", "application/ics"]
    kinds = [part.get_content_type() for part in message.walk() if part.is_multipart()]
    assert kinds == ["multipart/mixed", "multipart/alternative"]  # or programs show no buttons
    [file] = message.iter_attachments()
    assert (file.get_filename(), file.get_content()[:15]) == ("invite.ics", b"BEGIN:VCALENDAR")
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
        people[0].email: ["text/calendar", "application/ics"],
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


PACIFIC = "America/Los_Angeles"


def said_to(place_of: User, webinar: Webinar, postbox: Postbox) -> str:
    """Send what is owed and return the words of the last message to this person."""
    delivering.drain()
    return words_of([one for one in postbox.received if one["To"] == place_of.email][-1])


def test_receipt_says_both_times_and_when_reminders_come(postbox: Postbox) -> None:
    starts_at = datetime(SOON.year + 1, 1, 14, 18, tzinfo=UTC)
    webinar = make_webinar(starts_at=starts_at, access_information="Live captions.")
    person = make_user(time_zone=PACIFIC)
    registration.register(webinar=webinar, person=person, now=datetime.now(UTC))

    words = said_to(person, webinar, postbox)

    assert words.startswith(f"You are registered {webinar.title} ")
    assert "10:00 to 11:15 a.m. Pacific (your time)" in words
    assert "1:00 to 2:15 p.m. Eastern (organizer's time)" in words
    assert "Access: Live captions." in words
    assert "We remind you 7 days, 1 day and 1 hour before." in words
    assert f"The webinar's page: http://127.0.0.1:8000/webinars/{webinar.slug}/" in words


def test_late_receipt_says_what_the_reminders_said(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(hours=3))
    person = register(webinar)

    words = said_to(person, webinar, postbox)

    assert f"Join here: {join_links.url(webinar.registrations.get())}" in words
    assert re.search(
        r"The webinar takes place (today|tomorrow) at \d+:\d\d [ap]\.m\. Eastern", words
    )
    assert "We remind you" not in words


def test_place_in_line_carries_no_calendar_entry(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    make_registration(webinar)
    person = register(webinar)

    words = said_to(person, webinar, postbox)

    [message] = postbox.received
    assert message["Subject"] == f"You are number 1 on the waitlist: {webinar.title}"
    assert parts_of(message) == ["text/plain", "text/html"]
    assert "/join/" not in message.as_string()
    assert "we write to you when it is yours" in words


def test_freed_seat_brings_the_calendar_entry(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    first, second = register(webinar), register(webinar)
    delivering.drain()

    registration.cancel(webinar=webinar, person=first, now=datetime.now(UTC))
    delivering.drain()

    methods = {str(one["To"]): calendar_of(one)[0] for one in postbox.received[2:]}
    assert methods == {first.email: "CANCEL", second.email: "REQUEST"}
    assert postbox.received[-1]["Subject"] == f"A seat is yours: {webinar.title}"


def test_seat_that_is_taken_again_has_a_higher_sequence(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON)
    person = register(webinar)
    for change in (registration.cancel, registration.register):
        delivering.drain()
        change(webinar=webinar, person=person, now=datetime.now(UTC))
    delivering.drain()

    calendars = [calendar_of(one) for one in postbox.received]

    said = [(method, int(entry["sequence"])) for method, entry in calendars]
    assert said == [("REQUEST", 0), ("CANCEL", 0), ("REQUEST", 1)]
    assert "does not free your seat. If you cannot come" in calendars[0][1]["description"]


def test_who_leaves_the_line_has_nothing_to_take_out_of_the_calendar(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    make_registration(webinar)
    person = register(webinar)
    delivering.drain()
    registration.cancel(webinar=webinar, person=person, now=datetime.now(UTC))

    words = said_to(person, webinar, postbox)

    assert "You left the waitlist." in words
    assert parts_of(postbox.received[-1]) == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (
            "registered",
            ["Your seat is kept", "takes it out", "Your seat stood", "You gave up your seat."],
        ),
        (
            "waitlisted",
            ["waitlist: number 1", "need not wait", "waitlist: number 1", "no longer on the waitl"],
        ),
        ("pending", ["still waits", "need not wait", "still waits", "registration is taken back"]),
    ],
)
def test_each_message_fits_the_place_of_its_reader(
    postbox: Postbox, state: str, told: list[str]
) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    make_registration(webinar)
    place = make_registration(webinar, state=state)
    later = details(webinar, starts_at=SOON + timedelta(days=1), ends_at=SOON + timedelta(days=2))
    now = datetime.now(UTC)

    scheduling.change(webinar=webinar, details=later, topics=[], reason="", now=now)
    words = [said_to(place.person, webinar, postbox)]
    scheduling.cancel(webinar=webinar, reason="", now=now)
    words += [said_to(place.person, webinar, postbox)]
    scheduling.reinstate(webinar=webinar, reason="", now=now)
    words += [said_to(place.person, webinar, postbox)]
    registration.cancel(webinar=webinar, person=place.person, now=now)
    words += [said_to(place.person, webinar, postbox)]

    assert [one in text for one, text in zip(told, words, strict=True)] == [True] * 4


def test_who_registers_again_hears_only_of_the_seat(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON)
    person = register(webinar)
    registration.cancel(webinar=webinar, person=person, now=datetime.now(UTC))
    registration.register(webinar=webinar, person=person, now=datetime.now(UTC))

    delivering.drain()

    assert [one["Subject"] for one in postbox.received] == [f"You are registered: {webinar.title}"]


def test_moved_says_what_it_was(postbox: Postbox) -> None:
    starts_at = datetime(SOON.year + 1, 1, 14, 18, tzinfo=UTC)
    webinar = make_webinar(starts_at=starts_at)
    person = register(webinar)
    later = {"starts_at": starts_at + timedelta(hours=2), "ends_at": starts_at + timedelta(hours=3)}
    now = datetime.now(UTC)
    scheduling.change(
        webinar=webinar, details=details(webinar, **later), topics=[], reason="", now=now
    )

    words = said_to(person, webinar, postbox)

    assert "3:00 to 4:00 p.m. Eastern" in words
    assert "1:00 to 2:15 p.m. Eastern." in words.partition("It was ")[2]


def test_offer_goes_to_who_is_next_while_the_seat_is_free(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(hours=1), capacity=1)
    seated = make_registration(webinar)
    waiting = [make_registration(webinar, state="waitlisted").person for _ in range(2)]
    registration.cancel(webinar=webinar, person=seated.person, now=datetime.now(UTC))

    words = said_to(waiting[0], webinar, postbox)

    assert "open your page and say whether you take it" in words
    assert "http://127.0.0.1:8000/places/" in words
    assert waiting[1].email not in {one["To"] for one in postbox.received}


def test_offer_that_is_answered_is_not_sent(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(hours=1), capacity=1)
    seated = make_registration(webinar)
    waiting = make_registration(webinar, state="waitlisted").person
    registration.cancel(webinar=webinar, person=seated.person, now=datetime.now(UTC))
    offering.decline(webinar=webinar, person=waiting, now=datetime.now(UTC))

    delivering.drain()

    assert {one["Subject"][:10] for one in postbox.received} == {"You are no"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"visibility": "members"}, "the person may not see the webinar any more"),
        ({"state": "cancelled", "cancelled_at": SOON}, "the webinar was canceled"),
        ({"sequence": 9}, "the webinar has moved since"),
    ],
)
def test_what_has_lost_its_point_is_not_sent(postbox: Postbox, fields, reason: str) -> None:
    register(make_webinar(starts_at=SOON))
    Webinar.objects.update(**fields)

    delivering.drain()

    assert (postbox.received, Notification.objects.get().reason) == ([], reason)


def test_reminder_is_headed_by_the_readers_time(postbox: Postbox) -> None:
    now = datetime.now(UTC)
    webinar = make_webinar(starts_at=now + timedelta(minutes=50))
    place = make_registration(webinar, make_user(time_zone=PACIFIC))
    reminders.queue_due(now=now)

    words = said_to(place.person, webinar, postbox)

    assert re.match(r"(Today|Tomorrow) at \d+:\d\d [ap]\.m\. Pacific", words)
    assert f"Join here: {join_links.url(place)}" in words
    assert postbox.received[0]["Subject"].endswith(f"Pacific: {webinar.title}")


def test_links_in_messages_only_open_pages(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON)
    register(webinar)
    delivering.drain()

    links = set(re.findall(r'href="([^"]+)"', postbox.received[0].as_string().replace("=\n", "")))

    assert {link for link in links if "register" in link or "cancel" in link} == set()
