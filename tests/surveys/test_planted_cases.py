"""The cases planted in the demonstration, each by its number, and its expected figures."""

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import override_settings

from agencies.models import Agency
from surveys import (
    comparing,
    counting,
    demo,
    findings,
    matching,
    noise,
    reading,
    releasing,
    submitting,
)
from surveys.models import Answer, Figure, Question, Response, Wave
from tests.browsers import Client
from tests.factories import NOW, make_agency, make_member, make_user
from tests.surveys import practice
from tests.surveys.scenes import signed_in
from tests.surveys.test_export import sheet

EXPECTED = practice.demo()["expected"]
THEN, NEWER = "practice-survey-2021-demo", "practice-survey-2026-demo"
SLUGS = {"2021": THEN, "2026": NEWER}


@pytest.fixture(scope="module")
def _loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demonstration with every response as planned: none is left open to try."""
    agencies = {}
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        transaction.atomic(),
    ):
        patch.setattr(demo, "TO_TRY", "old-mill")  # it was not asked in the newer wave
        for row in practice.demo()["agencies"]:
            agencies[row["id"]] = make_agency(
                slug=f"demo-{row['id']}",
                name=row["name"],
                level=row["level"],
                state=row["state"],
                population_band=row["population_band"],
                founded_in=row["began"],
            )
        demo.load(
            instrument=practice.instrument(),
            document=practice.demo(),
            agencies=agencies,
            now=NOW,
        )
        connection.check_constraints()  # once, not after each test
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _scene(_loaded: None, db: None) -> None:
    """Each case may change what it likes: it is undone."""


def figure(wave: str, key: str, group: str = "", part: str = "") -> Figure:
    """Return what the first release of a wave tells."""
    return Figure.objects.get(
        release__wave__slug=wave, release__number=1, question__key=key, group=group, part=part
    )


def response(wave: str, agency: str) -> Response:
    """Return an agency's response."""
    return Response.objects.get(wave__slug=wave, agency__slug=f"demo-{agency}")


def cell(wave: str, agency: str, key: str, part: str = "") -> comparing.Cell:
    """Return what a member of another agency reads of one practice."""
    found = response(wave, agency)
    questions = comparing.questions_of(found.wave.survey)
    by_key = {question.key: question for question in questions}
    [column] = comparing.columns([found], questions, make_member())
    lines = comparing.lines([by_key[key]])
    line = next(line for line in lines if not part or (line.part and line.part.value == part))
    return comparing.cell(line, column, by_key)


def page(path: str, client: Client | None = None) -> BeautifulSoup:
    """Read a page as a member of an agency of no wave."""
    answer = (client or signed_in(make_member())).get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def published() -> None:
    """Publish both waves anew, as before any agency chose who reads what; all of it counts."""
    for question in Question.objects.all():
        question.answers.update(sharing=question.default_sharing)
    for wave in Wave.objects.order_by("opens_at"):
        wave.releases.all().delete()
        Answer.objects.filter(response__wave=wave, sharing="organisers").update(sharing="counted")
        releasing.publish(wave=wave, by=None, now=NOW)


@pytest.mark.usefixtures("published")
def test_medians_are_as_expected() -> None:
    found = {
        key: {
            year: {
                "n": figure(slug, key).number,
                "asked": figure(slug, key).release.handed_in[""],
                "median": (figure(slug, key).shown or {})["median"],
            }
            for year, slug in SLUGS.items()
        }
        for key in EXPECTED["medians"]
        if key != "agency_initiated_share"
    }

    assert found == {key: said for key, said in EXPECTED["medians"].items() if key in found}


@pytest.mark.usefixtures("published")
def test_a_follow_up_that_everybody_was_asked_is_hidden() -> None:
    """All have opened investigations; that figures of a share of them are over all, says so."""
    found = [figure(slug, "agency_initiated_share").number for slug in SLUGS.values()]

    assert found == [None, None]


@pytest.mark.usefixtures("published")
def test_shares_are_as_expected() -> None:
    found: dict[str, dict[str, str]] = {}
    for said in EXPECTED["shares"]:
        key, _in, values = said.partition(" in ")
        for year, slug in SLUGS.items():
            told = figure(slug, key)
            counts = noise.counts((told.shown or {})["shares"], told.number or 0)
            chosen = sum(counts.get(value, 0) for value in values.split("|"))
            found.setdefault(said, {})[year] = f"{chosen} of {told.number}"

    assert found == EXPECTED["shares"]


@pytest.mark.usefixtures("published")
def test_workers_trust_is_as_expected_and_within_the_noise() -> None:
    told = [figure(slug, "worker_trust") for slug in SLUGS.values()]
    then, now = (
        noise.mean(noise.counts((one.shown or {})["shares"], one.number or 0)) for one in told
    )

    assert then is not None
    assert now is not None
    found = {"2021": round(then.value, 1), "2026": round(now.value, 1)}
    assert found == EXPECTED["worker_trust_mean"]
    assert noise.exceeds(then, now) is False


def test_groups_are_as_expected() -> None:
    handed_in = {
        year: Wave.objects.get(slug=slug).releases.get().handed_in for year, slug in SLUGS.items()
    }
    asked = {y: Response.objects.filter(wave__slug=s).count() for y, s in SLUGS.items()}

    assert asked == EXPECTED["responses"]
    assert {year: groups[""] for year, groups in handed_in.items()} == EXPECTED["submitted"]
    assert handed_in["2026"]["panel"] == EXPECTED["in_both_submitted"]
    levels = {level: handed_in["2026"][f"level:{level}"] for level in ("city", "county", "state")}
    assert levels == EXPECTED["groups_2026_submitted"]


def test_case_01_threshold_exactly_met() -> None:
    shown = figure(THEN, "determination_days")

    assert (shown.number, shown.shown) == (5, {"median": 142})
    assert figure(THEN, "determination_days", "level:city").number is None
    assert cell(THEN, "pine-city", "determination_days").kind == comparing.NOT_SHARED


def test_case_02_a_small_group_has_no_totals_and_keeps_its_names() -> None:
    totals = Figure.objects.filter(release__wave__slug=NEWER, group="level:county")
    wave = Wave.objects.get(slug=NEWER)

    assert {*totals.values_list("number", flat=True)} == {None}
    assert wave.responses.named_to(make_member()).filter(agency__level="county").count() == 3


def test_case_03_no_complement_shows_the_four_states() -> None:
    """There is no "all but states", and no figure of the states to subtract."""
    states = Figure.objects.filter(release__wave__slug=NEWER, group="level:state")

    assert {*states.values_list("number", flat=True)} == {None}
    assert {group.partition(":")[0] for group in counting.GROUPS} == {"", "level", "size"}
    assert [*releasing.audit(Wave.objects.get(slug=NEWER))] == []


def test_case_04_changed_levels_hold() -> None:
    westerly = response(NEWER, "westerly")
    counted = Figure.counted.through.objects.filter(answerrevision__response=westerly)

    assert cell(NEWER, "north-bay", "complaints_received").kind == comparing.NOT_SHARED
    assert cell(NEWER, "alder-falls", "determination_days").text == "173 days"
    assert westerly not in westerly.wave.responses.named_to(make_member())
    assert counted.count() == 0


def test_case_05_an_outlier_leaves_median_and_box_readable() -> None:
    shown = figure(NEWER, "complaints_received").shown or {}
    found = page(f"/surveys/{NEWER}/findings/?section=intake&state=XC")

    assert (shown["median"], shown["high"] < 5000) == (549, True)
    assert "41,250 complaints" in found.get_text()


def test_case_05_all_agencies_can_be_read_beside_the_outlier() -> None:
    """The axis is logarithmic, and says so; per worker covered the outlier is less far away."""
    client = signed_in(make_member(Agency.objects.get(slug="demo-pine-city")))
    path = f"/surveys/{NEWER}/findings/numbers/complaints_received/"

    given, rate = page(path, client), page(f"{path}?per=workers_covered", client)

    ticks = [text.get_text() for text in given.select("svg.strip text:not([class])")]
    assert ticks == ["100", "1,000", "10,000"]
    assert "Logarithmic axis:" in given.get_text()
    assert len(given.select("main tbody tr")) == len(
        given.select("svg.strip [class$=dot], .strip > svg")
    )
    assert [t.get_text() for t in given.select("svg.strip .strip__name")] == [
        "You: 549",
        "State of Tamarack D…, XC: 41,250",
    ]
    [first, *_others] = rate.select("main tbody tr")
    assert [td.get_text(" ", strip=True) for td in first.select("td")] == [
        "State",
        "2026",
        "1,490",
        "41,250 complaints, 2,774,000 workers",
    ]


def test_case_06_paid_more_than_assessed_is_no_error_and_has_a_note() -> None:
    faults = submitting.check(reading.read(response(NEWER, "harbor")), NOW)
    found = page(f"/surveys/{NEWER}/findings/demo-harbor/")
    rows = {row["id"]: row.get_text(" ", strip=True) for row in found.select("tr[id]")}

    assert faults == []
    assert "$826,200" in rows["q-amount_assessed"]
    assert "$991,400" in rows["q-amount_paid"]
    assert "It may exceed the amount found owed this year." in rows["q-amount_paid"]


def test_case_07_zero_is_neither_blank_nor_untold() -> None:
    zero = cell(THEN, "kanoa", "retaliation_complaints")
    hidden = cell(THEN, "kanoa", "retaliation_days")
    untold = Answer.objects.filter(
        response__wave__slug=THEN, not_reported="not_tracked", sharing="members"
    ).select_related("response__agency", "question")[0]
    agency = untold.response.agency.slug.removeprefix("demo-")

    kinds = [zero.kind, hidden.kind, cell(THEN, agency, untold.question.key).kind]
    assert kinds == [comparing.ZERO, comparing.HIDDEN, comparing.NOT_REPORTED]


def test_case_08_a_draft_is_in_the_response_rate_and_in_no_figure() -> None:
    ridgeline = response(NEWER, "ridgeline")
    counted = Figure.counted.through.objects.filter(answerrevision__response=ridgeline)
    [wave] = Wave.objects.filter(slug=NEWER).with_counts()

    found: Any = wave
    assert (found.asked, found.submitted, wave.releases.get().handed_in[""]) == (16, 15, 15)
    assert counted.count() == 0


@pytest.mark.parametrize(
    "path",
    [
        f"/surveys/{NEWER}/findings/?level=county",
        f"/surveys/{NEWER}/findings/trends/",
        f"/manage/surveys/{NEWER}/",
    ],
)
def test_case_09_lists_tell_two_cedar_counties_apart(path: str) -> None:
    found = page(path, signed_in(make_user(is_organiser=True)))

    names = [th.get_text(" ", strip=True) for th in found.select("table th")]
    cedars = [name for name in names if "Cedar County" in name]
    assert len(cedars) > 0
    assert [name for name in cedars if ", XA" not in name and ", XB" not in name] == []


def test_case_10_accents_and_long_names() -> None:
    client = signed_in(make_member())
    make_agency(name="Perth County", state="XC")

    directory = client.get("/agencies/?q=penasco").content.decode()
    rows = sheet(client, f"/surveys/{NEWER}/findings.csv", skip=1)
    names = [row["agency"] for row in rows if row["state"] in ("XB", "XC")]
    found = page(f"/surveys/{NEWER}/findings/?state=XB", client)

    assert "Peñasco County" in directory
    assert max(len(name) for name in names) > 80
    assert names.index("Peñasco County (demo)") < names.index(
        "State of Tamarack Division of Labor (demo)"
    )
    assert max(len(a.get_text(strip=True)) for a in found.select("thead th a")) < 60
    sorted_names = Agency.objects.filter(name__startswith="Pe").in_order_of_names()
    assert [agency.name[:4] for agency in sorted_names] == ["Peña", "Pert"]


def test_case_11_no_authority_is_a_segment_of_its_own_and_in_no_mean() -> None:
    said = cell(NEWER, "juniper", "investigation_tools", "subpoena")
    shares = {"1": 2, "3": 2, findings.CHOSEN: 0, comparing.NO_POWER: 5}
    mean = noise.mean(shares)

    assert (said.kind, said.is_same) == (comparing.LACKS_POWER, None)
    assert mean is not None
    assert mean.value == 2


def test_case_12_different_reporting_years_are_shown() -> None:
    found = page(f"/surveys/{NEWER}/findings/?state=XB")
    alike = page(f"/surveys/{THEN}/findings/")

    heads = {
        a.get_text(" ", strip=True).partition(",")[0][:14]: th.get_text(" ", strip=True)[-15:]
        for th in found.select("table.matrix thead th")
        if (a := th.select_one("a"))
    }
    assert heads["City of Harbor"] == "figures of 2025"
    assert heads["State of Kanoa"] == "figures of 2026"
    assert "figures of" not in alike.get_text()


def test_case_13_who_left_the_panel_keeps_its_answers_and_its_choice() -> None:
    """Old Mill answered in 2021 only: there by name, not in the panel, and nowhere if it hides."""
    then, newer = (Wave.objects.get(slug=slug) for slug in (THEN, NEWER))
    path = f"/surveys/{NEWER}/findings/trends/?page=2"
    mill = response(THEN, "old-mill")

    before = page(path).get_text()
    mill.answers.update(sharing="counted")
    after = page(path).get_text()

    assert ("City of Old Mill" in before, "City of Old Mill" in after) == (True, False)
    assert mill.agency_id not in {*matching.in_both(newer, then).values()}
    assert mill in then.responses.submitted()
