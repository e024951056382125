"""How fast the outbox sends, as a ratio to raw smtplib over one kept connection, in one run.

Run with `make benchmark-mail`. In turn, a round of messages of the same bytes goes out by smtplib
alone, and as many due reminders by the portal's worker as the Procfile starts it; both to the same
server on loopback, which runs in a process of its own.
"""

import os
import smtplib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from benchmarks import crowd, faults, processes
from notifications import claiming, kinds, rendering
from notifications.models import Notification
from webinars import reminders

MESSAGES, ROUND = int(os.environ.get("MESSAGES", "10000")), 1000


def main() -> None:
    """Send in turn, and print a table."""
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        sink = processes.make_sink(Path(folder))
        with sink.running(), _worker(sink):
            rounds = [_round(sink) for _ in range(MESSAGES // ROUND)]
        arrived = sink.by_message_id()
    assert set(arrived.values()) == {2}, "a message is missing, or came twice"
    assert Notification.objects.filter(state="sent").count() == MESSAGES
    raw, portal = (sum(times) for times in zip(*rounds, strict=True))
    print(f"{MESSAGES} due reminders in rounds of {ROUND}")
    print(f"{'sender':34}{'messages / s':>14}{'of smtplib':>12}")
    for name, taken in (("smtplib, one kept connection", raw), ("the outbox, the worker", portal)):
        print(f"{name:34}{MESSAGES / taken:14.0f}{raw / taken:12.2f}")


@contextmanager
def _worker(sink: processes.Sink) -> Iterator[None]:
    """Run the worker as the Procfile does."""
    procfile = (processes.ROOT / "Procfile").read_text()
    line = next(line for line in procfile.splitlines() if line.startswith("worker: "))
    address = f"smtp://127.0.0.1:{sink.port}"
    process = processes.start_line(line.removeprefix("worker: "), EMAIL_URL=address)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _round(sink: processes.Sink) -> tuple[float, float]:
    """Return the seconds that smtplib and then the worker took for the same messages."""
    with transaction.atomic():  # the worker sees nothing of it before it is owed whole
        _owe()
        same = _bytes_of_what_is_owed()
        with smtplib.SMTP("127.0.0.1", sink.port) as line:
            raw = _timed(lambda: _send(line, same))
    return raw, _timed(lambda: processes.wait_until(lambda: not faults.is_owed()))


def _owe() -> None:
    now = claiming.database_time()
    webinar = crowd.webinar(now + timedelta(minutes=50))
    crowd.seat(webinar, crowd.people(ROUND), now - timedelta(days=30))
    reminders.queue_due(now=now)


def _bytes_of_what_is_owed() -> list[tuple[str, bytes]]:
    due = Notification.objects.filter(state="pending").select_related("recipient")
    found, now = [], claiming.database_time()
    for notification in kinds.looked_up(list(due)):
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
