"""What it costs to owe a message to everybody who registered: time, locks, memory.

Run with `make benchmark-fanout`. One webinar with PEOPLE registrants is reminded of, moved, called
off, put back on and written to. Meanwhile somebody else tries again and again to hold the webinar's
row, as whoever registers must; `others waited` is the longest of these waits.
"""

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import crowd
from notifications.claiming import database_time
from notifications.models import Notification
from webinars import mailing, registration, reminders, scheduling
from webinars.models import Mailing, Webinar

PEOPLE = int(os.environ.get("PEOPLE", "20000"))


def main() -> None:
    """Do each to everybody, and print a table."""
    call_command("migrate", verbosity=0)
    now = database_time()
    webinar = crowd.webinar(now + timedelta(minutes=50))
    crowd.seat(webinar, crowd.people(PEOPLE), now - timedelta(days=30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"one webinar, {PEOPLE} registrants")
    print(f"{'what':12}{'seconds':>10}{'others waited':>15}{'largest MB':>10}{'owed':>8}")
    for name, work in _works(webinar).items():
        _measure(name, webinar, work)


def _works(webinar: Webinar) -> dict[str, Callable[[], object]]:
    now = database_time()
    letter = Mailing.objects.create(
        webinar=webinar, audience="everybody", subject="Slides", text="They are on the page."
    )
    return {
        "remind": lambda: reminders.queue_due(now=database_time()),
        "move": lambda: _move(webinar),
        "cancel": lambda: scheduling.cancel(webinar=webinar, reason="", now=database_time()),
        "reinstate": lambda: scheduling.reinstate(webinar=webinar, reason="", now=now),
        "write": lambda: mailing.send(
            mailing=letter, seen=PEOPLE, version=letter.version, now=database_time()
        ),
        "undo": lambda: mailing.undo(mailing=letter, now=database_time()),
    }


def _move(webinar: Webinar) -> None:
    webinar.refresh_from_db()
    assert webinar.starts_at is not None
    assert webinar.ends_at is not None
    names = scheduling.Plan.__dataclass_fields__
    details = scheduling.Plan(**{name: getattr(webinar, name) for name in names})
    hour = timedelta(hours=1)
    moved = replace(details, starts_at=webinar.starts_at + hour, ends_at=webinar.ends_at + hour)
    scheduling.change(
        webinar=webinar, details=moved, topics=[], reason="A clash", now=database_time()
    )


def _measure(name: str, webinar: Webinar, work: Callable[[], object]) -> None:
    before = Notification.objects.count()
    with _somebody_else(webinar) as waits:
        began = time.monotonic()
        work()
        taken = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    owed = Notification.objects.count() - before
    print(f"{name:12}{taken:10.2f}{max(waits):15.2f}{peak:10.0f}{owed:8}")


@contextmanager
def _somebody_else(webinar: Webinar) -> Iterator[list[float]]:
    """Try to hold the webinar all the time; yield how long each try waited."""
    waits, is_over = [0.0], threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        while not is_over.is_set():
            began = time.monotonic()
            with transaction.atomic():
                registration.hold(webinar)
            waits.append(time.monotonic() - began)
            time.sleep(0.02)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    yield waits
    is_over.set()
    other.join()
