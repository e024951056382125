"""A message that cannot be written, or ends its worker, costs the others nothing."""

from datetime import timedelta
from typing import Any

import pytest

from notifications import claiming, delivering
from notifications.models import Notification
from tests.factories import make_user
from tests.notifications.plain import after, owe
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("plain_kind", "postbox")
State = Notification.State


def test_poison_is_parked_and_holds_up_nobody() -> None:
    poison, good = owe(context={"broken": "no"}), owe()
    for _ in range(claiming.PARK_AFTER):
        Notification.objects.update(next_try_at=None)
        state = after(poison)

    assert state == (State.PARKED, "it could not be written; the log says why")
    assert after(good) == (State.SENT, "")


def test_unknown_kind_is_tried_again_and_parked_in_the_end() -> None:
    owed = owe(kind="tests/unheard")

    assert (after(owed)[0], owed.faults) == (State.PENDING, 1)


POISON: dict[str, dict[str, Any]] = {
    "fails": {"context": {"broken": "no"}},
    "hangs": {"context": {"hangs": 1}},
    "takes the database too long": {"context": {"slow": 1}},
    "is of no kind": {"kind": "tests/unheard"},
    "has a subject that no database takes": {"context": {"name": "nul"}},
    "names its row badly": {"context": {"place": [1]}, "kind": "webinars/receipt"},
    "goes to no address that servers take": {"email": "dåna@example.org"},
}


@pytest.mark.parametrize("fields", POISON.values(), ids=POISON)
def test_poison_costs_its_batch_nothing(
    fields: dict[str, Any], postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "hangs" in fields.get("context", {}):
        after(owe())  # the templates are read by now
        monkeypatch.setattr(delivering, "WRITING", 2.0)
    before = len(postbox.received)
    person = make_user(email=fields.get("email", "dana@example.org"))
    fields = {name: value for name, value in fields.items() if name != "email"}
    owe(**fields, recipient=person, priority=1)
    good = [owe() for _ in range(3)]

    delivering.drain()

    tried = Notification.objects.filter(pk__in=[one.pk for one in good])
    assert list(tried.values_list("state", "attempts", "faults")) == [("sent", 1, 1)] * 3
    assert len(postbox.received) - before == 3


def test_death_of_a_worker_counts_for_the_message_in_hand_only() -> None:
    killer, *others = [owe() for _ in range(4)]
    for _ in range(2 * claiming.PARK_AFTER):
        now = claiming.database_time()
        claiming.tidy(now)
        for one in claiming.claim(now, 10):
            claiming.begin(one)
            if one == killer:  # its worker dies, and nobody comes for long
                Notification.objects.update(lease_until=now - claiming.HOLD)
                break
            Notification.objects.filter(pk=one.pk).update(state=State.SENT, sent_at=now)

    rows = Notification.objects.order_by("pk").values_list("state", "attempts", "reason")
    assert list(rows) == [
        (State.PARKED, claiming.PARK_AFTER, "workers ended eight times while they had it"),
        *[(State.SENT, 1, "")] * len(others),
    ]


def test_batch_of_a_dead_worker_waits_for_half_a_minute_only() -> None:
    for _ in range(3):
        owe()
    now = claiming.database_time()
    first, *others = claiming.claim(now, 10)
    claiming.begin(first)

    soon = claiming.claim(now + claiming.WAIT, 10)
    late = claiming.claim(now + claiming.LEASE + timedelta(minutes=1), 10)

    assert (soon, [one.pk for one in late if one == first]) == (others, [])
    assert [claiming.begin(one) for one in others] == [False, False]
