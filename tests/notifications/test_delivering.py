"""What becomes of a message, with a real mail server and the database's own clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from notifications import delivering, kinds, outbox, suppressing, unsubscribing
from notifications.kinds import Dropped, Kind, Letter
from notifications.models import Category, Notification, Suppression
from tests.factories import make_user
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("postbox")
State = Notification.State


def _write(notification: Notification) -> Letter:
    if "dropped" in notification.context:
        raise Dropped("the webinar was canceled")
    if "broken" in notification.context:
        raise ValueError(notification.context["broken"])
    return Letter({"form": None, "latest": []}, can_wait="patient" in notification.context)


@pytest.fixture(autouse=True)
def _kinds(settings: Settings, tmp_path: Any) -> None:
    """Two kinds whose texts say nothing but their names."""
    folder = tmp_path / "tests" / "mail"
    folder.mkdir(parents=True)
    for ending in ("subject.txt", "txt", "html"):
        (folder / f"plain.{ending}").write_text("Hello {{ person.name }}\n")
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    ]
    kinds.register(Kind("tests/plain", Category.REMINDERS, _write))


def owe(**fields: Any) -> Notification:
    """Owe a reminder that is due now."""
    person = fields.pop("recipient", None) or make_user()
    now = datetime.now(UTC)
    values = {
        "key": f"test/{person.pk}/{fields.get('due_at', '')}",
        "kind": "tests/plain",
        "category": Category.REMINDERS,
        "recipient": person,
        "about": f"registration/{person.pk}",
        "due_at": now - timedelta(minutes=1),
    }
    return Notification.objects.create(**values | fields)


def after(notification: Notification) -> tuple[str, str]:
    """Send what is owed; return this one's state and reason."""
    delivering.drain()
    notification.refresh_from_db()
    return notification.state, notification.reason


def test_drain_sends_what_is_due_once(postbox: Postbox) -> None:
    owed = owe(recipient=make_user(name="Dana"))

    states = [after(owed), after(owed)]

    assert states == [(State.SENT, ""), (State.SENT, "")]
    assert [message["To"] for message in postbox.received] == [owed.recipient.email]  # type: ignore[union-attr]
    assert postbox.received[0]["Message-ID"] == owed.message_id
    assert postbox.received[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_drain_leaves_what_is_not_due() -> None:
    assert after(owe(due_at=datetime.now(UTC) + timedelta(hours=1)))[0] == State.PENDING


def test_late_message_is_not_sent() -> None:
    owed = owe(useful_until=datetime.now(UTC) - timedelta(seconds=1))

    assert after(owed) == (State.EXPIRED, "it came too late")


def test_last_look_drops_what_lost_its_point(postbox: Postbox) -> None:
    assert after(owe(context={"dropped": 1})) == (State.CANCELLED, "the webinar was canceled")
    assert postbox.received == []


def test_switched_off_category_is_not_sent() -> None:
    person = make_user()
    owed = owe(recipient=person)
    unsubscribing.switch_off(person=person, category=Category.REMINDERS)

    assert after(owed) == (State.SUPPRESSED, "the person has switched this category off")


def test_closed_account_gets_nothing() -> None:
    owed = owe(recipient=make_user(is_active=False))

    assert after(owed) == (State.SUPPRESSED, "the account is closed")


def test_demo_person_gets_no_real_mail(settings: Settings) -> None:
    owed = owe(recipient=make_user(is_demo=True))
    settings.EMAIL_HOST = "mail.example.org"

    assert after(owed) == (State.SUPPRESSED, "a demonstration person gets no real mail")


def test_refused_address_rests_from_then_on(postbox: Postbox) -> None:
    owed = owe()
    assert owed.recipient
    postbox.refused[owed.recipient.email] = "550 no such mailbox"

    assert after(owed) == (State.FAILED, "550 no such mailbox")
    assert suppressing.is_suppressed(owed.recipient.email)
    assert Suppression.objects.get().reason == "bounce"


def test_greylisted_message_is_tried_again_later(postbox: Postbox) -> None:
    postbox.answer = "451 come back later"
    owed = owe()

    assert after(owed) == (State.PENDING, "451 come back later")
    wait = owed.next_try_at - datetime.now(UTC)  # type: ignore[operator]
    assert timedelta(seconds=20) < wait < timedelta(seconds=40)


def test_refused_content_fails(postbox: Postbox) -> None:
    postbox.answer = "554 not wanted"

    assert after(owe()) == (State.FAILED, "554 not wanted")
    assert not Suppression.objects.exists()


def test_absent_server_loses_nothing(settings: Settings, postbox: Postbox) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    owed = owe()
    state, reason = after(owed)
    settings.EMAIL_PORT = port
    Notification.objects.update(next_try_at=None)

    assert (state, reason[:33]) == (State.PENDING, "the mail server cannot be reached")
    assert after(owed) == (State.SENT, "")


def test_poison_is_parked_and_holds_up_nobody() -> None:
    poison, good = owe(context={"broken": "no"}), owe()
    for _ in range(delivering.PARK_AFTER):
        Notification.objects.update(next_try_at=None)
        state = after(poison)

    assert state == (State.PARKED, "it could not be written; the log says why")
    assert after(good) == (State.SENT, "")


def test_later_reminder_replaces_the_earlier_one(postbox: Postbox) -> None:
    now, person = datetime.now(UTC), make_user()
    old = owe(recipient=person, due_at=now - timedelta(hours=2))
    new = owe(recipient=person, due_at=now - timedelta(hours=1))

    assert after(old) == (State.SUPERSEDED, "a later reminder says the same")
    assert after(new) == (State.SENT, "")
    assert len(postbox.received) == 1


def test_message_that_can_wait_does_not_come_at_night() -> None:
    midnight_zone = next(
        zone
        for zone in ("Pacific/Honolulu", "America/New_York", "Europe/Berlin", "Asia/Tokyo")
        if datetime.now(make_user(time_zone=zone).zone).hour not in delivering.DAY
    )
    owed = owe(recipient=make_user(time_zone=midnight_zone), context={"patient": 1})

    assert after(owed) == (State.PENDING, "")
    assert owed.next_try_at.astimezone(owed.recipient.zone).hour == 7  # type: ignore[union-attr]


def test_claimed_message_is_nobody_elses_until_its_lease_is_over() -> None:
    owe()
    now = delivering.database_time()

    first = delivering.claim(now, 10)
    second = delivering.claim(now, 10)
    third = delivering.claim(now + delivering.LEASE, 10)

    assert [len(first), len(second), len(third)] == [1, 0, 1]


def test_doubtful_message_waits_for_lease_and_hold() -> None:
    owed = owe(state=State.SENDING, lease_until=delivering.database_time())
    now = delivering.database_time()

    soon = delivering.claim(now + timedelta(minutes=9), 10)
    later = delivering.claim(now + delivering.HOLD, 10)

    assert [soon, later] == [[], [owed]]


def test_withdrawn_message_is_never_sent(now: datetime) -> None:
    waiting, wire = owe(), owe(state=State.SENDING, lease_until=now)

    for owed in (waiting, wire):
        outbox.withdraw(owed.about, reason="canceled", now=now)
    delivering.drain()

    waiting.refresh_from_db()
    wire.refresh_from_db()
    assert (waiting.state, wire.is_void) == (State.CANCELLED, True)
    assert delivering.claim(delivering.database_time() + timedelta(days=1), 10) == []


def test_queue_owes_a_key_once() -> None:
    owed = owe()
    again = Notification(key=owed.key, kind=owed.kind, recipient=owed.recipient, due_at=owed.due_at)

    outbox.queue([again])

    assert Notification.objects.count() == 1
