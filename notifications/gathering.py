"""Several facts in one message: it keeps what its reader knew of each before the first change."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from notifications import outbox
from notifications.models import Notification


@transaction.atomic
def add(notices: Sequence[Notification], *, fact: str, before: Any, word: str = "") -> None:
    """Owe these messages of one kind about one thing, or add the fact to those that still wait.

    `before` is what the readers know of it, `word` says how it changed. Whoever writes the message
    compares `known` with what is true by then, so that what came and went is told to nobody.
    """
    waiting = _waiting(notices)
    for notice in notices:
        kept = waiting.get(notice.recipient_id, notice)
        kept.context.setdefault("known", {}).setdefault(fact, before)
        kept.context.setdefault("words", {})[fact] = word
        kept.due_at = max(kept.due_at, notice.due_at)
    Notification.objects.bulk_update(waiting.values(), ["context", "due_at"])
    outbox.queue(one for one in notices if one.recipient_id not in waiting)


@transaction.atomic
def take_out(kind: str, about: str, reader_id: int, *, fact: str) -> None:
    """Tell a reader nothing of the fact: they changed it, and know it as it is."""
    waiting = Notification.objects.select_for_update().filter(
        kind=kind, about=about, recipient=reader_id, state=Notification.State.PENDING
    )
    for one in waiting:
        one.context.get("known", {}).pop(fact, None)
        one.save(update_fields=["context"])


def changed(notification: Notification, now: dict[str, Any]) -> list[str]:
    """Return the facts that are other `now` than the reader knows, in the order of their news."""
    known = notification.context.get("known", {})
    return [fact for fact, before in known.items() if now.get(fact) != before]


def _waiting(notices: Sequence[Notification]) -> dict[int | None, Notification]:
    """Hold and return the messages that no worker has in hand, by their readers."""
    of_these = Notification.objects.select_for_update().filter(
        kind__in={one.kind for one in notices},
        about__in={one.about for one in notices},
        recipient__in=[one.recipient_id for one in notices],
        state=Notification.State.PENDING,
        is_void=False,
    )
    return {one.recipient_id: one for one in of_these.order_by("pk")}
