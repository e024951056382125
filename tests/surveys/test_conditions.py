"""Which questions apply, given the answers to others."""

import json
from pathlib import Path
from typing import Any

import pytest

from surveys import conditions
from surveys.entries import Entry
from surveys.models import Question

# Read by the browser's test of frontend/src/js/survey-conditions.js as well.
CASES = json.loads((Path(__file__).parent / "condition_cases.json").read_text("utf-8"))


def entry(given: dict[str, Any]) -> Entry:
    """Make an entry of a row of the table."""
    return Entry(given.get("value"), given.get("not_reported", ""))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_a_condition_holds_as_the_table_says(case: dict[str, Any]) -> None:
    answered = {key: entry(given) for key, given in case["answers"].items()}

    assert conditions.is_met({"all": case["conditions"]}, answered) is case["holds"]


def test_every_operator_is_in_the_table() -> None:
    tested = {c["operator"] for case in CASES for c in case["conditions"]}

    assert tested == set(conditions.OPERATORS)


def asked(key: str, *earlier: tuple[str, str, Any]) -> Question:
    """Make an unsaved question that is shown on conditions."""
    parts = [dict(zip(("question", "operator", "value"), c, strict=True)) for c in earlier]
    return Question(key=key, show_if={"all": parts} if parts else None)


def test_visible_follows_chains_of_hidden_questions() -> None:
    chain = [asked("a"), asked("b", ("a", "equals", "yes")), asked("c", ("b", "equals", "yes"))]

    shown = conditions.visible(chain, {"a": Entry("no"), "b": Entry("yes"), "c": Entry("yes")})

    assert shown == {"a"}


def test_visible_needs_every_condition() -> None:
    both = [asked("a"), asked("b"), asked("c", ("a", "gt", 0), ("b", "includes", "x"))]

    assert conditions.visible(both, {"a": Entry(1), "b": Entry(["x"])}) == {"a", "b", "c"}
    assert conditions.visible(both, {"a": Entry(0), "b": Entry(["x"])}) == {"a", "b"}
