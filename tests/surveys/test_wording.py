"""What answers and conditions say in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from surveys import reading, wording
from surveys.entries import Entry
from surveys.models import Response, Wave
from tests.factories import make_question

CHOICES: dict[str, Any] = {"choices": ("one_way", "other"), "rows": ("first", "second")}


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("currency", 1250000, ["$1,250,000"]),
        ("percentage", 0, ["0%"]),
        ("number", 1250, ["1,250 cases"]),
        ("year", 2025, ["2025"]),
        ("date", "2026-03-31", ["March 31, 2026"]),
        ("short_text", "Ours", ["Ours"]),
        ("single_choice", "one_way", ["One Way"]),
        ("multiple_choice", ["one_way", "other"], ["One Way", "Other"]),
        ("matrix", {"second": "other"}, ["Second: Other"]),
        ("ranking", ["other", "one_way"], ["1. Other", "2. One Way"]),
        ("file", [{"file": "x", "name": "a.pdf"}], ["a.pdf"]),
        ("number", None, []),
    ],
)
def test_lines_say_what_was_answered(kind: str, value: Any, said: list[str]) -> None:
    question = make_question(type=kind, unit="cases" if kind == "number" else "", **CHOICES)

    assert wording.lines(question, Entry(value)) == said


@pytest.mark.parametrize(
    ("code", "said"), [("not_tracked", "We do not track this"), ("older", "older")]
)
def test_lines_say_why_there_is_no_number(code: str, said: str) -> None:
    question = make_question(type="number")

    assert wording.lines(question, Entry(None, code)) == [said]


@pytest.mark.parametrize(
    ("operator", "value", "said"),
    [
        ("answered", "", "you answered “Which?”"),
        ("equals", "one_way", "the answer to “Which?” is “One Way”"),
        ("any_of", ["one_way", "other"], "the answer to “Which?” is “One Way” or “Other”"),
        ("excludes", "other", "you did not choose “Other” in “Which?”"),
        ("gt", 1000, "the answer to “Which?” is more than 1,000"),
    ],
)
def test_a_condition_reads_as_a_sentence(
    response: Response, operator: str, value: Any, said: str
) -> None:
    survey = response.wave.survey
    make_question(survey, key="which", label="Which?", choices=("one_way", "other"))
    condition = {"question": "which", "operator": operator, "value": value}
    make_question(survey, show_if={"all": [condition]})

    items = reading.read(response).items

    assert [item.condition for item in items] == ["", f"Answer this if {said}."]


def test_times_are_said_in_the_waves_zone() -> None:
    wave, at = Wave(time_zone="America/Denver"), datetime(2027, 1, 30, 0, 0, tzinfo=UTC)

    assert wording.moment(wave, at) == "Friday, January 29, 2027, 5 p.m. Mountain"
    assert wording.day(wave, at) == "January 29, 2027"
