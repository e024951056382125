"""Numbers by name: only what the reader may read is drawn, divided and counted."""

from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from surveys import amounts, comparing, releasing
from surveys.models import Answer, Question, Response, Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_wave,
)
from tests.surveys.scenes import signed_in


@pytest.fixture
def wave() -> Wave:
    """A wave that asks for cases, for workers covered, and for investigators."""
    survey = make_survey()
    make_question(survey, key="cases", type="number", unit="cases")
    make_question(survey, key="covered", type="number", unit="workers", compare="denominator")
    make_question(survey, key="staff", type="number", unit="FTE")
    make_question(survey, key="days", type="number", unit="days")
    make_question(survey, key="year", type="year", compare="filter")
    return make_wave(survey, slug="wave")


def asked(wave: Wave, key: str) -> Question:
    """Return a question of the wave's survey."""
    return wave.survey.questions.get(key=key)


def hand_in(
    wave: Wave, now: datetime, name: str, sharing: str = "members", **said: Any
) -> Response:
    """Let an agency hand in answers by key."""
    response = make_response(wave, make_agency(name=name), state="submitted", submitted_at=now)
    for key, value in said.items():
        make_answer(response, asked(wave, key), value, sharing=sharing)
    return response


def page(client: Client, query: str = "", key: str = "cases") -> BeautifulSoup:
    """Open the page of one number."""
    answer = client.get(f"/surveys/wave/findings/numbers/{key}/{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def table(found: BeautifulSoup) -> dict[str, str]:
    """Return agency and number by row."""
    return {
        row.select("th")[0].get_text(" ", strip=True): row.select("td.num")[-1].get_text(strip=True)
        for row in found.select("main tbody tr")
    }


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("cases", ["per 100,000 workers", "per FTE"]),
        ("staff", ["per 100,000 workers"]),
        ("covered", ["per FTE"]),
        ("days", []),
        ("year", []),
    ],
)
def test_only_amounts_of_work_are_divided_and_only_by_what_is_asked(
    wave: Wave, key: str, labels: list[str]
) -> None:
    questions = comparing.questions_of(wave.survey)

    found = amounts.rates(asked(wave, key), questions)

    assert [rate.label for rate in found] == labels


def test_a_survey_without_denominators_has_no_rates() -> None:
    question = make_question(type="currency")

    assert amounts.rates(question, [question]) == []


def test_numbers_stand_in_a_drawing_and_in_a_table(wave: Wave, now: datetime) -> None:
    own = hand_in(wave, now, "Own", cases=12)
    hand_in(wave, now, "Larger", cases=1200)
    hand_in(wave, now, "Smaller", cases=0)

    found = page(signed_in(make_member(own.agency)))

    assert table(found) == {
        "Larger, CA": "1,200 cases",
        "Own, CA (you)": "12 cases",
        "Smaller, CA": "0 cases",
    }
    assert len(found.select("svg.strip circle")) == 2
    assert len(found.select("svg.strip path.strip__own")) == 1
    assert "Others named here that have more: 1 of 2." in found.get_text()


@pytest.mark.parametrize("level", ["counted", "organisers"])
def test_what_is_not_named_is_neither_drawn_nor_counted(
    wave: Wave, now: datetime, level: str
) -> None:
    own = hand_in(wave, now, "Own", cases=12)
    secret = hand_in(wave, now, "Secret", cases=41_250)
    secret.answers.update(sharing=level)
    make_answer(secret, asked(wave, "days"), 7)
    client = signed_in(make_member(own.agency))

    found = page(client)
    secret.answers.update(sharing="members")
    control = page(client)

    assert [*table(found)] == ["Own, CA (you)"]
    assert ("41,250" in str(found), "41,250" in str(control)) == (False, True)
    assert "1 agency shares other answers with you by name" in found.get_text()


def test_visitors_see_public_numbers_only(wave: Wave, now: datetime) -> None:
    hand_in(wave, now, "Open", "public", cases=5)
    hand_in(wave, now, "Closed", cases=7)

    assert table(page(Client())) == {"Open, CA": "5 cases"}


def test_a_rate_needs_both_numbers_by_name(wave: Wave, now: datetime) -> None:
    hand_in(wave, now, "Both", cases=30, covered=200_000)
    hand_in(wave, now, "None covered", cases=30, covered=0)
    hand_in(wave, now, "No number", cases=30)
    hidden = hand_in(wave, now, "Hidden", cases=30, covered=1000)
    hidden.answers.filter(question__key="covered").update(sharing="counted")

    found = page(signed_in(make_member()), "?per=covered")

    assert table(found) == {"Both, CA": "15"}
    assert "30 cases, 200,000 workers" in found.get_text()
    assert "200,000" not in str(page(signed_in(make_member())))


def test_published_totals_are_not_divided(wave: Wave, now: datetime) -> None:
    for number in range(12):
        hand_in(wave, now, f"A{number}", cases=100 + number, covered=1000)
    releasing.publish(wave=wave, by=None, now=now)
    client = signed_in(make_member())

    plain, rate = page(client), page(client, "?per=covered")

    assert "106 cases in the middle" in plain.select_one("main").get_text(" ", strip=True)  # type: ignore[union-attr] # the page has one
    assert "in the middle;" not in rate.get_text(" ", strip=True)
    assert "The middle half of the agencies named here" in rate.get_text()


@pytest.mark.parametrize(
    "query",
    [
        "?per=days",
        "?per=nothing&axis=3d",
        "?state=ZZ&level=x&size=huge",
        "?says=cases:",
        "?per=%00",
    ],
)
def test_what_makes_no_sense_in_the_address_is_passed_over(
    wave: Wave, now: datetime, query: str
) -> None:
    hand_in(wave, now, "One", cases=5)

    assert table(page(signed_in(make_member()), query)) == {"One, CA": "5 cases"}


@pytest.mark.parametrize("key", ["year", "nothing"])
def test_what_is_no_number_has_no_page(wave: Wave, now: datetime, key: str) -> None:
    hand_in(wave, now, "One", cases=5)

    answer = signed_in(make_member()).get(f"/surveys/wave/findings/numbers/{key}/")

    assert answer.status_code == 404


def test_years_stand_beside_numbers_where_agencies_differ(wave: Wave, now: datetime) -> None:
    hand_in(wave, now, "Early", cases=5, year=2025)
    client = signed_in(make_member())
    alike = page(client).select("thead th")
    hand_in(wave, now, "Late", cases=6, year=2026)

    heads = [th.get_text() for th in page(client).select("thead th")]

    assert [th.get_text() for th in alike] == ["Agency", "Level", "Number"]
    assert heads == ["Agency", "Level", "Figures of", "Number"]


def test_a_small_group_is_hidden_above_numbers_that_are_named(wave: Wave, now: datetime) -> None:
    for number in range(4):
        hand_in(wave, now, f"A{number}", cases=number)
    releasing.publish(wave=wave, by=None, now=now)

    found = page(signed_in(make_member()))

    assert found.select_one("#drawing + .supp") is not None
    assert len(found.select("svg.strip circle")) == 4


def test_the_comparison_draws_numbers_of_the_chosen_group(wave: Wave, now: datetime) -> None:
    for number in range(12):
        hand_in(wave, now, f"A{number}", cases=100 + number)
    Answer.objects.filter(response__agency__name="A3").update(sharing="counted")
    state = hand_in(wave, now, "S", cases=7)
    state.agency.level = "state"
    state.agency.save()
    releasing.publish(wave=wave, by=None, now=now)
    client = signed_in(make_member())

    counts = [
        len(BeautifulSoup(client.get(path).content, "html.parser").select("svg.strip circle"))
        for path in ("/surveys/wave/findings/", "/surveys/wave/findings/?group=level:city")
    ]

    assert counts == [12, 11]


def test_the_page_asks_as_much_for_many_agencies_as_for_few(
    wave: Wave, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hand_in(wave, now, "First", cases=1, covered=5)
    client = signed_in(make_member())
    page(client)

    for turn in range(2):
        with django_assert_num_queries(12):
            page(client, "?per=covered")
        for number in range(5):
            hand_in(wave, now, f"A{turn}{number}", cases=number, covered=10)
