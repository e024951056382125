"""What readers work out of the demonstration, from pages and all files, by brute force.

Too slow for each change: `ORACLE_DEMO=some pytest …` attacks both waves as a member, and
`ORACLE_DEMO=all` as a visitor, too, with every agency inside.
"""

import io
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup

from surveys.models import Answer, Question, Wave
from tests.browsers import Client
from tests.factories import make_agency, make_member
from tests.surveys import oracle, practice
from tests.surveys.oracle import Asked
from tests.surveys.scenes import signed_in
from tests.surveys.test_demo import load
from tests.surveys.test_export import sheet

ALL = os.environ.get("ORACLE_DEMO") == "all"
pytestmark = pytest.mark.skipif("ORACLE_DEMO" not in os.environ, reason="takes minutes")
SMALL, LARGE = ("under_50k", "50k_250k"), ("1m_5m", "5m_10m", "over_10m")
GROUPS = ("", *(f"level:{one}" for one in ("city", "county", "state")))
GROUPS = (*GROUPS, *(f"size:{one}" for one in ("small", "middle", "large")))
KINDS = {"single_choice", "yes_no_in_progress", "scale", "matrix", "multiple_choice"}
Row = dict[str, Any]


@pytest.fixture
def waves(now: datetime) -> list[Wave]:
    """Both waves, of agencies whose size everybody knows."""
    place = ("name", "level", "state", "population_band")
    agencies = {
        row["id"]: make_agency(**{name: row[name] for name in place})
        for row in practice.demo()["agencies"]
    }
    return load(agencies, now)


def totals(client: Client, wave: Wave) -> dict[str, list[Row]]:
    """Return the published totals as each kind of file has them, every cell as text."""
    path = f"/surveys/{wave.slug}/findings"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}.xlsx").content), read_only=True)
    _notice, heading, *cells = book["Totals"].iter_rows(values_only=True)
    found = {
        "json": client.get(f"{path}.json").json()["totals"],
        "csv": sheet(client, f"{path}-totals.csv", skip=1),
        "xlsx": [dict(zip(map(str, heading), row, strict=True)) for row in cells],
    }
    return {
        kind: [
            {key: "" if said is None else str(said).removesuffix(".0") for key, said in row.items()}
            for row in rows
        ]
        for kind, rows in found.items()
    }


def shown(rows: list[Row], group: str) -> Counter[tuple[str, str]]:
    """Return the shares of one group with the number behind each, as the files have them."""
    found = [one for one in rows if one["percent"] and one["group"] == (group or "all")]
    return Counter((one["percent"], one["n"]) for one in found)


def on_pages(client: Client, wave: Wave, group: str) -> Counter[tuple[str, str]]:
    """Return the same, as the tables of the pages have them."""
    found: Counter[tuple[str, str]] = Counter()
    for section in wave.survey.sections.all():
        path = f"/surveys/{wave.slug}/findings/?section={section.key}&group={group}"
        page = BeautifulSoup(client.get(path).content, "html.parser")
        for row in page.select("#totals ~ section details table.data tbody tr"):
            cells = [cell.get_text(strip=True) for cell in row.select("td")]
            if len(cells) == 2 and cells[0].endswith("%") and cells[0] != "0%":
                found[cells[0].rstrip("%"), cells[1].partition(" ")[0]] += 1
    return found


def groups_of(level: str, band: str) -> frozenset[str]:
    """Return the groups of an agency, as everybody knows them."""
    size = "small" if band in SMALL else "large" if band in LARGE else "middle"
    return frozenset({"", f"level:{level}"} | ({f"size:{size}"} if band else set()))


def attacks(wave: Wave, rows: list[Row]) -> Iterator[oracle.Wave]:
    """Yield each practice of which shares are told, with all its figures and what is true."""
    for question in wave.survey.questions.filter(type__in=KINDS):
        told = [one for one in rows if one["question"] == question.key and one["percent"]]
        for part in sorted({one["part"] for one in told}):
            mine = [one for one in told if one["part"] == part]
            yield attack(wave, question, part, mine)


def attack(wave: Wave, question: Question, part: str, rows: list[Row]) -> oracle.Wave:
    """Return one practice as the oracle has it."""
    said = {one["answer"] for one in rows}
    agencies = []
    answers = Answer.objects.filter(response__wave=wave, question=question, applies=True)
    place = ("response__agency__level", "response__agency__population_band")
    counted = answers.filter(response__state="submitted", value__isnull=False)
    for value, level, *where in counted.values_list("value", "readable_as", *place):
        one = value.get(part) if isinstance(value, dict) else value
        if isinstance(value, list):
            one = "yes" if part in value else "no"
        if one is not None and level != "organisers":
            agencies.append(oracle.Agency((str(one),), {"q": level}, groups_of(*where)))
    said |= {one.record[0] for one in agencies}
    figures = [figure(group, rows, said, agencies) for group in GROUPS]
    asked = [Asked("q", "one", tuple(sorted(said)))]
    return oracle.Wave(asked, agencies, [one for one in figures if one])


def figure(
    group: str, rows: list[Row], said: set[str], agencies: list[oracle.Agency]
) -> oracle.Figure | None:
    mine = {one["answer"]: one for one in rows if one["group"] == (group or "all")}
    if not mine:
        return None
    shares = {one: int(mine[one]["percent"]) if one in mine else None for one in sorted(said)}
    number = int(next(iter(mine.values()))["n"])
    is_named = number < sum(group in one.groups for one in agencies)
    return oracle.Figure("q", "", group, number, shares, is_named)


def unguarded(one: oracle.Wave) -> oracle.Wave:
    """Return the practice with the figures of all groups, as if nothing were hidden."""
    figures = []
    for group in GROUPS:
        said = Counter(a.record[0] for a in one.agencies if group in a.groups)
        number = said.total()
        shares = {
            v: oracle.percent(said[v], number) if said[v] else None for v in one.asked[0].options
        }
        figures += [oracle.Figure("q", "", group, number, shares)] if number else []
    return oracle.Wave(one.asked, one.agencies, figures)


def derived(wave: Wave, rows: list[Row]) -> list[str]:
    """Return what readers find out, and one agency that knows its own answer, or each."""
    found = []
    for one in attacks(wave, rows):
        insiders = range(len(one.agencies)) if ALL else range(1)
        found += [*one.known("public", None), *one.known("members", None)]
        found += [said for at in insiders for said in one.known("members", at)]
    return found


def told_alike(client: Client, wave: Wave) -> list[Row]:
    """Return the totals that files tell a reader; all files the same, and pages no other ones."""
    files = totals(client, wave)
    assert files["csv"] == files["json"] == files["xlsx"]
    pages = {group: on_pages(client, wave, group) for group in GROUPS} if ALL else {}
    pages |= {group: on_pages(client, wave, group) for group in ("", "size:large")}
    differing = [g for g, told in pages.items() if told - shown(files["csv"], g)]
    assert differing == []
    assert pages[""].total() > 20
    return files["csv"]


def test_no_group_of_the_demonstration_tells_what_an_agency_said(waves: list[Wave]) -> None:
    """By level and by size together; as a control with all figures that were hidden."""
    readers = [Client(), signed_in(make_member())] if ALL else [signed_in(make_member())]
    told = [(wave, told_alike(reader, wave)) for wave in waves for reader in readers]

    found = [one for wave, rows in told for one in derived(wave, rows)]
    control = [unguarded(one).known("members", None) for one in attacks(*told[-1])]

    assert found == []
    assert any(control)
