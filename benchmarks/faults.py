"""What becomes of messages while things break, with real processes: `make faults`.

The small versions of these scenes run in every `make test` (tests/faults). A lease lasts five
minutes and a doubtful message is held for ten more; nobody waits for that here. When a worker is
dead, `let_time_pass` moves the times in the rows that it held back by a quarter of an hour, which
is what the clock would have done.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from benchmarks import crowd, processes
from benchmarks.processes import Process, Sink
from notifications import claiming, rendering
from notifications.models import Notification
from notifications.placeholders import Wording
from webinars import mailing, mailing_notices, registration, reminders, scheduling
from webinars.models import Mailing, Registration, Webinar

DRAIN = ("manage.py", "drain_outbox")
MESSAGES, KILLS = 1000, 60
_BREAK = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@dataclass
class Outcome:
    """What was owed, and how often each of it arrived."""

    owed: set[str]
    arrived: Counter[str]
    notes: dict[str, float] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """How many never arrived."""
        return len(self.owed - set(self.arrived))

    @property
    def repeated(self) -> int:
        """How many arrivals were one too many; each has the Message-ID of the first."""
        return sum(self.arrived.values()) - len(self.arrived)


def owe(
    messages: int, ahead: timedelta = timedelta(minutes=50), capacity: int | None = None
) -> tuple[Webinar, set[str]]:
    """Owe the reminders of a webinar so far ahead, due now; return it and their Message-IDs."""
    now = claiming.database_time()
    webinar = crowd.webinar(now + ahead, capacity)
    crowd.seat(webinar, crowd.people(messages), now - timedelta(days=30))
    reminders.queue_due(now=now)
    mine = Notification.objects.filter(context__starts_at=webinar.starts_at.isoformat())  # type: ignore[union-attr]
    return webinar, {rendering.message_id(one) for one in mine}


def let_time_pass() -> None:
    """Let a quarter of an hour pass for what a dead worker held and for what is to be retried."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notification SET lease_until = lease_until - interval '16 min',"
            " next_try_at = next_try_at - interval '16 min'"
            " WHERE state IN ('pending', 'claimed', 'sending')"
        )


def is_owed() -> bool:
    """Whether anything is still to be sent."""
    return Notification.objects.filter(state__in=["pending", "claimed", "sending"]).exists()


def finish(sink: Sink) -> None:
    """Let workers run until nothing is owed any more."""
    for _ in range(20):
        let_time_pass()
        if not is_owed():
            return
        worker(sink).wait(timeout=300)
    raise TimeoutError


def worker(sink: Sink, program: tuple[str, ...] = DRAIN) -> Process:
    """Start a mail worker that sends to the sink."""
    return processes.start(*program, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}")


def _wait_for_mail(sink: Sink, process: Process, before: int) -> None:
    """Wait until more than before has arrived, or the worker has ended."""
    processes.wait_until(lambda: len(sink.lines()) > before or process.poll() is not None)


def _any_moment(sink: Sink, process: Process) -> None:
    """Wait until more has arrived, and a little longer."""
    _wait_for_mail(sink, process, len(sink.lines()))
    time.sleep(random.uniform(0, 0.1))  # noqa: S311 not a secret


def kill_workers(
    folder: Path,
    messages: int,
    kills: int,
    program: tuple[str, ...] = DRAIN,
    pause: float = 0.0,
    wait: Callable[[Sink, Process], None] = _any_moment,
) -> Outcome:
    """Kill workers with signal 9 while they send, each at the moment for which `wait` waits."""
    sink = processes.make_sink(folder, pause)
    _, owed = owe(messages)
    with sink.running():
        for _ in range(kills):
            process = worker(sink, program)
            wait(sink, process)
            process.kill()
            process.wait()
            let_time_pass()
        finish(sink)
    return Outcome(owed, sink.by_message_id())


def flush_broker(folder: Path, messages: int) -> Outcome:
    """Empty the broker while a Celery worker sends; the timer's command finds the rest."""
    sink = processes.make_sink(folder)
    _, owed = owe(messages)
    address = f"{settings.REDIS_URL.rpartition('/')[0]}/7"  # a database of our own
    surroundings = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "REDIS_URL": address}
    ask = "from notifications.tasks import drain; [drain.delay() for _ in range(5)]"
    with sink.running(), closing(redis.Redis.from_url(address)) as broker:
        broker.flushdb()
        celery = processes.start(
            *("-m", "celery", "--quiet", "--app", "ciwo_portal", "worker", "--loglevel", "error"),
            *("--concurrency", "2"),
            **surroundings,
        )
        processes.start("manage.py", "shell", "-c", ask, **surroundings).wait()
        processes.wait_until(lambda: len(sink.lines()) > messages // 10)
        broker.flushdb()
        before = len(sink.lines())
        worker(sink).wait(timeout=300)
        celery.terminate()
        celery.wait(timeout=60)
        finish(sink)
    return Outcome(owed, sink.by_message_id(), {"sent before the flush": before})


def lose_mail_server(folder: Path, messages: int) -> Outcome:
    """Take the mail server away while a worker sends, and bring it back."""
    sink = processes.make_sink(folder)
    _, owed = owe(messages)
    with sink.running():
        process = worker(sink)
        processes.wait_until(lambda: len(sink.lines()) > messages // 10)
    process.wait(timeout=60)
    before = len(sink.lines())
    worker(sink).wait(timeout=60)  # nobody listens: nothing is sent, nothing is lost
    with sink.running():
        finish(sink)
    return Outcome(owed, sink.by_message_id(), {"sent before it went": before})


def lose_database(folder: Path, messages: int, times: int, pause: float = 0.0) -> Outcome:
    """Break every connection to the database and let none in for a second, again and again."""
    sink = processes.make_sink(folder, pause)
    _, owed = owe(messages)
    name = connection.settings_dict["NAME"]
    admin = processes.database_url().rpartition("/")[0] + "/postgres"
    with sink.running(), psycopg.connect(admin, autocommit=True) as line:
        process = worker(sink)
        for _ in range(times):
            if process.poll() is not None:  # it was between two messages: the timer's next turn
                let_time_pass()
                process = worker(sink)
            sent = len(sink.lines())
            _wait_for_mail(sink, process, sent + 5)
            connection.close()
            line.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            line.execute(_BREAK, [name])
            time.sleep(1)
            line.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        process.wait(timeout=300)
        finish(sink)
    return Outcome(owed, sink.by_message_id())


def cancel_in_mid_fan_out(folder: Path, messages: int, program: tuple[str, ...] = DRAIN) -> Outcome:
    """Cancel the webinar while its reminders go out; notes when the last one still came."""
    webinar, owed = owe(messages)

    def cancel(now: datetime) -> None:
        scheduling.cancel(webinar=webinar, reason="A storm", now=now)

    return _while_sending(folder, owed, cancel, program)


def move_in_mid_fan_out(folder: Path, messages: int, program: tuple[str, ...] = DRAIN) -> Outcome:
    """Move the webinar by three hours while its reminders go out; notes as above."""
    webinar, owed = owe(messages)
    said = {name: getattr(webinar, name) for name in scheduling.Plan.__dataclass_fields__}
    said |= {name: said[name] + timedelta(hours=3) for name in ("starts_at", "ends_at")}

    def move(now: datetime) -> None:
        details = scheduling.Plan(**said)
        scheduling.change(webinar=webinar, details=details, topics=[], reason="A storm", now=now)

    return _while_sending(folder, owed, move, program)


def reinstate_in_mid_fan_out(
    folder: Path, messages: int, program: tuple[str, ...] = DRAIN
) -> Outcome:
    """Put a webinar back on while its cancellation goes out; notes as above."""
    webinar, _ = owe(messages)
    now = claiming.database_time()
    scheduling.cancel(webinar=webinar, reason="A storm", now=now)
    told = Notification.objects.filter(kind="webinars/cancelled", due_at=now)
    owed = {rendering.message_id(one) for one in told}

    def reinstate(now: datetime) -> None:
        scheduling.reinstate(webinar=webinar, reason="It passed", now=now)

    return _while_sending(folder, owed, reinstate, program)


def undo_in_mid_fan_out(folder: Path, messages: int, program: tuple[str, ...] = DRAIN) -> Outcome:
    """Undo an organiser's message while it goes out; notes as above."""
    now = claiming.database_time()
    webinar = crowd.webinar(now + timedelta(hours=20))
    reminders.choose(webinar=webinar, words=[], now=now)  # other scenes owe no more of it
    crowd.seat(webinar, crowd.people(messages), now - timedelta(days=30))
    words = Wording("The room", "Dear {{ person.name }}, bring a pencil.")
    writer, seated = User.objects.earliest("pk"), Mailing.Audience.SEATED
    draft = mailing.write(webinar=webinar, by=writer, audience=seated, agencies=[], wording=words)
    then = now - mailing.UNDO
    sent = mailing.send(mailing=draft, seen=messages, version=draft.version, now=then)
    mine = Notification.objects.filter(about=mailing_notices.about(sent))

    def undo(now: datetime) -> None:
        mailing.undo(mailing=sent, now=now)

    return _while_sending(folder, {rendering.message_id(one) for one in mine}, undo, program)


def promote_in_mid_fan_out(
    folder: Path, messages: int, program: tuple[str, ...] = DRAIN
) -> Outcome:
    """Let a tenth give up their seats, and as many who wait move up, while reminders go out.

    Notes as above, of the reminders to those who left; they are the last of the fan-out.
    """
    leaving = messages // 10
    webinar, owed = owe(messages, ahead=timedelta(hours=23), capacity=messages)
    places = webinar.registrations.select_related("person").order_by("-pk")[:leaving]
    leavers = [place.person for place in places]
    waiting = crowd.people(leaving)
    long_ago = claiming.database_time() - timedelta(days=20)
    crowd.seat(webinar, waiting, long_ago, Registration.State.WAITLISTED)
    theirs = Notification.objects.filter(recipient__in=leavers)
    watched = {rendering.message_id(one) for one in theirs}

    def promote(now: datetime) -> None:
        for person in leavers:
            registration.cancel(webinar=webinar, person=person, now=now)
        reminders.queue_due(now=now)

    return _while_sending(folder, owed, promote, program, watched)


def _while_sending(
    folder: Path,
    owed: set[str],
    change: Callable[[datetime], None],
    program: tuple[str, ...] = DRAIN,
    watched: Collection[str] | None = None,
) -> Outcome:
    """Make a change after a tenth of what is owed has gone out, and let workers finish.

    The mail server is silent while the change is made, so that it finds the worker where it was.
    Notes when what is watched, or all that is owed, still came.
    """
    sink = processes.make_sink(folder, pause=0.005)
    with sink.running():
        process = worker(sink, program)
        processes.wait_until(lambda: len(sink.lines()) > len(owed) // 10)
        with sink.silent():
            change(claiming.database_time())
            changed_at = time.time()
        process.wait(timeout=300)
        if program == DRAIN:
            finish(sink)
    names = owed if watched is None else watched
    late = [moment - changed_at for moment, _, name in sink.lines() if name in names]
    notes: dict[str, float] = {"came after it": sum(moment > 0 for moment in late)}
    notes["last after s"] = max(late, default=0.0)
    return Outcome(owed, sink.by_message_id(), notes)


SCENES: dict[str, Callable[[Path], Outcome]] = {
    f"{KILLS} kills": lambda folder: kill_workers(folder, MESSAGES, KILLS),
    "broker flushed": lambda folder: flush_broker(folder, MESSAGES),
    "mail server down, then up": lambda folder: lose_mail_server(folder, MESSAGES),
    "database away 5 times": lambda folder: lose_database(folder, MESSAGES, 5),
    "canceled in mid fan-out": lambda folder: cancel_in_mid_fan_out(folder, MESSAGES),
    "moved in mid fan-out": lambda folder: move_in_mid_fan_out(folder, MESSAGES),
    "put back on in mid fan-out": lambda folder: reinstate_in_mid_fan_out(folder, MESSAGES),
    "undone in mid fan-out": lambda folder: undo_in_mid_fan_out(folder, MESSAGES),
    "moved up in mid fan-out": lambda folder: promote_in_mid_fan_out(folder, MESSAGES),
}


def main() -> None:
    """Play every scene in full and print what became of the messages."""
    call_command("migrate", verbosity=0)
    print(f"{'scene':28}{'owed':>7}{'arrived':>9}{'missing':>9}{'repeated':>10}")
    for name, play in SCENES.items():
        with tempfile.TemporaryDirectory() as folder:
            seen = play(Path(folder))
        arrived = len(seen.owed & set(seen.arrived))
        print(f"{name:28}{len(seen.owed):7}{arrived:9}{seen.lost:9}{seen.repeated:10}", seen.notes)
