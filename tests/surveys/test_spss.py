"""What goes to SPSS: numbers with their meaning, for each reader what he may read."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from surveys.models import Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_wave,
)
from tests.surveys.scenes import signed_in

PSPP = shutil.which("pspp")
ODD = 'Says "so".\n* Not a comment'


@pytest.fixture
def wave(now: datetime) -> Wave:
    """One agency that answers in every way there is."""
    survey = make_survey(not_reported=[{"value": "not_tracked", "label": "We do not track this"}])
    wave = make_wave(survey, slug="w")
    agency = make_agency(name="Peñasco County", level="county", state="NM")
    response = make_response(wave, agency, state="submitted", submitted_at=now)
    number: dict[str, Any] = {"type": "number", "allows_not_reported": True}
    answers: tuple[tuple[dict[str, Any], Any], ...] = (
        ({"key": "cases", "label": ODD, **number}, 12),
        ({"key": "days", **number}, None),
        ({"key": "budget", "default_sharing": "organisers", **number}, 99),
        ({"key": "does", "type": "yes_no_in_progress", "choices": ("yes", "no")}, "no"),
        ({"key": "rates", "type": "scale", "choices": ("1", "5")}, "5"),
        ({"key": "tools", "type": "multiple_choice", "choices": ("a-b", "c")}, ["c"]),
        (
            {"key": "power", "type": "single_choice", "choices": ("x", "no_authority")},
            "no_authority",
        ),
        ({"key": "with", "label": "Words?"}, "=1+1\nand more"),
    )
    for fields, value in answers:
        question = make_question(survey, **fields)
        reason = {"not_reported": "not_tracked"} if value is None else {}
        make_answer(response, question, value, **reason)
    make_question(survey, key="left", **number)
    return wave


def files(client: Client) -> tuple[list[list[str]], str]:
    """Return the rows of the table and the syntax."""
    answer = client.get("/surveys/w/findings-spss.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(packed.namelist()) == ["w.csv", "w.sps"]
    text = packed.read("w.csv").decode("utf-8-sig")
    return [*csv.reader(io.StringIO(text))], packed.read("w.sps").decode("utf-8-sig")


def test_cells_are_numbers_and_each_absence_has_its_own(wave: Wave) -> None:
    [heading, row], _syntax = files(signed_in(make_member()))

    assert dict(zip(heading, row, strict=True)) == {
        "agency": "Peñasco County",
        "level": "county",
        "state": "NM",
        "cases": "12",
        "days": "-94",
        "budget": "-99",
        "does": "2",
        "rates": "5",
        "tools.a_b": "0",
        "tools.c": "1",
        "power": "-96",
        "v_with": "'=1+1 and more",
        "left": "-98",
    }


def test_the_syntax_says_what_the_numbers_mean(wave: Wave) -> None:
    _rows, syntax = files(signed_in(make_member()))

    assert '/FILE="w.csv"' in syntax
    assert "/FIRSTCASE=2" in syntax
    assert "  agency A15\n" in syntax
    assert '  -94 "We do not track this"' in syntax
    assert '  -96 "Not our power"\n  -95 "After yours"\n  1 "X".' in syntax
    assert "MISSING VALUES power (-99 THRU -90)." in syntax
    assert '"1.1 Says ""so"". * Not a comment"' in syntax


def test_every_line_is_short_and_every_command_ends(wave: Wave) -> None:
    make_question(wave.survey, key="long", label="Ñ" * 400, type="number")

    _rows, syntax = files(signed_in(make_member()))

    assert max(len(line.encode()) for line in syntax.splitlines()) < 256
    assert len(re.findall(r'"', syntax)) % 2 == 1  # the one between apostrophes


def test_a_visitor_gets_nothing_of_what_members_read(wave: Wave) -> None:
    assert Client().get("/surveys/w/findings-spss.zip").status_code == 404


def test_a_demonstration_says_so_first(wave: Wave) -> None:
    Wave.objects.update(is_demo=True)

    rows, syntax = files(signed_in(make_member()))

    assert rows[0] == ["Demonstration data: fictional agencies and invented figures"]
    assert "* Demonstration data: fictional agencies and invented figures.\n" in syntax
    assert "/FIRSTCASE=3" in syntax


@pytest.mark.skipif(PSPP is None, reason="PSPP, which reads SPSS's syntax, is not installed")
def test_another_program_reads_the_same_numbers(wave: Wave, tmp_path: Path) -> None:
    rows, syntax = files(signed_in(make_member()))
    with (tmp_path / "w.csv").open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows(rows)
    back = 'SAVE TRANSLATE /OUTFILE="back.csv" /TYPE=CSV /FIELDNAMES /CELLS=VALUES.\n'
    (tmp_path / "w.sps").write_text(syntax + back, encoding="utf-8")
    subprocess.run([str(PSPP), "w.sps"], cwd=tmp_path, check=True, timeout=60)  # noqa: S603 the program that we ask

    with (tmp_path / "back.csv").open(encoding="utf-8", newline="") as table:
        assert [[cell.strip() for cell in row] for row in csv.reader(table)] == rows
