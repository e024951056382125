"""Findings of 100,000 responses of 40 answers each, beside plain SQL for the same table.

Run with `make benchmark-findings`. It fills a database of its own by COPY (four million answers and
their revisions, about two gigabytes), publishes, and asks in turn, so that what else the machine
does falls on both alike:

- the totals of one group as the page shows them, all 40 questions, from the last release, and
  plain SQL that counts the same table;
- the comparison of agencies as a member reads it, and plain SQL for the same reader and table: the
  own agency, how many others there are, the first eight of them, and the answers of all. Before
  anything is timed, both must have found the same;
- the same as a whole page, from the request to its last byte, with all that stands around it.

What nobody waits for is timed once: publishing, the attacks on what is published, an export.
"""

import logging
import os
import resource
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client  # noqa: TID251 these people need no second factor
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Membership
from benchmarks import crowd
from surveys import comparing, export, releasing, totals
from surveys.comparing import Column
from surveys.models import Choice, Question, Release, Section, Survey, Wave

RESPONSES = int(os.environ.get("RESPONSES", "100000"))
QUESTIONS, ROUNDS = 40, 5
OWN_SHOWN, PAGE = 3, 8  # agencies
COUNTED = """
    SELECT a.question_id, a.value, count(*) FROM surveys_answer a
    JOIN surveys_response r ON r.id = a.response_id
    WHERE r.wave_id = %s AND r.state = 'submitted' AND a.applies AND a.sharing <> 'organisers'
      AND a.value IS NOT NULL
    GROUP BY a.question_id, a.value"""
OWN = """r.agency_id IN (
      SELECT m.agency_id FROM agencies_membership m
      WHERE m.person_id = %(reader)s AND m.status = 'active')"""
READABLE = """a.applies AND (a.sharing = 'public' OR a.sharing = 'members' AND EXISTS (
      SELECT 1 FROM agencies_membership m
      WHERE m.person_id = %(reader)s AND m.status = 'active'))"""
MINE = f"""
    FROM surveys_response r JOIN agencies_agency g ON g.id = r.agency_id
    WHERE r.wave_id = %(wave)s AND r.state = 'submitted' AND {OWN}"""
OTHERS = f"""
    FROM surveys_response r JOIN agencies_agency g ON g.id = r.agency_id
    WHERE r.wave_id = %(wave)s AND r.state = 'submitted' AND NOT {OWN} AND EXISTS (
      SELECT 1 FROM surveys_answer a WHERE a.response_id = r.id AND {READABLE})"""  # noqa: S608 constants
SAID = f"""
    SELECT a.response_id, a.question_id, a.value, a.not_reported, a.sharing
    FROM surveys_answer a JOIN surveys_response r ON r.id = a.response_id
    WHERE a.response_id = ANY(%(shown)s) AND a.applies AND ({OWN} OR {READABLE})"""  # noqa: S608 constants
REVISIONS = """
    INSERT INTO surveys_answerrevision (
      response_id, question_id, revision, value, not_reported, sharing, operation, changed_at)
    SELECT response_id, question_id, 1, value, not_reported, sharing, gen_random_uuid(), changed_at
    FROM surveys_answer"""
BY_NAME = "ORDER BY g.state, unaccent(lower(g.name)), r.id"


def main() -> None:
    """Fill, ask in turn, and print a table."""
    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    wave, reader = _filled()
    print(
        f"{RESPONSES} responses of {QUESTIONS} answers, filled in "
        f"{time.perf_counter() - started:.0f} s; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    questions = comparing.questions_of(wave.survey)
    client = Client()
    client.force_login(reader)
    _make_sure_both_find_the_same(_compared(wave, questions, reader), _plain(wave, reader))
    print(f"{'':24}{'portal ms':>12}{'plain SQL ms':>14}{'portal / SQL':>14}")
    plain = partial(_plain, wave, reader)
    _beside("agencies by name", partial(_compared, wave, questions, reader), plain)
    page = f"/surveys/{wave.slug}/findings/"
    _beside("the same as a page", lambda: client.get(page, secure=True).content, plain)
    _once("an export as a table", lambda: export.answers(wave, reader))
    release = _published(wave)
    told = partial(totals.of, release, questions, "", None)
    _beside("totals, 40 questions", told, partial(_sql, COUNTED, [wave.pk]))


def _beside(name: str, portal: Callable[[], object], plain: Callable[[], object]) -> None:
    took, sql = _measured(portal, plain)
    load = os.getloadavg()[0]
    print(f"{name:24}{took:12.1f}{sql:14.1f}{took / sql:14.3f}  load {load:.1f}", flush=True)


def _published(wave: Wave) -> Release:
    """Publish the totals, which nobody waits for in a page, and try them."""
    _once("publishing", lambda: releasing.publish(wave=wave, by=None, now=timezone.now()))
    _once("trying it", lambda: list(releasing.audit(wave)))
    return wave.releases.get()


def _once(name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    taken = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name}: {taken:.1f} s, at most {most} MB so far", flush=True)


def _measured(*works: Callable[[], object]) -> list[float]:
    """Return the median milliseconds of each, asked in turn; the first time fills the caches."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for kept, work in zip(taken, works, strict=True):
            began = time.perf_counter()
            work()
            if number:
                kept.append(1000 * (time.perf_counter() - began))
    return [median(kept) for kept in taken]


def _questions(now: datetime) -> list[Question]:
    """Make an instrument of single choices."""
    survey = Survey.objects.create(key="bench", version="1", title="Bench", frozen_at=now)
    section = Section.objects.create(survey=survey, key="s", title="Part", position=1)
    questions = Question.objects.bulk_create(
        Question(
            survey=survey,
            section=section,
            key=f"q{number}",
            position=number + 1,
            type="single_choice",
            label="Which?",
            default_sharing="members",
        )
        for number in range(QUESTIONS)
    )
    Choice.objects.bulk_create(
        Choice(question=one, value=value, label=value, position=place)
        for one in questions
        for place, value in enumerate("abcde", start=1)
    )
    return questions


def _filled() -> tuple[Wave, User]:
    now = timezone.now()
    questions = _questions(now)
    survey = questions[0].survey
    times = {"opens_at": now - timedelta(days=30), "closes_at": now}
    wave = Wave.objects.create(survey=survey, slug="bench", title="B", fielded_at=now, **times)
    numbers = [*range(1, RESPONSES + 1)]
    _copy(
        Agency,
        "id slug name level jurisdiction state",
        (
            f"{n}\tbench-{n}\tAgency {n}\t{('city', 'county', 'state')[n % 3]}\tPlace {n}\tC{n % 9}"
            for n in numbers
        ),
    )
    _copy(
        "surveys_response",
        "id wave_id agency_id state submitted_at",
        (f"{n}\t{wave.pk}\t{n}\tsubmitted\t{now.isoformat()}" for n in numbers),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ALTER TABLE surveys_answer DISABLE TRIGGER USER")  # these are well made
        _answers(questions, numbers, now.isoformat())
        cursor.execute("ALTER TABLE surveys_answer ENABLE TRIGGER USER")
        cursor.execute(REVISIONS)
        cursor.execute("VACUUM ANALYZE")
    reader = crowd.people(1)[0]
    Membership.objects.create(person=reader, agency_id=1, status="active", asked_at=now)
    return wave, reader


def _answers(questions: list[Question], numbers: list[int], now: str) -> None:
    levels = ("members", "public", "counted", "members")
    for at in range(0, len(numbers), 5000):
        _copy(
            "surveys_answer",
            "response_id question_id value not_reported sharing applies revision changed_at",
            (
                f'{n}\t{one.pk}\t"{_said(n, one)}"\t\t{levels[n % 4]}\tt\t1\t{now}'
                for n in numbers[at : at + 5000]
                for one in questions
            ),
        )


def _said(number: int, question: Question) -> str:
    return "abcde"[number * question.position % 7 % 5]


def _copy(table: Any, columns: str, rows: Any) -> None:
    name = table if isinstance(table, str) else table._meta.db_table
    needed = _defaults(name, columns.split()) if name != "surveys_answer" else {}
    with connection.cursor() as cursor:
        given = ", ".join([*columns.split(), *needed])
        ends = "".join(f"\t{value}" for value in needed.values())
        with cursor.copy(f"COPY {name} ({given}) FROM STDIN") as copy:
            for row in rows:
                copy.write(f"{row}{ends}\n")


def _defaults(table: str, given: list[str]) -> dict[str, str]:
    """Return what the columns take that may not be empty and are not given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s "
            "AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        )
        rows = cursor.fetchall()
    plain = {"boolean": "f", "integer": "0", "smallint": "0"}
    return {name: plain.get(kind, "") for name, kind in rows if name not in given}


def _sql(text: str, given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        rows: list[Any] = cursor.fetchall()
        return rows


def _make_sure_both_find_the_same(
    portal: tuple[int, list[Column], object], plain: tuple[int, list[int], list[Any]]
) -> None:
    number, columns, _rows = portal
    found = number, [one.response.pk for one in columns], sum(len(one.given) for one in columns)
    if found != (plain[0], plain[1], len(plain[2])):
        raise SystemExit("error: portal and plain SQL do not find the same")


def _compared(
    wave: Wave, questions: list[Question], reader: User
) -> tuple[int, list[Column], object]:
    """Ask what the page on agencies by name asks, and make its table."""
    mine = wave.responses.answered_by(reader).submitted().select_related("agency")
    own = list(mine.by_agency()[:OWN_SHOWN])
    shared = wave.responses.shared_with(reader).select_related("agency")
    others = shared.exclude(pk__in=[one.pk for one in own])
    number = others.count()
    columns = comparing.columns([*own, *others.by_agency()[:PAGE]], questions, reader)
    by_key = {question.key: question for question in questions}
    return number, columns, comparing.rows(comparing.lines(questions), columns, by_key)


def _plain(wave: Wave, reader: User) -> tuple[int, list[int], list[Any]]:
    """Ask for the same in plain SQL, and take the rows as the database gives them."""
    who: dict[str, Any] = {"wave": wave.pk, "reader": reader.pk}
    own = _sql(f"SELECT r.id, g.name {MINE} {BY_NAME} LIMIT {OWN_SHOWN}", who)
    [[number]] = _sql(f"SELECT count(*) {OTHERS}", who)
    others = _sql(f"SELECT r.id, g.name {OTHERS} {BY_NAME} LIMIT {PAGE}", who)
    shown = [row[0] for row in [*own, *others]]
    return number, shown, _sql(SAID, who | {"shown": shown})
