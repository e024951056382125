"""Questions that nobody can reach are found before anybody is asked."""

from typing import Any

import pytest

from surveys import authoring, reaching
from surveys.models import Question, Survey
from tests.factories import make_question, make_survey
from tests.surveys import practice


def when(*conditions: tuple[str, str, Any]) -> dict[str, Any]:
    """Return the condition that all of these hold."""
    return {"all": [{"question": q, "operator": o, "value": v} for q, o, v in conditions]}


def texts(survey: Survey) -> list[str]:
    """Return the problems in words, with the question's key."""
    found = reaching.problems(survey)
    return [f"{one.question.key if one.question else ''}: {one.text}" for one in found]


def make_asked() -> Survey:
    """Make a survey with a question of each kind that conditions ask about."""
    survey = make_survey()
    make_question(survey, key="one", type="single_choice", choices=("a", "b", "c"))
    make_question(survey, key="many", type="multiple_choice", choices=("a", "b", "none!"))
    limits = {"min": 0, "max": 10}
    make_question(survey, key="number", type="number", limits=limits, allows_not_reported=True)
    make_question(survey, key="day", type="date", limits={"min": "2020-01-01", "max": "today"})
    make_question(survey, key="text")
    make_question(survey, key="table", type="matrix", choices=("a",), rows=("r",))
    return survey


REACHABLE = [
    [("one", "equals", "a")],
    [("one", "not_equals", "a"), ("one", "not_equals", "b")],
    [("one", "any_of", ["a", "b"]), ("one", "not_equals", "a")],
    [("many", "includes", "a"), ("many", "includes", "b")],
    [("many", "excludes", "a"), ("many", "excludes", "b")],
    [("number", "gt", 0), ("number", "lt", 2)],
    [("number", "gte", 10)],
    [("number", "answered", None)],
    [("day", "gt", "2020-01-01"), ("day", "lt", "2020-01-03")],
    [("text", "equals", "x")],
    [("text", "not_equals", "x"), ("text", "answered", None)],
    [("table", "answered", None)],
    [("one", "equals", "a"), ("many", "includes", "none")],
]
UNREACHABLE = [
    [("one", "equals", "a"), ("one", "equals", "b")],
    [("one", "any_of", ["a", "b"]), ("one", "equals", "c")],
    [("many", "includes", "a"), ("many", "includes", "none")],
    [("many", "includes", "a"), ("many", "excludes", "a")],
    [("number", "gt", 10)],
    [("number", "gt", 4), ("number", "lt", 5)],
    [("number", "gt", 5), ("number", "lt", 5)],
    [("day", "lt", "2020-01-01")],
    [("day", "gt", "2021-01-01"), ("day", "lt", "2020-06-01")],
    [("text", "equals", "x"), ("text", "equals", "y")],
]


@pytest.mark.parametrize("conditions", REACHABLE)
def test_what_somebody_can_reach_is_fine(conditions: list[tuple[str, str, Any]]) -> None:
    survey = make_asked()
    make_question(survey, key="asked", show_if=when(*conditions))

    assert texts(survey) == []


@pytest.mark.parametrize("conditions", UNREACHABLE)
def test_what_nobody_can_reach_is_found(conditions: list[tuple[str, str, Any]]) -> None:
    survey = make_asked()
    make_question(survey, key="asked", show_if=when(*conditions))

    label = Question.objects.get(key=conditions[0][0]).label
    said = f"asked: Nobody can reach it: no answer to “{label}” fits all its conditions."
    assert texts(survey) == [said]


def test_unreachable_is_found_along_a_chain() -> None:
    survey = make_asked()
    make_question(survey, key="between", show_if=when(("one", "equals", "a")))
    chain = when(("between", "answered", None), ("one", "equals", "b"))
    make_question(survey, key="asked", show_if=chain)
    make_question(survey, key="behind", show_if=when(("asked", "answered", None)))

    assert [one.split(":")[0] for one in texts(survey)] == ["asked", "behind"]


def test_circles_are_found() -> None:
    survey = make_survey()
    make_question(survey, key="a", label="A?", show_if=when(("b", "answered", None)))
    make_question(survey, key="b", label="B?", show_if=when(("a", "answered", None)))

    assert texts(survey) == [
        "a: It waits for “B?”, which waits for it: nobody would see either.",
        "b: It waits for “A?”, which waits for it: nobody would see either.",
    ]


def test_conditions_look_back_only_and_at_answers_that_can_be() -> None:
    survey = make_survey()
    make_question(survey, key="a", show_if=when(("b", "answered", None)))
    make_question(survey, key="b", label="B?", type="single_choice", choices=("x",))
    make_question(survey, key="c", show_if=when(("b", "equals", "y")))
    make_question(survey, key="d", show_if=when(("gone", "answered", None)))

    assert texts(survey) == [
        "a: Its condition asks about “B?”, which comes later. Move one of them.",
        "c: Its condition wants an answer that “B?” cannot have.",
        "d: Its condition asks about a question that is not there any more.",
    ]


def test_an_empty_survey_or_section_is_not_finished() -> None:
    survey = make_survey()

    empty = texts(survey)
    survey.sections.create(key="s", title="Staff", position=1)

    assert empty == [": The survey has no questions yet."]
    assert texts(survey) == [": The section “Staff” has no questions."]


def test_the_practice_survey_has_no_problem() -> None:
    assert reaching.problems(authoring.load(document=practice.instrument())) == []
