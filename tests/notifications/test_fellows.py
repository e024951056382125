"""Processes that send at the same time, and when one calls another."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from notifications import delivering
from notifications.models import Notification
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from webinars import reminders

NUMBER = 3 * delivering.BATCH + 7


def owe(number: int) -> None:
    """Owe this many reminders, due now."""
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(minutes=50))
    for _ in range(number):
        make_registration(webinar, make_user())
    reminders.queue_due(now=datetime.now(UTC))


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_each_message_once(postbox: Postbox) -> None:
    owe(NUMBER)

    handled = at_once(lambda _: delivering.drain(), range(2))

    names = Counter(message["Message-ID"] for message in postbox.received)
    assert (sum(handled), len(names), set(names.values())) == (NUMBER, NUMBER, {1})
    assert Notification.objects.filter(state="sent").count() == NUMBER


@pytest.mark.parametrize(("number", "calls"), [(5, 0), (delivering.BATCH, 1), (NUMBER, 1)])
def test_fellow_is_called_once_when_much_is_due(postbox: Postbox, number: int, calls: int) -> None:
    owe(number)
    called: list[int] = []

    delivering.drain(call_fellow=lambda: called.append(len(postbox.received)))

    assert called == [delivering.BATCH] * calls
    assert len(postbox.received) == number


def test_nobody_is_called_to_a_mail_server_that_is_gone(postbox: Postbox) -> None:
    owe(NUMBER)
    postbox.breaks_at = "RCPT"
    called: list[int] = []

    handled = delivering.drain(call_fellow=lambda: called.append(1))

    assert (handled, called) == (1, [])


def test_limit_holds_and_keeps_nothing(postbox: Postbox) -> None:
    owe(NUMBER)

    handled = delivering.drain(limit=delivering.BATCH + 3)

    assert (handled, len(postbox.received)) == (delivering.BATCH + 3, delivering.BATCH + 3)
    assert Notification.objects.filter(state="claimed").count() == 0
