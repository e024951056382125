"""Owe once more what failed to reach people."""

from collections.abc import Iterable

from django.db import transaction

from notifications import outbox
from notifications.models import Notification


def owe_again(failed: Iterable[Notification]) -> None:
    """Owe these once more, each written from the context that it was given anew.

    Their rows must be held. The last look drops who may not or need not get it, as always.
    """
    again = list(failed)
    for one in again:
        one.state, one.reason, one.attempts, one.faults = Notification.State.PENDING, "", 0, 0
        one.next_try_at = one.lease_until = one.claim = None
        one.sent_at = None  # what came back had been sent
    names = ["context", "state", "reason", "attempts", "faults", "due_at", "useful_until"]
    names += ["next_try_at", "lease_until", "claim", "sent_at"]
    Notification.objects.bulk_update(again, names, batch_size=500)
    transaction.on_commit(outbox.look_now)
