"""The demonstration loads whole, says that it is one, and goes away again."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import Settings

from agencies.models import Agency, Membership
from surveys import demo, reading, submissions, submitting, teamwork
from surveys.models import Answer, AnswerFile, AnswerRevision, Response, Survey, Wave
from tests.factories import NOW, make_agency, make_member, make_wave
from tests.surveys import practice

REAL = "Real wave"  # no part of the demonstration


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration's files."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def asked(
    django_db_setup: None, django_db_blocker: Any, files: Path
) -> Iterator[dict[str, Agency]]:
    """The demonstration, loaded once; what each test changes is undone."""
    with (
        override_settings(MEDIA_ROOT=files),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        make_wave(title=REAL)
        made = agencies()
        for role in Membership.Role.COORDINATOR, Membership.Role.STAFF:
            make_member(made["alder-falls"], role=role)
        load(made, NOW)
        connection.check_constraints()  # once, not after each test
        yield made
        transaction.set_rollback(True)


def agencies() -> dict[str, Agency]:
    """Make the demonstration agencies."""
    return {
        row["id"]: make_agency(name=row["name"], level=row["level"], state=row["state"])
        for row in practice.demo()["agencies"]
    }


def load(asked: dict[str, Agency], now: datetime) -> list[Wave]:
    """Load the demonstration for these agencies."""
    return demo.load(
        instrument=practice.instrument(), document=practice.demo(), agencies=asked, now=now
    )


def test_load_has_as_many_responses_as_expected(asked: dict[str, Agency]) -> None:
    expected = practice.demo()["expected"]

    found = Counter(Response.objects.values_list("wave__title", flat=True))
    submitted = Counter(Response.objects.submitted().values_list("wave__title", flat=True))
    titles = {year: f"Practice survey {year} (demo)" for year in ("2021", "2026")}
    assert found == {titles[year]: n for year, n in expected["responses"].items()}
    # One of the newest wave stays open to try.
    assert submitted == {
        titles["2021"]: expected["submitted"]["2021"],
        titles["2026"]: expected["submitted"]["2026"] - 1,
    }


@pytest.mark.usefixtures("asked")
def test_every_submitted_demo_response_is_complete(now: datetime) -> None:
    submitted = Response.objects.submitted().select_related("wave__survey", "agency")

    found = {str(r): submitting.check(reading.read(r), now) for r in submitted}
    assert found == {agency: [] for agency in found}
    assert len(found) == 24


def test_one_open_draft_waits_for_its_coordinator(asked: dict[str, Agency], now: datetime) -> None:
    coordinator = asked["alder-falls"].memberships.get(role=Membership.Role.COORDINATOR).person
    response = Response.objects.get(agency=asked["alder-falls"], wave__slug__contains="2026")
    sheet = reading.read(response)

    assert response.wave.is_open(now + timedelta(days=59))
    assert response.state == "draft"
    assert [part.answered > 0 for part in sheet.parts] == [True] * 4 + [False] * 4
    assert submitting.check(sheet, now) != []
    assert [i.person for i in response.invitations.all()] == [coordinator]


def test_the_agency_to_try_has_submitted_an_earlier_survey_twice(asked: dict[str, Agency]) -> None:
    rows = Response.objects.select_related("wave__survey", "agency")
    earlier = rows.get(agency=asked["alder-falls"], wave__slug__contains="2021")

    first, second = submissions.history(earlier)

    [change] = second.changes.values()
    assert change.before.entry.value == change.item.entry.value * 10
    assert (change.said, first.reopening.reason[-6:]) == (["Changed."], "(demo)")  # type: ignore[union-attr] # it was opened again


def test_loading_again_adds_nothing_and_keeps_what_people_did(
    asked: dict[str, Agency], now: datetime
) -> None:
    kinds = (Survey, Wave, Response, Answer, AnswerRevision, AnswerFile)
    before = [kind.objects.count() for kind in kinds]
    changed = Answer.objects.order_by("pk")[0]
    Answer.objects.filter(pk=changed.pk).update(value="changed")

    load(asked, now)

    assert [kind.objects.count() for kind in kinds] == before
    assert Answer.objects.get(pk=changed.pk).value == "changed"


def test_loading_opens_the_newest_wave_again_when_it_has_closed(
    asked: dict[str, Agency], now: datetime
) -> None:
    later = now + timedelta(days=90)
    load(asked, later)

    assert [w.is_open(later) for w in Wave.objects.exclude(title=REAL).order_by("title")] == [
        False,
        True,
    ]


@pytest.mark.usefixtures("asked")
def test_unload_leaves_nothing_of_it_and_all_the_rest(
    files: Path, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT, real = files, Wave.objects.get(title=REAL)
    assert AnswerFile.objects.count() == 15

    with django_capture_on_commit_callbacks(execute=True):
        demo.unload()

    assert [*Wave.objects.all()] == [real]
    assert [*Survey.objects.all()] == [real.survey]
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_the_agency_to_try_is_in_the_middle_of_it(asked: dict[str, Agency], now: datetime) -> None:
    staff = asked["alder-falls"].memberships.get(role=Membership.Role.STAFF).person
    load(asked, now)

    response = Response.objects.unsubmitted().get(agency=asked["alder-falls"])
    desks = teamwork.desks(reading.read(response))

    stages = [desk.stage for desk in desks]
    assert stages == ["signed_off", "ready", "open", "open", *["empty"] * 4]
    assert [desk.work.owner for desk in desks if desk.work] == [staff] * 3
    texts = [response.comments.get().text, *filter(None, (w.note for w in response.works.all()))]
    assert [text.endswith("(demo)") for text in texts] == [True, True]
