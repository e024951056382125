"""What becomes of a message, with a real mail server and the database's own clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from pytest_django import Settings

from accounts.models import User
from notifications import (
    claiming,
    delivering,
    outbox,
    outcomes,
    suppressing,
    unsubscribing,
)
from notifications.models import Category, Notification, Relay, Suppression
from notifications.suppressing import Reason
from tests.factories import make_user
from tests.notifications.plain import after, meanwhile, owe
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("plain_kind", "postbox")
State = Notification.State
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def test_drain_sends_what_is_due_once(postbox: Postbox) -> None:
    owed = owe(recipient=make_user(name="Dana"))

    states = [after(owed), after(owed)]

    assert states == [(State.SENT, ""), (State.SENT, "")]
    assert [message["To"] for message in postbox.received] == [owed.recipient.email]  # type: ignore[union-attr]
    assert postbox.received[0]["Message-ID"] == owed.message_id
    assert postbox.received[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_drain_leaves_what_is_not_due() -> None:
    assert after(owe(due_at=datetime.now(UTC) + timedelta(hours=1)))[0] == State.PENDING


def test_nothing_goes_out_while_sending_is_switched_off(
    settings: Settings, postbox: Postbox
) -> None:
    owed = owe()
    settings.SENDS_MAIL = False
    state = after(owed)
    settings.SENDS_MAIL = True

    assert (state, postbox.received) == ((State.PENDING, ""), [])
    assert after(owed) == (State.SENT, "")


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


def test_greylisted_message_is_tried_again_later(postbox: Postbox) -> None:
    postbox.answer = "451 come back later"
    owed = owe()

    assert after(owed) == (State.PENDING, "451 come back later")
    wait = owed.next_try_at - datetime.now(UTC)  # type: ignore[operator]
    assert timedelta(seconds=20) < wait < timedelta(seconds=40)


def test_content_fails_that_is_refused_twice_while_others_are_taken(postbox: Postbox) -> None:
    postbox.planned = ["554 not wanted", "250 OK", "554 not wanted"]
    bad, good = owe(priority=1), owe()
    once = after(bad)
    Notification.objects.update(next_try_at=None)

    assert (once, after(bad)) == (
        (State.PENDING, "554 not wanted"),
        (State.FAILED, "554 not wanted"),
    )
    assert after(good) == (State.SENT, "")
    assert not Suppression.objects.exists()


def test_endless_refusals_end_after_three_days(postbox: Postbox) -> None:
    postbox.refused = dict.fromkeys(("old@example.org", "new@example.org"), "451 come back later")
    ago = claiming.database_time() - outcomes.TIRED_AFTER
    old, new = (
        owe(recipient=make_user(email=f"{name}@example.org"), refused_since=since)
        for name, since in (("old", ago), ("new", ago + timedelta(minutes=1)))
    )

    assert after(old) == (State.FAILED, "refused for 3 days: 451 come back later")
    assert after(new) == (State.PENDING, "451 come back later")


def test_late_message_says_what_the_server_said_meanwhile(now: datetime) -> None:
    owed = owe(reason="451 come back later", useful_until=now)

    assert after(owed) == (State.EXPIRED, "it came too late: 451 come back later")


def test_absent_server_loses_nothing_and_is_asked_once(settings: Settings) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    owed = [owe() for _ in range(3)]

    handled = delivering.drain()

    tried = Notification.objects.order_by("pk").values_list("state", "attempts", "faults")
    assert (handled, list(tried)) == (1, [("pending", 1, 0), ("pending", 0, 0), ("pending", 0, 0)])
    settings.EMAIL_PORT = port
    Notification.objects.update(next_try_at=None)
    assert [after(one)[0] for one in owed] == [State.SENT] * 3


def test_waits_grow_to_a_quarter_of_an_hour(postbox: Postbox) -> None:
    postbox.answer = "451 come back later"
    owed = owe()
    waits = []
    for _ in range(8):
        Notification.objects.update(next_try_at=None)
        after(owed)
        assert owed.next_try_at
        waits.append((owed.next_try_at - claiming.database_time()).total_seconds())

    expected = [30, 60, 120, 240, 480, 900, 900, 900]
    assert all(0.75 * e < wait < 1.25 * e for wait, e in zip(waits, expected, strict=True))


def test_connection_lost_before_the_content_is_safe_to_repeat(postbox: Postbox) -> None:
    postbox.breaks_at = "RCPT"
    owed = owe()
    state, reason = after(owed)
    postbox.breaks_at = ""
    Notification.objects.update(next_try_at=None)

    assert (state, reason[:33]) == (State.PENDING, "the mail server cannot be reached")
    assert after(owed) == (State.SENT, "")


def test_connection_lost_before_the_answer_leaves_it_in_doubt(postbox: Postbox) -> None:
    postbox.breaks_at = "DATA"
    owed = owe()

    assert after(owed) == (State.SENDING, "")
    postbox.breaks_at = ""
    assert after(owed) == (State.SENDING, "")  # until lease and hold are over
    Notification.objects.update(lease_until=claiming.database_time() - claiming.HOLD)
    assert after(owed) == (State.SENT, "")
    assert {message["Message-ID"] for message in postbox.received} == {owed.message_id}


def test_later_reminder_replaces_the_earlier_one(postbox: Postbox) -> None:
    now, person = datetime.now(UTC), make_user()
    old = owe(recipient=person, due_at=now - timedelta(hours=2))
    new = owe(recipient=person, due_at=now - timedelta(hours=1))

    assert after(old) == (State.SUPERSEDED, "a later reminder says the same")
    assert after(new) == (State.SENT, "")
    assert len(postbox.received) == 1


def test_claimed_message_is_nobody_elses_until_its_lease_is_over() -> None:
    owe()
    now = claiming.database_time()

    first = claiming.claim(now, 10)
    second = claiming.claim(now, 10)
    third = claiming.claim(now + claiming.LEASE, 10)

    assert [len(first), len(second), len(third)] == [1, 0, 1]


def test_doubtful_message_waits_for_lease_and_hold() -> None:
    owed = owe(state=State.SENDING, lease_until=claiming.database_time())
    now = claiming.database_time()

    soon = claiming.claim(now + timedelta(minutes=9), 10)
    later = claiming.claim(now + claiming.HOLD, 10)

    assert [soon, later] == [[], [owed]]


def test_withdrawn_message_is_never_sent(now: datetime) -> None:
    waiting, wire = owe(), owe(state=State.SENDING, lease_until=now)

    for owed in (waiting, wire):
        outbox.withdraw(owed.about, reason="canceled", now=now)
    delivering.drain()

    waiting.refresh_from_db()
    wire.refresh_from_db()
    assert (waiting.state, wire.is_void) == (State.CANCELLED, True)
    assert claiming.claim(claiming.database_time() + timedelta(days=1), 10) == []


def test_queue_owes_a_key_once() -> None:
    owed = owe()
    again = Notification(key=owed.key, kind=owed.kind, recipient=owed.recipient, due_at=owed.due_at)

    outbox.queue([again])

    assert Notification.objects.count() == 1


def _withdraw() -> None:
    owed = Notification.objects.get()
    outbox.withdraw(owed.about, reason="canceled", now=owed.due_at)


def _close_account() -> None:
    User.objects.update(is_active=False)


def _change_address() -> None:
    User.objects.update(email="new@example.org")


def _complain() -> None:
    suppressing.suppress(
        address=User.objects.get().email, reason=Reason.COMPLAINT, now=datetime.now(UTC)
    )


def _unsubscribe() -> None:
    unsubscribing.switch_off(person=User.objects.get(), category=Category.REMINDERS)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (_withdraw, (State.CANCELLED, "canceled")),
        (_close_account, (State.SUPPRESSED, "the account is closed")),
        (_complain, (State.SUPPRESSED, "The reader reported our mail")),
        (_unsubscribe, (State.SUPPRESSED, "the person has switched this category off")),
        (_change_address, (State.PENDING, "")),
    ],
)
def test_last_look_sees_what_changed_while_the_message_was_written(
    change: Callable[[], None], outcome: tuple[str, str], postbox: Postbox
) -> None:
    owed = owe()
    meanwhile.append(change)

    assert after(owed) == outcome
    assert postbox.received == []


def test_who_outlasts_the_lease_does_not_send(postbox: Postbox) -> None:
    owed = owe()
    meanwhile.append(lambda: Notification.objects.update(lease_until=claiming.database_time()))

    state = after(owed)  # claimed anew, by the same worker as it happens

    assert (state, owed.attempts, len(postbox.received)) == ((State.SENT, ""), 2, 1)


@pytest.mark.parametrize(
    ("fields", "answer", "state"),
    [
        ({}, "250 OK", State.SENT),
        ({"refused_at": BEFORE}, "554 not wanted", State.FAILED),
        ({"useful_until": datetime(2026, 1, 1, tzinfo=UTC)}, "250 OK", State.EXPIRED),
        ({"is_void": True}, "250 OK", State.CANCELLED),
    ],
)
def test_finished_message_keeps_no_code(
    fields: dict[str, Any], answer: str, state: str, postbox: Postbox
) -> None:
    Relay.objects.create(pk=1, accepted_at=BEFORE + timedelta(days=1))
    postbox.answer = answer
    owed = owe(context={"code": "493817"}, category=Category.ACCOUNT, **fields)

    assert (after(owed)[0], owed.context) == (state, {})


def test_code_of_a_finished_message_cannot_be_stored() -> None:
    with pytest.raises(IntegrityError, match="finished_message_keeps_no_secrets"):
        owe(state=State.EXPIRED, category=Category.ACCOUNT, context={"code": "493817"})
