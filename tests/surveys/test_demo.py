"""The demonstration loads whole, says that it is one, and goes away again."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from agencies.models import Agency, Membership
from surveys import demo, reading, submissions, submitting, teamwork
from surveys.models import Answer, AnswerFile, AnswerRevision, Response, Survey, Wave
from tests.factories import make_agency, make_member, make_wave
from tests.surveys import practice


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


def test_load_has_as_many_responses_as_expected(now: datetime) -> None:
    expected = practice.demo()["expected"]

    load(agencies(), now)

    asked = Counter(Response.objects.values_list("wave__title", flat=True))
    submitted = Counter(Response.objects.submitted().values_list("wave__title", flat=True))
    titles = {year: f"Practice survey {year} (demo)" for year in ("2017", "2026")}
    assert asked == {titles[year]: n for year, n in expected["responses"].items()}
    # One of the newest wave stays open to try.
    assert submitted == {
        titles["2017"]: expected["submitted"]["2017"],
        titles["2026"]: expected["submitted"]["2026"] - 1,
    }


def test_every_submitted_demo_response_is_complete(now: datetime) -> None:
    load(agencies(), now)

    submitted = Response.objects.submitted().select_related("wave__survey", "agency")

    found = {str(r): submitting.check(reading.read(r), now) for r in submitted}
    assert found == {agency: [] for agency in found}
    assert len(found) == 24


def test_one_open_draft_waits_for_its_coordinator(now: datetime) -> None:
    asked = agencies()
    coordinator = make_member(asked["alder-falls"], role=Membership.Role.COORDINATOR)
    load(asked, now)

    response = Response.objects.get(agency=asked["alder-falls"], wave__slug__contains="2026")
    sheet = reading.read(response)

    assert response.wave.is_open(now + timedelta(days=59))
    assert response.state == "draft"
    assert [part.answered > 0 for part in sheet.parts] == [True] * 4 + [False] * 4
    assert submitting.check(sheet, now) != []
    assert [i.person for i in response.invitations.all()] == [coordinator]


def test_the_agency_to_try_has_submitted_an_earlier_survey_twice(now: datetime) -> None:
    asked = agencies()
    load(asked, now)
    rows = Response.objects.select_related("wave__survey", "agency")
    earlier = rows.get(agency=asked["alder-falls"], wave__slug__contains="2017")

    first, second = submissions.history(earlier)

    [change] = second.changes.values()
    assert change.before.entry.value == change.item.entry.value * 10
    assert (change.said, first.reopening.reason[-6:]) == (["Changed."], "(demo)")  # type: ignore[union-attr] # it was opened again


def test_loading_again_adds_nothing_and_keeps_what_people_did(now: datetime) -> None:
    asked = agencies()
    load(asked, now)
    kinds = (Survey, Wave, Response, Answer, AnswerRevision, AnswerFile)
    before = [kind.objects.count() for kind in kinds]
    changed = Answer.objects.order_by("pk")[0]
    Answer.objects.filter(pk=changed.pk).update(value="changed")

    load(asked, now)

    assert [kind.objects.count() for kind in kinds] == before
    assert Answer.objects.get(pk=changed.pk).value == "changed"


def test_loading_opens_the_newest_wave_again_when_it_has_closed(now: datetime) -> None:
    asked = agencies()
    load(asked, now)

    later = now + timedelta(days=90)
    load(asked, later)

    assert [w.is_open(later) for w in Wave.objects.order_by("title")] == [False, True]


def test_unload_leaves_nothing_of_it_and_all_the_rest(
    now: datetime, tmp_path: Path, django_capture_on_commit_callbacks: object
) -> None:
    real = make_wave()
    load(agencies(), now)
    assert AnswerFile.objects.count() == 15

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator] # a fixture
        demo.unload()

    assert [*Wave.objects.all()] == [real]
    assert [*Survey.objects.all()] == [real.survey]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_agency_to_try_is_in_the_middle_of_it(now: datetime) -> None:
    asked = agencies()
    make_member(asked["alder-falls"], role=Membership.Role.COORDINATOR)
    staff = make_member(asked["alder-falls"])
    for _ in range(2):
        load(asked, now)

    response = Response.objects.unsubmitted().get(agency=asked["alder-falls"])
    desks = teamwork.desks(reading.read(response))

    stages = [desk.stage for desk in desks]
    assert stages == ["signed_off", "ready", "open", "open", *["empty"] * 4]
    assert [desk.work.owner for desk in desks if desk.work] == [staff] * 3
    texts = [response.comments.get().text, *filter(None, (w.note for w in response.works.all()))]
    assert [text.endswith("(demo)") for text in texts] == [True, True]
