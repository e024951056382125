"""An agency's practices as its page shows them to each reader."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser

from surveys import practices, versions
from surveys.models import Answer, Question, Response, Survey
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_user,
    make_wave,
)
from tests.surveys.scenes import signed_in


@pytest.fixture
def survey() -> Survey:
    """A survey that asks for two things."""
    survey = make_survey()
    make_question(survey, key="liens", label="Do you file liens?")
    make_question(survey, key="bonds", label="Do you take bonds?", section="collections")
    return survey


def answer(
    survey: Survey, agency: Any, now: datetime, given: dict[str, Any], **fields: Any
) -> Response:
    """Let the agency hand in these answers in a wave of its own."""
    wave = make_wave(survey, closes_at=now + timedelta(days=1), opens_at=now - timedelta(days=9))
    response = make_response(wave, agency, state="submitted", submitted_at=now)
    for key, value in given.items():
        make_answer(response, survey.questions.get(key=key), value, **fields)
    return response


def told(agency: Any, user: Any) -> list[tuple[str, list[str], list[str] | None]]:
    """Return question, what is said, and what was said before."""
    found = practices.profile(agency, user)
    rows = [row for _section, rows in found.parts for row in rows] if found else []
    return [(row.question.key, row.said, row.before) for row in rows]


def test_each_reader_meets_what_the_agency_shares(survey: Survey, now: datetime) -> None:
    agency = make_agency()
    response = answer(survey, agency, now, {"liens": "yes", "bonds": "no"})
    Answer.objects.filter(question__key="liens").update(sharing="public")

    people = (AnonymousUser(), make_user(), make_member(), make_member(agency))
    found = [[key for key, _said, _before in told(agency, who)] for who in people]

    assert found == [["liens"], ["liens"], ["liens", "bonds"], ["liens", "bonds"]]
    Response.objects.filter(pk=response.pk).update(state="draft", submitted_at=None)
    assert [told(agency, who) for who in people] == [[]] * 4


def test_the_newest_survey_comes_with_what_has_changed(survey: Survey, now: datetime) -> None:
    agency, member = make_agency(), make_member()
    answer(survey, agency, now - timedelta(days=900), {"liens": "no", "bonds": "no"})
    answer(survey, agency, now - timedelta(days=400), {"liens": "in part", "bonds": "yes"})
    answer(survey, agency, now, {"liens": "yes", "bonds": "yes"})

    assert told(agency, member) == [("liens", ["yes"], ["in part"]), ("bonds", ["yes"], None)]


def test_what_was_said_before_follows_its_own_level(survey: Survey, now: datetime) -> None:
    agency = make_agency()
    answer(survey, agency, now - timedelta(days=400), {"liens": "no"}, sharing="counted")
    answer(survey, agency, now, {"liens": "yes"}, sharing="public")

    assert told(agency, AnonymousUser()) == [("liens", ["yes"], None)]
    assert told(agency, make_user(is_organiser=True)) == [("liens", ["yes"], ["no"])]


def test_a_changed_meaning_is_not_compared(survey: Survey, now: datetime) -> None:
    agency, member = make_agency(), make_member()
    answer(survey, agency, now - timedelta(days=400), {"liens": "no", "bonds": "no"})
    second = versions.begin(survey=survey, version="2")
    third = versions.begin(survey=second, version="3")
    Question.objects.filter(survey=second, key="liens").update(is_comparable=False)
    answer(third, agency, now, {"liens": "yes", "bonds": "yes"})

    assert told(agency, member) == [("liens", ["yes"], None), ("bonds", ["yes"], ["no"])]


def test_surveys_of_different_kinds_are_not_compared(survey: Survey, now: datetime) -> None:
    agency, other = make_agency(), make_survey()
    make_question(other, key="liens")
    answer(other, agency, now - timedelta(days=400), {"liens": "no"})
    answer(survey, agency, now, {"liens": "yes"})

    assert told(agency, make_member()) == [("liens", ["yes"], None)]


def test_no_power_is_told_apart_from_what_an_agency_does(now: datetime) -> None:
    survey, agency = make_survey(), make_agency(slug="home")
    choices = ("often", "no_authority")
    how: dict[str, Any] = {"choices": choices, "rows": ("visit", "subpoena")}
    make_question(survey, key="tools", type="matrix", label="Tools?", **how)
    make_question(survey, key="hold", type="single_choice", label="Hold?", choices=choices)
    given = {"tools": {"visit": "often", "subpoena": "no_authority"}, "hold": "no_authority"}
    answer(survey, agency, now, given)

    found = practices.profile(agency, make_member())

    assert found is not None
    rows = [(row.said, row.lacks_power) for _section, rows in found.parts for row in rows]
    assert rows == [(["Visit: Often"], ["Subpoena"]), ([], ["Hold?"])]
    page = signed_in(make_member()).get("/agencies/home/").content
    cells = BeautifulSoup(page, "html.parser").select("section[aria-labelledby=practices] td")
    assert [td.get_text(" ", strip=True) for td in cells] == [
        "Visit: Often Not our power Subpoena",
        "Not our power",
    ]


def test_the_page_says_when_and_of_which_year(survey: Survey, now: datetime) -> None:
    agency = make_agency(slug="home")
    make_question(survey, key="reporting_year", type="year", compare="filter")
    answer(survey, agency, now, {"liens": "yes", "reporting_year": 2025}, sharing="public")

    page = BeautifulSoup(Client().get("/agencies/home/").content, "html.parser")

    section = page.select_one("section[aria-labelledby=practices]")
    assert section is not None
    words = section.get_text(" ", strip=True)
    assert ["answered November 23, 2026" in words, "figures are of 2025" in words] == [True, True]
    assert [*{a["href"] for a in section.select("th a")}] != []


def test_an_agency_that_shares_nothing_has_no_profile() -> None:
    assert practices.profile(make_agency(), AnonymousUser()) is None
