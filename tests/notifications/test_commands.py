"""The commands that timers and operators call."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications import tasks
from notifications.models import Notification
from tests.factories import make_user
from tests.postbox import Postbox


def _owe(due_at: datetime, **fields: object) -> Notification:
    return Notification.objects.create(
        key=f"test/{Notification.objects.count()}",
        kind="tests/unheard",
        category="changes",
        recipient=make_user(),
        due_at=due_at,
        **fields,
    )


def _said(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


@pytest.mark.usefixtures("postbox")
def test_drain_outbox_says_how_many_it_handled(now: datetime) -> None:
    for _ in range(2):
        _owe(now - timedelta(days=400))

    assert _said("drain_outbox", "--limit", "1") == "handled: 1\n"


def test_task_drains_as_the_command_does(now: datetime, postbox: Postbox) -> None:
    owed = _owe(now - timedelta(days=400))

    tasks.drain()

    owed.refresh_from_db()
    assert (owed.attempts, postbox.received) == (1, [])


def test_withdraw_due_forgets_what_the_lost_system_has_sent(now: datetime) -> None:
    loss = now - timedelta(days=400)
    before, after = _owe(loss - timedelta(seconds=1)), _owe(loss)
    wire = _owe(loss - timedelta(hours=1), state="sending", context={"code": "1"})

    said = _said("withdraw_due", "--before", loss.isoformat().replace("+00:00", "Z"))

    for one in (before, after, wire):
        one.refresh_from_db()
    assert said == "withdrawn: 2\n"
    assert (before.state, after.state, wire.is_void) == ("cancelled", "pending", True)


def test_withdraw_due_needs_a_moment() -> None:
    with pytest.raises(CommandError, match="before"):
        _said("withdraw_due", "--before", "yesterday")
