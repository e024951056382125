"""Who does this: several answers at once, and nothing by answers that the reader may not read."""

from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from surveys.models import Answer, Response, Wave
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
def wave(now: datetime) -> Wave:
    """Four agencies that do different things with different staff."""
    wave = make_wave(make_survey(), slug="w")
    tools = make_question(
        wave.survey, key="tools", type="multiple_choice", choices=("lien", "bond", "levy")
    )
    staff = make_question(wave.survey, key="staff", type="number", unit="FTE")
    visits = make_question(
        wave.survey, key="how", type="matrix", choices=("often", "never"), rows=("visit", "call")
    )
    for name, level, used, number, often in (
        ("Both", "city", ["lien", "bond"], 9.5, "often"),
        ("Large", "city", ["lien", "bond"], 10, "never"),
        ("State", "state", ["lien", "bond"], 3, "often"),
        ("Lien", "city", ["lien"], 2, "often"),
    ):
        agency = make_agency(name=name, level=level)
        response = make_response(wave, agency, state="submitted", submitted_at=now)
        make_answer(response, tools, used)
        make_answer(response, staff, number)
        make_answer(response, visits, {"visit": often, "call": "never"})
    return wave


def page(query: str, client: Client | None = None) -> BeautifulSoup:
    """Look for agencies."""
    answer = (client or signed_in(make_member())).get(f"/surveys/w/findings/who/?{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def names(query: str, client: Client | None = None) -> list[str]:
    """Return the agencies that are found."""
    return [a.get_text(strip=True) for a in page(query, client).select("tbody th a")]


@pytest.mark.usefixtures("wave")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Both, CA", "Large, CA", "Lien, CA", "State, CA"]),
        ("does1=tools:lien&does2=tools:bond", ["Both, CA", "Large, CA", "State, CA"]),
        (
            "level=city&does1=tools:lien&does2=tools:bond&count1=staff&way1=below&amount1=10",
            ["Both, CA"],
        ),
        ("count1=staff&way1=from&amount1=9.5", ["Both, CA", "Large, CA"]),
        ("does1=how:visit:never", ["Large, CA"]),
        ("does1=tools:levy", []),
        (
            "does1=nonsense&count1=staff&amount1=x",
            ["Both, CA", "Large, CA", "Lien, CA", "State, CA"],
        ),
    ],
)
def test_agencies_that_fit_all_of_it_are_found(query: str, found: list[str]) -> None:
    assert names(query) == found


def test_nothing_is_found_by_what_the_reader_may_not_read(wave: Wave) -> None:
    Answer.objects.filter(response__agency__name="Both", question__key="tools").update(
        sharing="counted"
    )

    assert names("does1=tools:bond") == ["Large, CA", "State, CA"]
    assert Client().get("/surveys/w/findings/who/?does1=tools:bond").status_code == 404


def test_answers_stand_beside_each_agency_and_say_who_is_like_us(wave: Wave) -> None:
    own = Response.objects.get(agency__name="Lien").agency

    found = page("does1=how:visit:often&does2=tools:lien", signed_in(make_member(own)))

    rows = [[td.get_text(" ", strip=True) for td in row.select("td")] for row in found.select("tr")]
    assert rows[1:] == [
        ["City", "Often Same as us", "Yes Same as us"],
        ["City", "Often", "Yes"],
        ["State", "Often Same as us", "Yes Same as us"],
    ]


def test_the_finder_asks_as_much_for_many_agencies_as_for_few(
    wave: Wave, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(make_member())
    query = "level=city&does1=tools:lien&count1=staff&way1=below&amount1=100"
    names(query, client)
    tools: Any = wave.survey.questions.get(key="tools")
    staff: Any = wave.survey.questions.get(key="staff")

    for _ in range(2):
        with django_assert_num_queries(14):
            names(query, client)
        for _more in range(5):
            response = make_response(wave, make_agency(), state="submitted", submitted_at=now)
            make_answer(response, tools, ["lien"])
            make_answer(response, staff, 5)
