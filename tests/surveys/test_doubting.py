"""Unusual answers are asked about, and stand as they are."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from surveys import carrying, doubting
from surveys.entries import Entry
from surveys.models import Question, Response
from tests.factories import make_answer, make_question, make_response, make_wave
from tests.surveys.scenes import make_coordinator, make_page, signed_in, submit, values


def said_before(response: Response, question: Question, value: Any, **fields: Any) -> None:
    """Let the agency have said this two years ago."""
    opens_at = response.wave.opens_at - timedelta(days=700)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=9)}
    wave = make_wave(response.wave.survey, title="Survey 2024", **times)
    before = make_response(wave, response.agency)
    make_answer(before, question, value, **fields)
    submit(before)


TENFOLD = "This is ten times what your agency said in “Survey 2024”"
TENTH = "This is a tenth of what your agency said in “Survey 2024”"


@pytest.mark.parametrize(
    ("before", "now", "doubt"),
    [
        (100, 1000, TENFOLD),
        (100, 999, ""),
        (100, 10, TENTH),
        (100, 11, ""),
        (100, 0, TENTH),
        (0, 500, ""),
        (1, 19, ""),
        (2, 20, TENFOLD),
        (41250, 41250, ""),
    ],
)
def test_ten_times_the_last_wave_is_asked_about_and_saved(
    response: Response, question: Question, before: int, now: int, doubt: str
) -> None:
    said_before(response, question, before)

    answer = make_page(response).save(question, str(now))

    assert (answer.status_code, values(response)) == (200, {"budget": now})
    assert answer.json()["doubt"][: len(doubt) or None] == doubt


def test_without_an_earlier_number_there_is_nothing_to_ask(
    response: Response, question: Question
) -> None:
    said_before(response, question, None, not_reported="not_tracked")

    assert make_page(response).save(question, "5000").json()["doubt"] == ""


def test_a_question_that_has_changed_is_not_compared(
    response: Response, question: Question
) -> None:
    entry = Entry(1000)
    said_before(response, question, 1)
    found = carrying.earlier(response, [question], response.wave.opens_at.date())
    changed = replace(found[question.pk], is_comparable=False)

    assert doubting.doubts(question, entry, changed, {}) == ""


def test_a_fraction_where_percent_is_meant_is_asked_about(response: Response) -> None:
    share = make_question(
        response.wave.survey, key="share", type="percentage", limits={"max": 100, "decimals": 2}
    )

    answer = make_page(response).save(share, "0.45")

    said = "Is it 0.45 percent? If you mean 45 percent, enter 45."
    assert (answer.json()["doubt"], values(response)) == (said, {"share": 0.45})


def test_where_whole_percent_are_taken_the_error_says_what_to_enter(response: Response) -> None:
    share = make_question(response.wave.survey, type="percentage", limits={"max": 100})

    answer = make_page(response).save(share, "0.45")

    said = "Enter percent: if you mean 45 percent, 45. You entered “0.45”."
    assert (answer.status_code, answer.json()["error"]) == (422, said)


def test_paid_more_than_assessed_is_a_note_and_never_an_error(response: Response) -> None:
    survey = response.wave.survey
    paid = make_question(survey, key="amount_paid", type="currency")
    assessed = make_question(survey, key="amount_assessed", type="currency")
    page = make_page(response)

    page.save(assessed, "400,000")
    answer = page.save(paid, "412,500")

    said = "More was paid than found owed this year (412,500 and 400,000)."
    assert answer.json()["doubt"].startswith(said)
    assert said in page.client.get(page.path).content.decode()
    client = signed_in(make_coordinator(response))
    review = client.get(f"/surveys/{response.wave.slug}/review/").content.decode()
    assert ["1 answer is unusual" in review, "Submit for the agency" in review] == [True, True]


def test_a_note_goes_when_the_answer_is_usual_again(response: Response, question: Question) -> None:
    said_before(response, question, 100)
    page = make_page(response)

    page.send(question, value__budget="1000")
    before = page.client.get(page.path).content.decode()
    page.send(question, value__budget="120", seen__budget="1")
    then = page.client.get(page.path).content.decode()

    assert [TENFOLD in shown for shown in (before, then)] == [True, False]


@pytest.mark.parametrize("key", ["budget", "amount_paid"])
def test_a_number_with_a_past_is_saved_in_eight_statements(
    response: Response, django_assert_max_num_queries: DjangoAssertNumQueries, key: str
) -> None:
    survey = response.wave.survey
    question = make_question(survey, key=key, type="currency")
    make_answer(response, make_question(survey, key="amount_assessed", type="currency"), 5)
    said_before(response, question, 100)
    page = make_page(response)

    with django_assert_max_num_queries(12) as seen:
        answer = page.save(question, "5000")

    own = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert (len(own), answer.json()["doubt"] != "") == (8, True)


@pytest.mark.parametrize("count", [1, 50])
def test_fifty_questions_with_a_past_ask_as_much_as_one(
    response: Response, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    asked = [make_question(response.wave.survey, type="number") for _ in range(count)]
    said_before(response, asked[0], 100)
    before = response.agency.responses.exclude(pk=response.pk).get()
    for question in asked[1:]:
        make_answer(before, question, 100)
    page = make_page(response)
    page.client.get(page.path)

    with django_assert_max_num_queries(12) as seen:
        shown = page.client.get(page.path).content.decode()

    assert (len(seen), shown.count("Still true")) == (10, count)


def test_only_numbers_are_doubted(response: Response) -> None:
    text = make_question(response.wave.survey)

    assert doubting.at_once(response, text, Entry("1000"), response.wave.opens_at.date()) == ""
