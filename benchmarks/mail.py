"""How fast the outbox sends, as a ratio to raw smtplib over one kept connection, in one run.

Run with `make benchmark-mail`. The outbox owes 5,000 due reminders. In turn, a round of them goes
out as a worker sends them, and as many messages of the same bytes go out by smtplib alone; both
to the same server on loopback, which runs in a process of its own.
"""

import os
import smtplib
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from benchmarks import crowd, processes
from notifications import claiming, delivering, kinds, rendering
from notifications.models import Notification
from webinars import reminders

MESSAGES, ROUND = int(os.environ.get("MESSAGES", "5000")), 500


def main() -> None:
    """Owe, send in turn, and print a table."""
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        sink = processes.make_sink(Path(folder))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        owing = _timed(_owe)
        with sink.running():
            raw, portal = _in_turn(sink.port)
        assert len(sink.lines()) == 2 * MESSAGES, "a message is missing"
    assert Notification.objects.filter(state="sent").count() == MESSAGES
    print(f"{MESSAGES} reminders owed in {owing:.2f} s")
    print(f"{'sender':34}{'messages / s':>14}{'of smtplib':>12}")
    for name, taken in (("smtplib, one kept connection", raw), ("the outbox, one worker", portal)):
        print(f"{name:34}{MESSAGES / taken:14.0f}{raw / taken:12.2f}")


def _owe() -> None:
    now = claiming.database_time()
    webinar = crowd.webinar(now + timedelta(minutes=50))
    crowd.seat(webinar, crowd.people(MESSAGES), now - timedelta(days=30))
    reminders.queue_due(now=now)


def _in_turn(port: int) -> tuple[float, float]:
    """Return the seconds that smtplib and the outbox took for all messages."""
    raw = portal = 0.0
    with smtplib.SMTP("127.0.0.1", port) as line:
        for _ in range(MESSAGES // ROUND):
            same = _bytes_of_next_round()
            raw += _timed(lambda same=same: _send(line, same))  # type: ignore[misc] # bound now
            portal += _timed(lambda: delivering.drain(limit=ROUND))
    return raw, portal


def _bytes_of_next_round() -> list[tuple[str, bytes]]:
    due = Notification.objects.filter(state="pending").select_related("recipient")
    found, now = [], claiming.database_time()
    for notification in kinds.looked_up(list(due.order_by("priority", "due_at", "pk")[:ROUND])):
        notification.claimed_at = now
        letter = kinds.get(notification.kind).write(notification)
        notification.address = notification.recipient.email  # type: ignore[union-attr]
        message = rendering.render(notification, letter)
        found.append((notification.address, rendering.content(message)))
    return found


def _send(line: smtplib.SMTP, messages: list[tuple[str, bytes]]) -> None:
    for address, content in messages:
        line.sendmail("learning@example.org", [address], content)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
