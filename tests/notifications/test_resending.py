"""Sending again what did not reach its reader: any kind, after a question, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications import delivering, suppressing
from notifications.models import Category, Notification
from tests.browsers import Client
from tests.factories import make_user
from tests.notifications.plain import owe
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("plain_kind", "postbox")
State = Notification.State
AGAIN = "/manage/deliveries/again/"


def failed(state: str = State.FAILED, **fields: Any) -> Notification:
    """Make a message that did not reach its reader."""
    return owe(state=state, reason="554 not today", attempts=3, faults=2, **fields)


def states() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("state", [State.FAILED, State.PARKED, State.EXPIRED])
def test_any_kind_goes_out_again_once_under_its_name(
    state: str, organiser_client: Client, postbox: Postbox
) -> None:
    one = failed(state)

    asked = organiser_client.get(AGAIN).content.decode()
    for _ in range(2):
        organiser_client.post(AGAIN)
        delivering.drain()

    one.refresh_from_db()
    assert "Send 1 again" in asked
    assert (states(), len(postbox.received)) == ([State.SENT], 1)
    assert postbox.received[0]["Message-ID"] == one.message_id


def test_only_what_has_a_point_goes_out_again(organiser_client: Client) -> None:
    past, soon = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    resting = make_user()
    suppressing.suppress(
        address=resting.email, reason=suppressing.Reason.BOUNCE, now=datetime.now(UTC)
    )
    failed()
    failed(recipient=resting)
    failed(context={"dropped": 1})
    failed(kind="tests/unheard")
    failed(state=State.EXPIRED, useful_until=past)  # what it is about is still to come
    failed(state=State.EXPIRED, useful_until=past, context={"hours_before": -1})
    owe(state=State.CANCELLED)
    owe(due_at=soon)

    organiser_client.post(AGAIN)

    assert states() == [
        State.PENDING,
        *[State.FAILED] * 3,
        State.PENDING,
        State.EXPIRED,
        State.CANCELLED,
        State.PENDING,
    ]


@pytest.mark.parametrize(
    ("query", "sent"), [("?one={pk}", 1), ("?one=x", 0), ("?one=9999999999999999999999", 0)]
)
def test_one_message_goes_out_again(query: str, sent: int, organiser_client: Client) -> None:
    failed()
    one = failed()

    organiser_client.post(AGAIN + query.format(pk=one.pk))

    assert states() == [State.FAILED, State.PENDING if sent else State.FAILED]


def test_failed_message_keeps_what_it_is_written_from_but_codes(postbox: Postbox) -> None:
    refused = {"broken": "no"}
    for category in (Category.REMINDERS, Category.ACCOUNT):
        owe(category=category, context=refused, faults=7)

    for _ in range(3):
        delivering.drain()

    kept = Notification.objects.order_by("pk").values_list("state", "context")
    assert list(kept) == [(State.PARKED, refused), (State.PARKED, {})]
