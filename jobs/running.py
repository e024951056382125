"""Do the work that people wait for."""

import time
from dataclasses import replace
from datetime import datetime

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from jobs import kinds, queue
from jobs.models import Job
from notifications.claiming import database_time

EVERY = 1.0  # seconds between two notes of how far it is
ENOUGH = 600.0  # seconds, after which the next tick goes on: a job gets most of its task's hour
TRIES = 3  # to make a file while nothing that stands in it changes

log = structlog.get_logger(__name__)


def run_waiting() -> int:
    """Do one job after the other until none waits or it is ENOUGH; return how many."""
    number, started = 0, time.monotonic()
    while time.monotonic() - started < ENOUGH and (job := queue.claim(database_time())):
        run(job)
        number += 1
    return number


def run(job: Job) -> None:
    """Do it with the rights that the person has now, and had when asking."""
    job.person.is_held_back = job.was_held_back
    with translation.override(job.person.language):
        try:
            queue.finish(job, _make(job), database_time())
        except kinds.Refused as refusal:
            queue.fail(job, str(refusal), database_time())
        except Exception:
            log.exception("job_failed", job=str(job.uid), kind=job.kind)
            _after_fault(job, database_time())


def may_have(person: User, job: Job) -> bool:
    """Whether the person may have today all that the job has made for them."""
    kind = kinds.get(job.kind)
    if not kind.may_have(person, job.about):
        return False
    return not job.seal or job.seal.items() <= kind.seal(person, job.about).items()


def _make(job: Job) -> kinds.Made:
    kind = kinds.get(job.kind)
    if not (job.person.is_active and kind.may_have(job.person, job.about)):
        raise kinds.Refused(_("It is gone, or you may not have it any more."))
    for _time in range(TRIES):
        seal = kind.seal(job.person, job.about)
        made = kind.make(job.person, job.about, _Pace(job))
        if kind.seal(job.person, job.about) == seal:
            return replace(made, seal=seal)
    raise kinds.Refused(_("What you may read of it is changing just now. Try again in a while."))


def _after_fault(job: Job, now: datetime) -> None:
    if job.attempts < queue.MOST_ATTEMPTS:
        queue.give_back(job)
    else:
        queue.fail(job, _(queue.FAILED), now)


class _Pace:
    """Notes how far a job is, once a second at most."""

    def __init__(self, job: Job) -> None:
        self.job, self.noted = job, 0.0

    def __call__(self, done: int, total: int) -> None:
        """Note that so many of so many are done."""
        if time.monotonic() - self.noted >= EVERY:
            self.noted = time.monotonic()
            queue.note_progress(self.job, done, total, database_time())
