"""The weekly digest: what is held back, what it says, and that it is never empty."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from notifications import claiming, delivering, digesting, outbox, unsubscribing
from notifications.models import Category, Notification, Preference
from tests.factories import make_user
from tests.notifications.plain import owe
from tests.postbox import Postbox
from tests.webinars.test_messages import words_of

pytestmark = pytest.mark.usefixtures("plain_kind")

State = Notification.State
WEEK = timedelta(days=7)


@pytest.fixture
def reader() -> User:
    """Somebody who wants to hear of surveys once a week."""
    reader = make_user(name="Rhea")
    unsubscribing.choose(person=reader, paces={"surveys": "weekly"})
    return reader


def asked(reader: User, word: str = "one", **fields: Any) -> Notification:
    """Owe the reader something about a survey, due now."""
    values = {"category": Category.SURVEYS, "key": f"survey/{word}", "about": word}
    return owe(**values | {"recipient": reader} | fields)


def states() -> dict[str, str]:
    """Return what became of each message, by the first word of its key's second part."""
    rows = Notification.objects.values_list("key", "state")
    return {
        key.split("/")[0] if "digest" in key else key.split("/")[1]: state for key, state in rows
    }


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-26T12:00", "2026-11-30T08:00"),
        ("2026-11-30T07:59", "2026-11-30T08:00"),
        ("2026-11-30T08:00", "2026-12-07T08:00"),
        ("2026-03-07T12:00", "2026-03-09T08:00"),  # the clocks change on the Sunday between
    ],
)
def test_next_digest_is_on_monday_at_eight_where_the_reader_is(now: str, monday: str) -> None:
    zone = ZoneInfo("America/New_York")

    found = digesting.following(datetime.fromisoformat(now).replace(tzinfo=zone), zone)

    assert found == datetime.fromisoformat(monday).replace(tzinfo=zone)


def test_what_waits_a_week_comes_in_one_message(reader: User, postbox: Postbox) -> None:
    asked(reader, "one")
    asked(reader, "two")
    delivering.drain()
    held = states()

    digesting.queue_due(now=datetime.now(UTC) + WEEK)
    digesting.queue_due(now=datetime.now(UTC) + WEEK)
    Notification.objects.filter(kind=digesting.KIND).update(due_at=claiming.database_time())
    delivering.drain()

    [mail] = postbox.received
    text = words_of(mail)
    assert held == {"one": State.HELD, "two": State.HELD}
    assert (mail["Subject"], text.count("- Hello Rhea")) == ("Your week: 2 messages", 2)
    assert states() == {"one": State.SUPERSEDED, "two": State.SUPERSEDED, "digest": State.SENT}


def test_nothing_comes_before_monday_and_nothing_to_who_has_nothing(reader: User) -> None:
    make_user()
    owed = asked(reader)
    delivering.drain()

    digesting.queue_due(now=digesting.following(owed.due_at, reader.zone) - timedelta(seconds=1))

    assert states() == {"one": State.HELD}


def test_digest_without_news_is_not_sent(reader: User, postbox: Postbox) -> None:
    asked(reader, context={"dropped": 1})
    Notification.objects.update(state=State.HELD)

    digesting.queue_due(now=datetime.now(UTC) + WEEK)
    Notification.objects.filter(kind=digesting.KIND).update(due_at=claiming.database_time())
    delivering.drain()

    assert (postbox.received, states()["digest"]) == ([], State.CANCELLED)


def test_what_would_come_too_late_is_sent_at_once(reader: User, postbox: Postbox) -> None:
    asked(reader, useful_until=datetime.now(UTC) + timedelta(minutes=5))

    delivering.drain()

    assert (len(postbox.received), states()) == (1, {"one": State.SENT})


def test_withdrawn_while_held_is_not_told(reader: User) -> None:
    asked(reader)
    delivering.drain()

    outbox.withdraw("one", reason="answered", now=datetime.now(UTC))
    digesting.queue_due(now=datetime.now(UTC) + WEEK)

    assert states() == {"one": State.CANCELLED}


@pytest.mark.parametrize(("pace", "state"), [("now", State.SENT), ("off", State.SUPPRESSED)])
def test_another_choice_lets_go_what_was_held(
    reader: User, postbox: Postbox, pace: str, state: str
) -> None:
    asked(reader)
    delivering.drain()

    unsubscribing.choose(person=reader, paces={"surveys": pace})
    delivering.drain()

    assert states() == {"one": state}


def test_reminders_are_never_held(reader: User, postbox: Postbox) -> None:
    owe(recipient=reader)
    delivering.drain()

    assert (len(postbox.received), Preference.objects.count()) == (1, 1)
