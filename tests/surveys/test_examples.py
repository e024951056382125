"""Example answers stand where nobody has answered yet, so that there is something to look at."""

from datetime import date

from surveys import authoring, conditions, entries, examples
from surveys.models import Question
from surveys.previewing import questions
from tests.factories import make_question, make_survey
from tests.surveys import practice

TODAY = date(2026, 11, 26)


def test_examples_answer_every_question_but_for_files() -> None:
    asked = questions(authoring.load(document=practice.instrument()))

    fields = examples.fields(asked, TODAY)

    given = {question.key: entries.clean(question, fields, TODAY) for question in asked}
    blank = {question.type for question in asked if given[question.key].is_blank}
    hidden = {question.key for question in asked} - conditions.visible(asked, given)
    assert blank == {Question.Type.FILE}
    assert hidden == set()


def test_an_example_keeps_to_the_limits_or_is_left_out() -> None:
    survey = make_survey()
    make_question(survey, key="few", type="number", limits={"min": 1, "max": 3})
    make_question(survey, key="odd", type="number", limits={"min": 0.5, "max": 0.7})
    make_question(survey, key="past", type="date", limits={"max": "2020-01-31"})
    make_question(survey, key="none", type="multiple_choice", choices=("none!",))
    make_question(survey, key="short", type="short_text", limits={"max_length": 2})

    fields = examples.fields(questions(survey), TODAY)

    said = {n: given for n, given in fields.lists() if not n.startswith("sharing.")}
    assert said == {
        "value.few": ["3"],
        "value.past": ["2020-01-31"],
        "value.none": ["none"],
        "value.short": ["An"],
    }
