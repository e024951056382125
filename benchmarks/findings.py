"""Findings of 100,000 responses of 40 answers each, beside plain SQL for the same table.

Run with `make benchmark-findings`. It fills a database of its own by COPY (four million answers,
about one gigabyte) and asks in turn, so that what else the machine does falls on both alike:

- the totals of one group as the page shows them, all 40 questions, from the last release, and
  plain SQL that counts the same table;
- the comparison of agencies as a member reads it, and plain SQL for the same page: how many there
  are, the first eight, and their answers.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Membership
from benchmarks import crowd
from surveys import comparing, findings, totals
from surveys.models import Choice, Figure, Question, Release, Section, Survey, Wave

RESPONSES = int(os.environ.get("RESPONSES", "100000"))
QUESTIONS, ROUNDS, PAGE = 40, 5, 8
COUNTED = """
    SELECT a.question_id, a.value, count(*) FROM surveys_answer a
    JOIN surveys_response r ON r.id = a.response_id
    WHERE r.wave_id = %s AND r.state = 'submitted' AND a.applies AND a.sharing <> 'organisers'
      AND a.value IS NOT NULL
    GROUP BY a.question_id, a.value"""
NAMED = """
    FROM surveys_response r JOIN agencies_agency g ON g.id = r.agency_id
    WHERE r.wave_id = %s AND r.state = 'submitted' AND EXISTS (
      SELECT 1 FROM surveys_answer a WHERE a.response_id = r.id AND a.applies
        AND a.sharing IN ('public', 'members'))"""


def main() -> None:
    """Fill, ask in turn, and print a table."""
    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    wave, reader = _filled()
    print(
        f"{RESPONSES} responses of {QUESTIONS} answers, filled in "
        f"{time.perf_counter() - started:.0f} s; load {os.getloadavg()[0]:.1f}"
    )
    release = Release.objects.create(
        wave=wave, number=1, published_at=timezone.now(), handed_in={"": RESPONSES}
    )
    _publish(release)
    questions = comparing.questions_of(wave.survey)
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "totals, 40 questions": (
            lambda: totals.of(release, questions, "", None),
            lambda: _sql(COUNTED, wave.pk),
        ),
        "agencies by name": (
            lambda: _compared(wave, questions, reader),
            lambda: _plain(wave.pk),
        ),
    }
    print(f"{'':24}{'portal ms':>12}{'plain SQL ms':>14}{'portal / SQL':>14}")
    for name, works in pairs.items():
        portal, sql = _measured(*works)
        print(f"{name:24}{portal:12.1f}{sql:14.1f}{portal / sql:14.2f}")


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
    _answers(questions, numbers, now.isoformat())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
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


def _publish(release: Release) -> None:
    """Freeze the table as the portal does, without its audit: what a page reads of it."""
    counts: dict[int, dict[str, int]] = {}
    for question, value, number in _sql(COUNTED, release.wave_id):
        counts.setdefault(question, {})[str(value).strip('"')] = number
    Figure.objects.bulk_create(
        Figure(
            release=release,
            question_id=question,
            number=sum(given.values()),
            shown={
                "shares": {v: findings.rounded(n, sum(given.values())) for v, n in given.items()}
            },
        )
        for question, given in counts.items()
    )


def _sql(text: str, wave: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, [wave])
        rows: list[Any] = cursor.fetchall()
        return rows


def _compared(wave: Wave, questions: list[Question], reader: User | AnonymousUser) -> object:
    """Ask what the page on agencies by name asks, and make its table."""
    named = wave.responses.named_to(reader).select_related("agency")
    named.count()
    columns = comparing.columns(named.by_agency()[:PAGE], questions, reader)
    by_key = {question.key: question for question in questions}
    return comparing.rows(comparing.lines(questions), columns, by_key)


def _plain(wave: int) -> object:
    number = _sql(f"SELECT count(*) {NAMED}", wave)
    first = _sql(
        f"SELECT r.id, g.name {NAMED} ORDER BY g.state, unaccent(lower(g.name)), r.id LIMIT {PAGE}",
        wave,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT response_id, question_id, value, not_reported, sharing FROM surveys_answer "
            "WHERE response_id = ANY(%s) AND applies AND sharing IN ('public', 'members')",
            [[row[0] for row in first]],
        )
        return number, first, cursor.fetchall()
