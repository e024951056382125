"""Ask for work, take it, note how far it is, and end it.

The rows are the queue: a worker that dies leaves its row, which the next one takes over once its
lease is over. Redis only says "look now".
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from accounts.models import User
from jobs import notices
from jobs.kinds import Made, Order
from jobs.models import Job, JobQuerySet
from notifications import outbox

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
LONG = timedelta(seconds=30)  # after which the person is told by mail that it is done
FAILED = "It could not be made, through a fault of ours. We are told of it; try again later."


def ask(*, person: User, order: Order, now: datetime) -> Job:
    """Give the worker something to do; asked twice while it is open, it is one job."""
    same = Job.objects.open().filter(person=person, kind=order.kind, about=order.about)
    if job := same.first():  # asked first: adding a row would wait for the worker's transaction
        return job
    try:
        with transaction.atomic():
            job = Job.objects.create(
                person=person, was_held_back=person.is_held_back, asked_at=now, **vars(order)
            )
    except IntegrityError:
        return same.first() or ask(person=person, order=order, now=now)  # it has just ended
    transaction.on_commit(look_now)
    return job


def look_now() -> None:
    """Wake a worker; without a broker the next tick finds what waits all the same."""
    with suppress(OperationalError, OSError):
        current_app.send_task("jobs.tasks.run_waiting", expires=60, retry=False)


def claim(now: datetime) -> Job | None:
    """Take the job that has waited longest, for the time of a lease.

    None if there is none, or if so many are at work that mail would wait for them. One that took
    its workers with it as often as it may be tried is given up.
    """
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lte=now)
    with transaction.atomic():
        _one_claims_at_a_time()
        if _at_work(now) >= settings.JOBS_AT_ONCE:
            return None
        rows = Job.objects.filter(free).select_for_update(of=("self",), skip_locked=True)
        for lost in rows.filter(state=Job.State.RUNNING, attempts__gte=MOST_ATTEMPTS):
            fail(lost, FAILED, now)
        job = rows.select_related("person").order_by("asked_at", "pk").first()
        if job is None:
            return None
        job.state, job.lease_until, job.attempts = Job.State.RUNNING, now + LEASE, job.attempts + 1
        job.save(update_fields=["state", "lease_until", "attempts"])
    return job


def _one_claims_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jobs.claim'))")


def _at_work(now: datetime) -> int:
    return Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=now).count()


def note_progress(job: Job, done: int, total: int, now: datetime) -> None:
    """Keep the lease, and say how far it is; the latter at once, whatever transaction it is in."""
    _mine(job).update(lease_until=now + LEASE)
    cache.set(_place_of(job), min(99, 100 * done // total) if total else 0, LEASE.seconds)


def percent(job: Job) -> int:
    """Return how far it is, as far as that is known."""
    return 100 if job.is_finished else cache.get(_place_of(job), 0)


def give_back(job: Job) -> None:
    """Let it be tried again: the fault was ours."""
    _mine(job).update(state=Job.State.WAITING, lease_until=None)


def finish(job: Job, made: Made, now: datetime) -> None:
    """Keep what came of it, and tell the person by mail if it took long."""
    if made.content is not None:
        job.file.save(made.file_name, ContentFile(made.content), save=False)
    is_kept = False
    try:
        kept = {"file": job.file.name, "file_name": made.file_name, "page": made.page}
        is_kept = _end(job, Job.State.DONE, made.outcome, now, seal=made.seal, **kept)
    finally:
        if job.file and not is_kept:
            job.file.delete(save=False)


def fail(job: Job, reason: str, now: datetime) -> None:
    """Say why nothing came of it."""
    _end(job, Job.State.FAILED, reason, now)


@transaction.atomic
def recall(jobs: JobQuerySet, reason: str) -> None:
    """Remove the files of these jobs; those that are being made now are made anew.

    Call it once that is committed which the files must not hold any more. Running jobs come
    first: one that ends meanwhile is found among the others.
    """
    jobs.filter(state=Job.State.RUNNING).update(state=Job.State.WAITING, lease_until=None)
    done = jobs.filter(state=Job.State.DONE).exclude(file="")
    for job in done.select_for_update(of=("self",)).order_by("pk"):
        transaction.on_commit(partial(job.file.storage.delete, str(job.file.name)))
        job.state, job.outcome, job.file, job.file_name = Job.State.FAILED, reason, "", ""
        job.save(update_fields=["state", "outcome", "file", "file_name"])


def forget(*, now: datetime) -> int:
    """Remove what is not kept any longer, with its file; return how many went.

    Files go, too, that no row names: their worker or their person went before the row could say so.
    """
    gone = list(Job.objects.expired(now).order_by("pk")[:1000])
    for job in gone:
        with transaction.atomic():
            if job.file:
                transaction.on_commit(partial(job.file.storage.delete, str(job.file.name)))
            job.delete()
    _forget_strays(now - timedelta(hours=settings.EXPORT_HOURS))
    return len(gone)


def _forget_strays(before: datetime) -> None:
    storage = Job._meta.get_field("file").storage
    if not storage.exists("jobs"):
        return
    for name in storage.listdir("jobs")[1]:
        path = f"jobs/{name}"
        if storage.get_modified_time(path) < before and not Job.objects.filter(file=path).exists():
            storage.delete(path)


@transaction.atomic
def _end(job: Job, state: Job.State, outcome: str, now: datetime, **made: Any) -> bool:
    """End it; whether it was still this worker's to end."""
    kept_until = now + timedelta(hours=settings.EXPORT_HOURS)
    end = {"state": state, "outcome": outcome, "finished_at": now, "kept_until": kept_until}
    is_mine = bool(_mine(job).update(**end, **made, lease_until=None))
    if is_mine and now - job.asked_at >= LONG:
        outbox.queue([notices.finished(job, now, kept_until)])
    return is_mine


def _place_of(job: Job) -> str:
    return f"job-{job.uid}"


def _mine(job: Job) -> JobQuerySet:
    """Return the row while it is still this worker's."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
