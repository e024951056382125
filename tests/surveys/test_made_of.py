"""What releases of before were made of, shown or hidden: a migration finds it in what was kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from surveys import releasing
from surveys.models import AnswerRevision, Figure, Release, Reopening, Response, Wave
from tests.surveys.test_guard import FOLLOWED, change, make_answered, make_next, single

LATER = timedelta(days=9)
# All say the same of h, so that it is hidden; c is asked after p, which one keeps to itself.
SAID: list[tuple[Any, ...]] = [
    *(("a", "a", "yes", "a"), ("b", "a", "yes", "b")) * 5,
    *(("a", "a", "no", None), ("b", "a", "no", None)) * 2,
]


def migrated() -> None:
    """Forget what releases were made of, and which figures they kept, as before, and migrate."""
    Release.counted.through.objects.all().delete()
    for figure in Figure.objects.filter(as_of__isnull=False):
        figure.counted.clear()
    migration: Any = MigrationLoader(None).disk_migrations[
        "surveys", "0025_what_releases_were_made_of"
    ]
    with connection.schema_editor() as editor:
        migration.operations[0].database_forwards("surveys", editor, None, None)


def made_of() -> dict[int, set[int]]:
    """Return the answers, by revision, of which each release was made."""
    found: dict[int, set[int]] = {
        pk: set() for pk in Release.objects.order_by("pk").values_list("pk", flat=True)
    }
    for release, revision in Release.counted.through.objects.values_list(
        "release", "answerrevision"
    ):
        found[release].add(revision)
    return found


@pytest.fixture
def then(now: datetime) -> Wave:
    """A wave long ago, of which totals were published."""
    wave = make_answered(now, SAID, single("q"), single("h"), *FOLLOWED)
    first: Any = wave.responses.first()
    for those in (first.answers, first.revisions):
        those.filter(question__key="p").update(sharing="organisers")
    releasing.publish(wave=wave, by=None, now=now)
    return wave


@pytest.fixture
def wave(then: Wave, now: datetime) -> Wave:
    """The wave after it, in which all but two answered again, with its totals."""
    wave = make_next(then, now, skip=2)
    releasing.publish(wave=wave, by=None, now=now)
    return wave


def reopened(response: Response, at: datetime) -> None:
    """Open what was handed in again, so that it counts no more."""
    handed_in: Any = response.submitted_at
    response.submitted_at, response.state = None, "draft"
    response.save()
    Reopening.objects.create(
        response=response, reason="A number.", handed_in_at=handed_in, reopened_at=at
    )


def test_what_releases_of_before_were_made_of_is_found_again(wave: Wave, now: datetime) -> None:
    for place in range(7):
        change(wave, "h", place, "b")
    AnswerRevision.objects.filter(revision=2).update(changed_at=now + LATER)
    reopened(wave.responses.order_by("pk")[8], now + LATER)
    releasing.publish(wave=wave, by=None, now=now + LATER)
    before = made_of()

    migrated()

    assert made_of() == before
    assert [len(some) for some in before.values()] == [50, 88, 82]


def test_nothing_has_changed_after_migrating(wave: Wave) -> None:
    for figure in Figure.objects.all():
        figure.counted.clear()
    Figure.objects.update(number=None, shown=None)  # as where all is hidden

    migrated()

    assert releasing.changed_since(wave) == 0
