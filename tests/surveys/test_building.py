"""A draft is built by changes that nobody overwrites unseen; what is fielded stays."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import concurrency
from surveys import authoring, building
from surveys.models import Question, Section, Survey
from tests.factories import make_question, make_survey
from tests.surveys import practice
from tests.threads import at_once

NUMBER = {"type": "number", "label": "How many?", "sensitivity": "members"}
CHOICE = {
    "type": "multiple_choice",
    "label": "Which?",
    "sensitivity": "public",
    "options": [{"value": "a", "label": "A"}, {"value": "none", "label": "None"}],
    "exclusive": ["none"],
}


def make_section(survey: Survey | None = None) -> Section:
    """Add a section to a survey."""
    return building.add_section(survey=survey or make_survey(), title="Staff", description="")


def order(survey: Survey) -> list[str]:
    """Return the questions' keys with their place."""
    asked = survey.questions.select_related("section").order_by("section__position", "position")
    return [f"{q.section.position}.{q.position} {q.key}" for q in asked]


def test_begin_makes_keys_of_titles() -> None:
    words = {"title": "Practice survey", "definitions": [], "not_reported": []}
    more = {"introduction": "", "public_records_note": ""}

    made = [building.begin(version="1", words=words | more) for _ in range(2)]

    assert [survey.key for survey in made] == ["practice-survey", "practice-survey-2"]


def test_questions_get_keys_choices_and_places() -> None:
    section = make_section()

    for given in (NUMBER, CHOICE, NUMBER | {"label": "2 or more?"}, NUMBER):
        building.add_question(section=section, given=given)

    assert order(section.survey) == [
        "1.1 how_many",
        "1.2 which",
        "1.3 q_2_or_more",
        "1.4 how_many_2",
    ]
    alone = Question.objects.get(key="which").choices.filter(is_exclusive=True)
    assert [choice.value for choice in alone] == ["none"]


def test_change_question_keeps_identity_and_place() -> None:
    asked = building.add_question(section=make_section(), given=CHOICE)

    building.change_question(question=asked, given=NUMBER, seen=1)

    now = Question.objects.get()
    assert (now.pk, now.key, now.position, now.type) == (asked.pk, "which", 1, "number")
    assert (now.choices.count(), now.revision) == (0, 2)


def test_nobody_overwrites_a_colleague() -> None:
    section = make_section()
    asked = building.add_question(section=section, given=NUMBER)
    survey = section.survey
    words = {name: getattr(survey, name) for name in building.WORDS}
    building.change_question(question=asked, given=NUMBER | {"label": "Theirs?"}, seen=1)
    building.change_section(section=section, title="Theirs", description="", seen=1)
    building.reword(survey=survey, words=words | {"title": "Theirs"}, seen=1)

    for change in (
        lambda: building.change_question(question=asked, given=NUMBER, seen=1),
        lambda: building.change_section(section=section, title="Mine", description="", seen=1),
        lambda: building.reword(survey=survey, words=words | {"title": "Mine"}, seen=1),
    ):
        with pytest.raises(concurrency.ChangedMeanwhile):
            change()

    found = [Question.objects.get().label, Section.objects.get().title, Survey.objects.get().title]
    assert found == ["Theirs?", "Theirs", "Theirs"]


@pytest.mark.django_db(transaction=True)
def test_questions_added_at_once_get_places_of_their_own() -> None:
    section = make_section()

    at_once(lambda n: building.add_question(section=section, given=NUMBER), [*range(6)])

    assert sorted(section.questions.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_move_goes_past_the_end_of_a_section() -> None:
    survey = make_survey()
    first, second = make_section(survey), make_section(survey)
    a, b = (make_question(survey, section=first.key, key=key) for key in "ab")
    make_question(survey, section=second.key, key="c")

    seen = []
    for question, by in [(a, 1), (a, 1), (a, 1), (a, 1), (b, -1), (a, -1), (a, -1)]:
        building.move_question(question=question, by=by)
        seen.append(order(survey))

    assert seen == [
        ["1.1 b", "1.2 a", "2.1 c"],
        ["1.1 b", "2.1 a", "2.2 c"],
        ["1.1 b", "2.1 c", "2.2 a"],
        ["1.1 b", "2.1 c", "2.2 a"],
        ["1.1 b", "2.1 c", "2.2 a"],
        ["1.1 b", "2.1 a", "2.2 c"],
        ["1.1 b", "1.2 a", "2.1 c"],
    ]


def test_move_section_takes_its_questions_along() -> None:
    survey = make_survey()
    make_question(survey, section="one", key="a")
    make_question(survey, section="two", key="b")

    building.move_section(section=survey.sections.get(key="two"), by=-1)

    assert order(survey) == ["1.1 b", "2.1 a"]


def test_what_conditions_ask_about_stays() -> None:
    survey = make_survey()
    asked = make_question(survey, section="one", key="a")
    condition = {"all": [{"question": "a", "operator": "answered"}]}
    waiting = make_question(survey, section="two", key="b", show_if=condition)

    with pytest.raises(building.AskedAbout) as refused:
        building.remove_question(question=asked)
    with pytest.raises(building.AskedAbout) as refused_too:
        building.remove_section(section=asked.section)
    assert refused.value.by == refused_too.value.by == [waiting]
    building.remove_section(section=waiting.section)
    building.remove_question(question=asked)

    assert Question.objects.count() == 0


CHANGES: list[Callable[[Section, Question], Any]] = [
    lambda s, q: building.reword(survey=s.survey, words={}, seen=1),
    lambda s, q: building.add_section(survey=s.survey, title="x", description=""),
    lambda s, q: building.change_section(section=s, title="x", description="", seen=1),
    lambda s, q: building.add_question(section=s, given=NUMBER),
    lambda s, q: building.change_question(question=q, given=NUMBER, seen=1),
    lambda s, q: building.remove_question(question=q),
    lambda s, q: building.remove_section(section=s),
    lambda s, q: building.move_section(section=s, by=1),
    lambda s, q: building.move_question(question=q, by=1),
    lambda s, q: building.discard(survey=s.survey),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_fielded_does_not_change(
    change: Callable[[Section, Question], Any], now: datetime
) -> None:
    section = make_section()
    question = building.add_question(section=section, given=CHOICE)
    authoring.freeze(survey=section.survey, now=now)

    with pytest.raises(building.Frozen):
        change(section, question)

    assert order(section.survey) == ["1.1 which"]


def test_a_survey_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    section = make_section()
    monkeypatch.setattr(building, "MOST_QUESTIONS", 0)
    monkeypatch.setattr(building, "MOST_SECTIONS", 1)

    with pytest.raises(building.TooLarge):
        building.add_question(section=section, given=NUMBER)
    with pytest.raises(building.TooLarge):
        make_section(section.survey)


def test_a_change_holds_the_survey() -> None:
    section = make_section()

    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        building.add_question(section=section, given=NUMBER)

    assert sum("FOR NO KEY UPDATE" in query["sql"] for query in asked) == 1


def test_the_practice_survey_can_be_built_by_hand() -> None:
    document = practice.instrument()
    words = {"title": document["title"], "introduction": "", "public_records_note": ""}
    definitions = [
        {"id": d["id"], "term": d["term"], "definition": d["text"]} for d in document["definitions"]
    ]
    survey = building.begin(
        version="2027", words=words | {"definitions": definitions, "not_reported": []}
    )

    for part in document["sections"]:
        section = building.add_section(survey=survey, title=part["title"], description="")
        for given in part["questions"]:
            lists = document["lists"].get(given.get("list", given["type"]))
            building.add_question(section=section, given={"options": lists or []} | given)

    assert survey.questions.count() == 50
