"""What the worker makes for somebody: once, with that person's rights, and not for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from pytest_django import Settings

from accounts.models import User
from jobs import kinds, queue, running
from jobs.kinds import Made, Order, Progress
from jobs.models import Job
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_user
from tests.threads import at_once

State = Job.State
ALLOWED: set[int] = set()  # people who may have what the tests' kind makes


def _make(person: User, about: dict[str, Any], progress: Progress) -> Made:
    progress(1, 2)
    if about.get("fault"):
        raise RuntimeError
    return Made("It is ready.", f"for {person.name}".encode(), "table.csv")


@pytest.fixture(autouse=True)
def _kind(participant: User) -> Iterator[None]:
    kinds.register(kinds.Kind("tests/made", _make, lambda person, about: person.pk in ALLOWED))
    ALLOWED.add(participant.pk)
    yield
    ALLOWED.clear()


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def order(**about: Any) -> Order:
    return Order("tests/made", about, "A table", "/my/")


def ended(job: Job) -> tuple[str, str, str]:
    job.refresh_from_db()
    return job.state, job.outcome, job.file_name


def test_same_wish_is_one_job_while_it_is_open(participant: User, now: datetime):
    first = queue.ask(person=participant, order=order(), now=now)
    again = queue.ask(person=participant, order=order(), now=now)
    other = queue.ask(person=participant, order=order(of=2), now=now)
    running.run_waiting()

    later = queue.ask(person=participant, order=order(), now=now)

    assert (first, len({first, other, later})) == (again, 3)


def test_made_file_is_the_person_s_alone(client: Client, participant: User, now: datetime):
    job = queue.ask(person=participant, order=order(), now=now)
    running.run_waiting()
    pages = [job.get_absolute_url(), f"{job.get_absolute_url()}file/"]

    client.force_login(make_user())
    others = [client.get(page).status_code for page in pages]
    client.force_login(participant)
    answers = [client.get(page) for page in pages]

    assert ended(job) == (State.DONE, "It is ready.", "table.csv")
    assert others == [404, 404]
    assert "Download table.csv" in answers[0].content.decode()
    assert answers[1].getvalue() == f"for {participant.name}".encode()


def test_right_that_ended_ends_the_job_and_the_download(
    client: Client, participant: User, now: datetime
):
    made = queue.ask(person=participant, order=order(), now=now)
    running.run_waiting()
    late = queue.ask(person=participant, order=order(), now=now)

    ALLOWED.clear()
    running.run_waiting()
    client.force_login(participant)

    refused = (State.FAILED, "It is gone, or you may not have it any more.", "")
    assert ended(late) == refused
    assert client.get(f"{made.get_absolute_url()}file/").status_code == 404


def test_rights_held_back_when_asking_stay_held_back(participant: User, now: datetime):
    participant.is_held_back = True
    seen: list[bool] = []

    def may_have(person: User, about: dict[str, Any]) -> bool:
        seen.append(person.is_held_back)
        return False

    kinds.register(kinds.Kind("tests/made", _make, may_have))
    queue.ask(person=participant, order=order(), now=now)

    running.run_waiting()

    assert seen == [True]


def test_page_shows_how_far_it_is(client: Client, participant: User, now: datetime):
    queue.ask(person=participant, order=order(), now=now)
    job = queue.claim(now)
    assert job
    queue.note_progress(job, 3, 4, now)
    client.force_login(participant)

    page = client.get(job.get_absolute_url()).content.decode()
    cache.clear()
    without = client.get(job.get_absolute_url()).content.decode()

    assert ('value="75"' in page, 'value="0"' in without) == (True, True)


def test_worker_that_died_is_followed_by_another(participant: User, now: datetime):
    job = queue.ask(person=participant, order=order(), now=now)
    dead = queue.claim(now)
    assert dead
    assert queue.claim(now + queue.LEASE - timedelta(seconds=1)) is None

    taken = queue.claim(now + queue.LEASE)
    queue.finish(dead, Made("Too late.", b"old", "old.csv"), now)

    assert taken == job
    assert ended(job) == (State.RUNNING, "", "")
    assert dead.file.storage.listdir("jobs")[1] == []


def test_job_that_takes_its_workers_with_it_is_given_up(participant: User, now: datetime):
    job = queue.ask(person=participant, order=order(), now=now)
    after = queue.ask(person=participant, order=order(of=2), now=now)
    for number in range(queue.MOST_ATTEMPTS):
        assert queue.claim(now + number * queue.LEASE) == job

    assert queue.claim(now + queue.MOST_ATTEMPTS * queue.LEASE) == after
    assert ended(job) == (State.FAILED, queue.FAILED, "")


def test_file_that_cannot_be_stored_is_a_fault(
    participant: User, settings: Settings, tmp_path: Any, now: datetime
):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    job = queue.ask(person=participant, order=order(), now=now)

    assert running.run_waiting() == queue.MOST_ATTEMPTS
    assert ended(job) == (State.FAILED, queue.FAILED, "")


def test_long_work_leaves_a_process_to_mail(participant: User, now: datetime, settings: Settings):
    for number in range(3):
        queue.ask(person=participant, order=order(of=number), now=now)
    settings.JOBS_AT_ONCE = 2

    assert [queue.claim(now) is not None for _ in range(3)] == [True, True, False]


def test_fault_is_tried_three_times_and_then_said(participant: User, now: datetime):
    job = queue.ask(person=participant, order=order(fault=True), now=now)

    assert running.run_waiting() == 3
    assert ended(job) == (State.FAILED, queue.FAILED, "")


@pytest.mark.parametrize(("seconds", "mails"), [(29, 0), (30, 1)])
def test_person_hears_by_mail_of_what_took_long(
    participant: User, now: datetime, seconds: int, mails: int
):
    queue.ask(person=participant, order=order(), now=now)
    job = queue.claim(now)
    assert job

    queue.finish(job, Made("It is ready."), now + timedelta(seconds=seconds))

    owed = Notification.objects.filter(recipient=participant, kind="jobs/finished")
    assert owed.count() == mails


def test_files_are_forgotten(participant: User, now: datetime, settings: Settings):
    kept, gone = (queue.ask(person=participant, order=order(of=n), now=now) for n in (1, 2))
    running.run_waiting()
    Job.objects.filter(pk=gone.pk).update(kept_until=now)
    storage = kept.file.storage

    queue.forget(now=now)

    kept.refresh_from_db()
    assert [*Job.objects.all()] == [kept]
    assert storage.listdir("jobs")[1] != []

    Job.objects.all().delete()  # as when the person is deleted
    queue.forget(now=now + timedelta(days=99999))
    assert storage.listdir("jobs")[1] == []


@pytest.mark.django_db(transaction=True)
def test_job_is_taken_once_by_workers_that_come_together(participant: User, now: datetime):
    queue.ask(person=participant, order=order(), now=now)

    taken = at_once(lambda _worker: queue.claim(now), range(4))

    assert sorted(job is not None for job in taken) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_asking_again_waits_for_no_worker(participant: User, now: datetime):
    job = queue.ask(person=participant, order=order(), now=now)
    running_job = queue.claim(now)
    assert running_job

    with transaction.atomic():  # as while it publishes
        queue.note_progress(running_job, 1, 2, now)
        again = at_once(lambda _: queue.ask(person=participant, order=order(), now=now), [0])

    assert again == [job]
