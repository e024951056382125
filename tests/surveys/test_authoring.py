"""An instrument comes in whole or not at all."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from surveys import authoring
from surveys.authoring import InstrumentInvalid, VersionTaken
from surveys.models import Choice, Question, Survey
from tests.surveys import practice


def test_load_stores_the_practice_survey_whole() -> None:
    document = practice.instrument()

    survey = authoring.load(document=document)

    assert survey.sections.count() == document["counts"]["sections"]
    assert Counter(survey.questions.values_list("type", flat=True)) == document["counts"]["by_type"]


def test_load_keeps_everything_a_question_says() -> None:
    survey = authoring.load(document=practice.instrument())

    asked = survey.questions.get(key="priority_industries")

    assert (asked.section.key, asked.position, asked.type) == ("strategy", 2, "ranking")
    assert asked.limits == {"max_ranked": 5}
    assert asked.default_sharing == "counted"
    assert asked.choices.count() == 12
    assert asked.show_if == {
        "all": [
            {
                "question": "strategic_plan",
                "operator": "any_of",
                "value": ["yes", "in_progress"],
            }
        ]
    }


def test_load_gives_shared_lists_rows_and_lone_choices_to_questions() -> None:
    survey = authoring.load(document=practice.instrument())

    matrix = survey.questions.get(key="investigation_tools")
    alone = Choice.objects.filter(question__survey=survey, is_exclusive=True)

    assert matrix.choices.filter(axis="option").count() == 6
    assert matrix.choices.filter(axis="row").count() == 6
    assert set(alone.values_list("value", flat=True)) == {"none"}
    assert survey.questions.get(key="manual").choices.count() == 3
    assert [code["value"] for code in survey.not_reported] == ["not_tracked", "not_applicable"]


def test_load_refuses_a_version_that_is_here() -> None:
    authoring.load(document=practice.instrument())

    with pytest.raises(VersionTaken):
        authoring.load(document=practice.instrument() | {"title": "Another title"})

    assert Question.objects.count() == 50


def question(document: dict[str, Any], section: int, number: int) -> dict[str, Any]:
    """Return one question of the document."""
    found: dict[str, Any] = document["sections"][section]["questions"][number]
    return found


SPOILT: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda d: d.update(schema="other"), "schema: must be ciwo-instrument/1"),
    (lambda d: d.pop("title"), "title: is missing"),
    (lambda d: d.update(title=" "), "title: must not be empty"),
    (
        lambda d: d.update(title="a\x00b"),
        "the document: holds a character that no text may hold (U+0000)",
    ),
    (lambda d: d.update(id="a b"), "id: must be 1 to 80 letters, digits, hyphens or underscores"),
    (
        lambda d: d.update(version="x" * 21),
        "version: must not be longer than 20 characters",
    ),
    (lambda d: d.update(sections={}), "sections: must be a list"),
    (lambda d: d.update(sections=[]), "sections: must hold at least one section"),
    (lambda d: d["sections"].insert(0, 5), "sections[0]: must be an object"),
    (lambda d: d.update(lists=[]), "lists: must be an object"),
    (
        lambda d: d["not_reported"].update(list="other"),
        "not_reported.list: must name one of the lists",
    ),
    (
        lambda d: d["definitions"].insert(1, {"term": "a", "text": "b"}),
        "definitions[1].id: is missing",
    ),
    (
        lambda d: d["definitions"].append(d["definitions"][0]),
        "definitions[11].id: “fte” is there twice",
    ),
    (
        lambda d: d["sections"][1].update(id="capacity"),
        "sections[1].id: “capacity” is there twice",
    ),
    (
        lambda d: d["sections"][2].update(questions=[]),
        "sections[2].questions: must hold at least one question",
    ),
    (
        lambda d: question(d, 0, 0).update(optoins=[]),
        "sections[0].questions[0].optoins: no such field",
    ),
    (
        lambda d: question(d, 0, 6).update(id="reporting_year"),
        "sections[0].questions[6].id: “reporting_year” is there twice",
    ),
    (
        lambda d: question(d, 0, 0).update(required="yes"),
        "sections[0].questions[0].required: must be true or false",
    ),
    (
        lambda d: question(d, 0, 0).update(sensitivity="secret"),
        (
            "sections[0].questions[0].sensitivity: must be one of public, members, aggregate_only, "
            "coordinators_only"
        ),
    ),
    (
        lambda d: question(d, 0, 1)["options"][3].pop("label"),
        "sections[0].questions[1].options[3].label: is missing",
    ),
    (
        lambda d: question(d, 0, 1)["options"][1].update(value="minimum_wage"),
        "sections[0].questions[1].options[1].value: “minimum_wage” is there twice",
    ),
    (
        lambda d: question(d, 0, 1).update(exclusive=["nobody"]),
        "sections[0].questions[1].exclusive: “nobody” is not among the options",
    ),
    (
        lambda d: question(d, 0, 6).pop("options"),
        "sections[0].questions[6].list: give options, or name one of the lists",
    ),
    (
        lambda d: question(d, 0, 0).update(options=[]),
        "sections[0].questions[0].options: this type of question has none",
    ),
    (
        lambda d: question(d, 2, 3).pop("rows"),
        "sections[2].questions[3].rows: must be a list with at least one value",
    ),
    (
        lambda d: question(d, 0, 0).update(min=3000),
        "sections[0].questions[0].min: must not be above max",
    ),
    (
        lambda d: question(d, 0, 0).update(max="many"),
        "sections[0].questions[0].max: must be a number",
    ),
    (
        lambda d: question(d, 6, 4).update(min="yesterday"),
        "sections[6].questions[4].min: must be a day, or today",
    ),
    (
        lambda d: question(d, 0, 3).update(decimals=-1),
        "sections[0].questions[3].decimals: must be 0 or more",
    ),
    (
        lambda d: question(d, 0, 3).update(decimals=True),
        "sections[0].questions[3].decimals: must be a whole number",
    ),
    (
        lambda d: question(d, 2, 6).update(accept=["pdf"]),
        "sections[2].questions[6].accept: “pdf” must look like .pdf",
    ),
    (
        lambda d: question(d, 0, 3).update(terms=["unheard"]),
        "sections[0].questions[3].terms: “unheard” is not among the definitions",
    ),
    (
        lambda d: question(d, 0, 2).update(show_if={"any": []}),
        'sections[0].questions[2].show_if: must be {"all": [conditions]}',
    ),
    (
        lambda d: question(d, 0, 2)["show_if"]["all"].insert(0, "x"),
        "sections[0].questions[2].show_if.all[0]: must be an object",
    ),
    (
        lambda d: question(d, 0, 2)["show_if"]["all"][0].update(question="worker_trust"),
        "sections[0].questions[2].show_if.all[0].question: must be a question that comes earlier",
    ),
    (
        lambda d: question(d, 0, 2)["show_if"]["all"][0].update(question="laws_enforced_other"),
        "sections[0].questions[2].show_if.all[0].question: must be a question that comes earlier",
    ),
    (
        lambda d: question(d, 0, 2)["show_if"]["all"][0].update(operator="resembles"),
        (
            "sections[0].questions[2].show_if.all[0].operator: must be one of answered, equals, "
            "not_equals, any_of, includes, excludes, gt, gte, lt, lte"
        ),
    ),
    (
        lambda d: question(d, 0, 2)["show_if"]["all"][0].update(value="unheard"),
        "sections[0].questions[2].show_if.all[0].value: “laws_enforced” cannot have this answer",
    ),
    (
        lambda d: question(d, 0, 2)["show_if"]["all"][0].update(operator="gt"),
        (
            "sections[0].questions[2].show_if.all[0].operator: the answers to “laws_enforced” have "
            "no order"
        ),
    ),
    (
        lambda d: question(d, 1, 5)["show_if"]["all"][0].update(value="judgment"),
        "sections[1].questions[5].show_if.all[0].value: must be a list",
    ),
    (
        lambda d: question(d, 2, 1)["show_if"]["all"][0].update(value="many"),
        (
            "sections[2].questions[1].show_if.all[0].value: "
            "“investigations_opened” cannot have this answer"
        ),
    ),
]


@pytest.mark.parametrize(("spoil", "fault"), SPOILT, ids=[fault for _, fault in SPOILT])
def test_load_names_the_field_and_stores_nothing(
    spoil: Callable[[dict[str, Any]], Any], fault: str
) -> None:
    document = practice.instrument()
    spoil(document)

    with pytest.raises(InstrumentInvalid) as refused:
        authoring.load(document=document)

    assert refused.value.faults == [fault]
    assert Survey.objects.count() == 0


@pytest.mark.parametrize("document", [None, [], "text", 5, {}])
def test_load_refuses_what_is_no_instrument(document: Any) -> None:
    with pytest.raises(InstrumentInvalid):
        authoring.load(document=document)


def test_freeze_keeps_its_first_moment(now: datetime) -> None:
    survey = authoring.load(document=practice.instrument())

    authoring.freeze(survey=survey, now=now)
    authoring.freeze(survey=survey, now=now.replace(year=2027))

    survey.refresh_from_db()
    assert survey.frozen_at == now
