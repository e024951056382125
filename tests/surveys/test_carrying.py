"""Last wave's answer beside the question, and saying it again."""

from datetime import date, timedelta
from typing import Any

import pytest

from surveys import carrying, versions
from surveys.models import Question, Response, Survey
from tests.factories import make_answer, make_member, make_question, make_response, make_wave
from tests.surveys.scenes import make_page, submit, values

TODAY = date(2026, 11, 26)
CHOICES: dict[str, Any] = {"choices": ("a", "b"), "rows": ("r",)}


@pytest.fixture
def before(response: Response) -> Response:
    """What the agency handed in two years ago, of the same version."""
    return earlier_of(response, response.wave.survey)


def earlier_of(response: Response, survey: Survey) -> Response:
    """Let the agency have been asked two years ago."""
    opens_at = response.wave.opens_at - timedelta(days=700)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=9)}
    wave = make_wave(survey, title="Survey 2024", **times)
    return make_response(wave, response.agency)


def next_version(response: Response) -> Survey:
    """Let the open wave ask the next version of the survey; returns the one before."""
    old = response.wave.survey
    response.wave.survey = versions.begin(survey=old, version="2")
    response.wave.save()
    return old


def told(response: Response) -> dict[str, tuple[list[str], bool, bool]]:
    """Return the earlier answers by key: what they say, whether they compare and can be said."""
    questions = list(response.wave.survey.questions.select_related("survey"))
    found = carrying.earlier(response, questions, TODAY)
    return {
        e.answer.question.key: (e.lines, e.is_comparable, e.fields is not None)
        for e in found.values()
    }


@pytest.mark.parametrize(
    ("kind", "value", "lines"),
    [
        ("number", 1250, ["1,250"]),
        ("single_choice", "a", ["A"]),
        ("multiple_choice", ["a", "b"], ["A", "B"]),
        ("matrix", {"r": "b"}, ["R: B"]),
        ("ranking", ["b", "a"], ["1. B", "2. A"]),
        ("long_text", "We write.\nThen we call.", ["We write.\nThen we call."]),
        ("date", "2020-05-01", ["May 1, 2020"]),
    ],
)
def test_what_was_said_can_be_said_again(
    response: Response, before: Response, kind: str, value: Any, lines: list[str]
) -> None:
    question = make_question(response.wave.survey, key="q", type=kind, **CHOICES)
    make_answer(before, question, value)
    submit(before)
    page = make_page(response)

    page.send(question, carry="q")

    assert told(response) == {"q": (lines, True, True)}
    assert values(response) == {"q": value}


def test_still_true_saves_the_rest_of_the_page_and_keeps_who_may_see_it(
    response: Response, before: Response, question: Question
) -> None:
    other = make_question(response.wave.survey, key="other")
    Question.objects.filter(pk=question.pk).update(allows_not_reported=True)
    make_answer(before, question, None, not_reported="not_tracked", sharing="public")
    submit(before)
    page = make_page(response)

    page.send(question, other, carry="budget", value__other="x", sharing__budget="counted")

    assert values(response) == {"budget": "not_tracked", "other": "x"}
    assert response.answers.get(question=question).sharing == "counted"


def test_the_page_shows_it_until_it_is_said_again(
    response: Response, before: Response, question: Question
) -> None:
    make_answer(before, question, 1250)
    submit(before)
    page = make_page(response)

    first = page.client.get(page.path).content.decode()
    page.send(question, carry="budget")
    then = page.client.get(page.path).content.decode()

    assert "In “Survey 2024” your agency said: <strong>1,250</strong>" in first
    assert ["Still true" in shown for shown in (first, then)] == [True, False]


def test_a_draft_an_empty_answer_and_one_that_did_not_apply_say_nothing(
    response: Response, before: Response, question: Question
) -> None:
    make_answer(before, question, 5)
    found = [told(response)]
    submit(before)
    before.answers.update(value=None)
    found.append(told(response))
    before.answers.update(value=5, applies=False)

    assert [*found, told(response)] == [{}, {}, {}]


def test_the_newest_of_several_waves_speaks(
    response: Response, before: Response, question: Question
) -> None:
    make_answer(before, question, 5)
    older = earlier_of(before, response.wave.survey)
    make_answer(older, question, 4)
    for one in (before, older):
        submit(one)

    assert told(response) == {"budget": (["5"], True, True)}


@pytest.mark.parametrize(
    ("is_comparable", "found"),
    [(True, (True, True)), (None, (True, True)), (False, (False, False))],
)
def test_a_version_may_break_the_line(
    response: Response,
    question: Question,
    is_comparable: bool | None,
    found: tuple[bool, bool],
) -> None:
    old = next_version(response)
    before = earlier_of(response, old)
    make_answer(before, question, 5)
    submit(before)
    response.wave.survey.questions.update(is_comparable=is_comparable, label="Your costs?")

    assert told(response) == {"budget": (["5"], *found)}
    page = make_page(response)
    shown = page.client.get(page.path).content.decode()
    assert ("The question has changed since" in shown) == (is_comparable is False)


@pytest.mark.parametrize("break_in", ["the middle", "nothing", "absence"])
def test_a_break_two_versions_ago_counts(
    response: Response, question: Question, break_in: str
) -> None:
    old = next_version(response)
    middle = response.wave.survey
    response.wave.survey = versions.begin(survey=middle, version="3")
    response.wave.save()
    before = earlier_of(response, old)
    make_answer(before, question, 5)
    submit(before)
    if break_in == "the middle":
        middle.questions.update(is_comparable=False)
    elif break_in == "absence":
        middle.questions.all().delete()

    assert told(response)["budget"][1] == (break_in == "nothing")


def test_a_choice_that_is_gone_cannot_be_said_again(response: Response) -> None:
    asked = make_question(
        response.wave.survey, key="how", type="single_choice", choices=("mail", "fax")
    )
    before = earlier_of(response, next_version(response))
    make_answer(before, asked, "fax")
    submit(before)
    response.wave.survey.questions.get().choices.filter(value="fax").delete()

    assert told(response) == {"how": (["Fax"], True, False)}


def test_files_stay_where_they_were(response: Response, before: Response) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")
    make_answer(before, question, [{"file": "x", "name": "manual.pdf", "bytes": 5}])
    submit(before)

    assert told(response) == {"manual": (["manual.pdf"], True, False)}


def test_other_agencies_say_nothing_here(
    response: Response, before: Response, question: Question
) -> None:
    other = make_response(before.wave)
    make_answer(other, question, 5)
    submit(other)
    page = make_page(response, make_member(response.agency))

    assert told(response) == {}
    page.send(question, carry="budget")
    page.send(question, carry="none")
    assert values(response) == {}
