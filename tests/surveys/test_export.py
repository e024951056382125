"""Exports hold what the reader may read, whatever the kind of file."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from surveys import releasing
from surveys.models import Answer, Response, Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_user,
    make_wave,
)
from tests.surveys.scenes import signed_in

EVIL = ("=1+1", "+1", "-1", "@sum(a1)")


@pytest.fixture
def wave(now: datetime) -> Wave:
    """An agency that answers at each level, and with what a spreadsheet takes for a formula."""
    wave = make_wave(make_survey(), slug="w")
    agency = make_agency(name="Peñasco County", level="county", state="NM")
    response = make_response(wave, agency, state="submitted", submitted_at=now)
    for level in ("public", "members", "counted", "organisers"):
        question = make_question(wave.survey, key=level, default_sharing=level)
        make_answer(response, question, f"SAID-{level}")
    number = make_question(wave.survey, key="number", type="number")
    make_answer(response, number, not_reported="not_tracked")
    for place, text in enumerate(EVIL):
        make_answer(response, make_question(wave.survey, key=f"evil{place}"), text)
    return wave


def sheet(
    client: Client, path: str = "/surveys/w/findings.csv", skip: int = 0
) -> list[dict[str, str]]:
    """Return the rows of a table, without so many lines above it."""
    lines = client.get(path).content.decode("utf-8-sig").split("\r\n", skip)
    return [*csv.DictReader(io.StringIO(lines[-1]))]


def kinds(client: Client) -> list[str]:
    """Return the contents of every kind of file, as one text each."""
    book = openpyxl.load_workbook(io.BytesIO(client.get("/surveys/w/findings.xlsx").content))
    cells = [str(cell.value) for page in book for row in page.rows for cell in row]
    texts = [client.get(f"/surveys/w/findings.{kind}").content.decode() for kind in ("csv", "json")]
    return [*texts, " ".join(cells)]


@pytest.mark.parametrize(
    ("who", "read"),
    [
        ("visitor", {"public"}),
        ("participant", {"public"}),
        ("member", {"public", "members"}),
        ("organiser", {"public", "members", "counted", "organisers"}),
    ],
)
def test_every_file_holds_what_the_reader_may_read(wave: Wave, who: str, read: set[str]) -> None:
    people: dict[str, Any] = {
        "visitor": Client,
        "participant": lambda: signed_in(make_user()),
        "member": lambda: signed_in(make_member()),
        "organiser": lambda: signed_in(make_user(is_organiser=True)),
    }

    found = kinds(people[who]())

    levels = ("public", "members", "counted", "organisers")
    assert [{one for one in levels if f"SAID-{one}" in text} for text in found] == [read] * 3


def test_cells_say_why_there_is_no_answer(wave: Wave) -> None:
    make_question(wave.survey, key="left")

    [row] = sheet(signed_in(make_member()))

    said = {key: row[key] for key in ("agency", "counted", "number", "left")}
    assert said == {
        "agency": "Peñasco County",
        "counted": "not_shared",
        "number": "not_tracked",
        "left": "no_answer",
    }


def test_no_cell_is_a_formula(wave: Wave) -> None:
    client = signed_in(make_member())

    [row] = sheet(client)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/surveys/w/findings.xlsx").content))
    formulas = [c for page in book for r in page.rows for c in r if c.data_type == "f"]

    assert [row[f"evil{place}"] for place in range(4)] == [f"'{text}" for text in EVIL]
    assert formulas == []


def test_totals_hold_the_shown_cells_and_say_which_are_hidden(now: datetime) -> None:
    wave = make_wave(make_survey(), slug="w")
    question = make_question(wave.survey, key="q", type="single_choice", choices=("a", "b"))
    for letter in "aaabbb":
        asked = make_response(wave, state="submitted", submitted_at=now)
        make_answer(asked, question, letter, sharing="counted")
    releasing.publish(wave=wave, by=None, now=now)

    rows = sheet(Client(), "/surveys/w/findings-totals.csv")

    shown = [(r["group"], r["answer"], r["percent"], r["n"]) for r in rows]
    assert shown[:3] == [
        ("all", "a", "50", "6"),
        ("all", "b", "50", "6"),
        ("level:city", "a", "50", "6"),
    ]
    assert ("level:state", "hidden", "", "") in shown


def test_the_codebook_names_every_column(wave: Wave) -> None:
    client = signed_in(make_member())
    [row] = sheet(client)

    columns = {one["column"] for one in sheet(client, "/surveys/w/findings-codebook.csv")}

    assert {*row} - {"agency", "level", "state"} <= columns
    assert {"not_shared", "no_answer", "does_not_apply", "no_authority", "not_tracked"} <= columns


def test_a_demonstration_says_so_first(wave: Wave) -> None:
    Wave.objects.update(is_demo=True)
    client = signed_in(make_member())

    text = client.get("/surveys/w/findings.csv").content.decode("utf-8-sig")

    assert text.startswith("Demonstration data: fictional agencies and invented figures\r\n")
    assert json.loads(client.get("/surveys/w/findings.json").content)["demo"] is True


def test_a_tightened_answer_is_gone_from_the_next_export(wave: Wave) -> None:
    client = signed_in(make_member())
    before = "SAID-members" in kinds(client)[0]

    Answer.objects.filter(sharing="members").update(sharing="organisers")

    assert (before, ["SAID-members" in text for text in kinds(client)]) == (True, [False] * 3)
    assert Response.objects.count() == 1
