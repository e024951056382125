"""The arithmetic of findings: what the demonstration is expected to say, to the digit."""

from statistics import mean
from typing import Any

import pytest

from surveys import findings
from surveys.findings import Unit
from surveys.models import Question
from tests.surveys import practice

EXPECTED = practice.demo()["expected"]


def submitted(wave: str) -> list[dict[str, Any]]:
    """Return the answers of those who handed in, by agency."""
    rows = practice.demo()["responses"]
    return [r["answers"] for r in rows if r["wave"] == wave and r["status"] == "submitted"]


def numbers(key: str, wave: str) -> tuple[list[float], int]:
    """Return the numbers given, and of how many that were asked."""
    given = [answers[key] for answers in submitted(wave) if key in answers]
    return [value for value in given if not isinstance(value, dict)], len(submitted(wave))


@pytest.mark.parametrize(
    ("key", "wave"),
    [(key, wave) for key, waves in EXPECTED["medians"].items() for wave in waves],
)
def test_medians_are_as_expected(key: str, wave: str) -> None:
    given, asked = numbers(key, wave)

    found = {"n": len(given), "asked": asked, "median": findings.middle(given)}

    assert found == EXPECTED["medians"][key][wave]


@pytest.mark.parametrize(
    ("said", "wave"), [(said, wave) for said, waves in EXPECTED["shares"].items() for wave in waves]
)
def test_shares_are_as_expected(said: str, wave: str) -> None:
    key, _in, values = said.partition(" in ")

    chosen = [a for a in submitted(wave) if a.get(key) in values.split("|")]

    assert f"{len(chosen)} of {len(submitted(wave))}" == EXPECTED["shares"][said][wave]


@pytest.mark.parametrize("wave", ["2021", "2026"])
def test_means_are_as_expected(wave: str) -> None:
    found = mean(float(a["worker_trust"]) for a in submitted(wave) if "worker_trust" in a)

    assert round(found, 1) == EXPECTED["worker_trust_mean"][wave]


def units(*values: Any) -> list[Unit]:
    """Return what these agencies say."""
    return [Unit(n, n, value, frozenset(), "counted") for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("single_choice", ["a", "a", "b"], {"shares": {"a": 65, "b": 35}}),
        ("scale", ["1", "2", "2", "2"], {"shares": {"1": 25, "2": 75}}),
        ("number", [1, 2, 3, 4, 41_250], {"median": 3.0}),
        ("number", [*range(9), 41_250], {"low": 2.25, "median": 4.5, "high": 6.75}),
    ],
)
def test_tally_tells_no_end_and_no_exact_share(kind: str, values: list[Any], told: Any) -> None:
    assert findings.tally(Question(type=kind), units(*values)) == told


@pytest.mark.parametrize(
    ("kind", "part", "value", "said"),
    [
        ("multiple_choice", "a", ["a", "b"], "yes"),
        ("multiple_choice", "c", ["a", "b"], "no"),
        ("matrix", "row", {"row": "often"}, "often"),
        ("matrix", "row", {}, None),
        ("number", "", 0, 0),
    ],
)
def test_value_of_a_part(kind: str, part: str, value: Any, said: Any) -> None:
    assert findings.value_of(Question(type=kind), part, value) == said
