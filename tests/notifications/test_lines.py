"""Many messages go over several connections at once, each message once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from notifications import delivering
from notifications.models import Notification
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from webinars import reminders

NUMBER = 130


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lines", [1, 3])
def test_each_message_goes_out_once(lines: int, settings: Settings, postbox: Postbox) -> None:
    settings.MAIL_LINES = lines
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(minutes=50))
    for _ in range(NUMBER):
        make_registration(webinar, make_user())
    reminders.queue_due(now=datetime.now(UTC))

    handled = delivering.drain()

    names = Counter(message["Message-ID"] for message in postbox.received)
    assert (handled, len(names), set(names.values())) == (NUMBER, NUMBER, {1})
    assert Notification.objects.filter(state="sent").count() == NUMBER


@pytest.mark.django_db(transaction=True)
def test_limit_holds_for_all_lines_together(settings: Settings, postbox: Postbox) -> None:
    settings.MAIL_LINES = 3
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(minutes=50))
    for _ in range(NUMBER):
        make_registration(webinar, make_user())
    reminders.queue_due(now=datetime.now(UTC))

    handled = delivering.drain(limit=100)

    assert (handled, len(postbox.received)) == (100, 100)
    assert Notification.objects.filter(state="claimed").count() == 0
