"""Practices by agency: each reader sees what the agencies let him read, and why the rest is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from surveys import comparing, releasing
from surveys.models import Answer, Question, Response, Survey, Wave
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
from tests.surveys.scenes import make_coordinator, signed_in

FREQUENCY: dict[str, Any] = {"choices": ("often", "no_authority"), "rows": ("visit", "subpoena")}


@pytest.fixture
def wave() -> Wave:
    """A wave of a survey without questions."""
    return make_wave(make_survey())


def handed_in(wave: Wave, now: datetime, **agency: Any) -> Response:
    """Make an agency that has handed in its answers."""
    return make_response(wave, make_agency(**agency), state="submitted", submitted_at=now)


def cells(response: Response, user: User | AnonymousUser) -> list[tuple[str, str]]:
    """Return kind and text of each cell of the agency's column."""
    questions = comparing.questions_of(response.wave.survey)
    shown = comparing.columns([response], questions, user)
    by_key = {question.key: question for question in questions}
    table = comparing.rows(comparing.lines(questions), shown, by_key)
    return [(cell.kind, cell.text) for row in table for cell in row.cells]


def six(survey: Survey, response: Response) -> None:
    """Answer in the six ways that must never pass for one another."""
    number: dict[str, Any] = {"type": "number", "unit": "cases"}
    make_answer(response, make_question(survey, key="zero", **number), 0)
    make_answer(response, make_question(survey, **number), not_reported="not_tracked")
    matrix = make_question(survey, type="matrix", choices=("often", "no_authority"), rows=("r",))
    make_answer(response, matrix, {"r": "no_authority"})
    make_answer(response, make_question(survey, **number), 7, sharing="organisers")
    make_question(survey, **number)
    only_if = {"all": [{"question": "zero", "operator": "gt", "value": 0}]}
    kept = make_answer(response, make_question(survey, show_if=only_if, **number), 9)
    Answer.objects.filter(pk=kept.pk).update(applies=False)


def test_six_different_things_stay_six(wave: Wave, now: datetime) -> None:
    response = handed_in(wave, now)
    six(wave.survey, response)

    found = cells(response, make_member())

    assert found == [
        ("zero", "0 cases"),
        ("not_reported", "We do not track this"),
        ("no_power", "Not our power"),
        ("not_shared", "Not shared"),
        ("blank", "No answer"),
        ("hidden", "Does not apply"),
    ]
    assert len({*found}) == 6


def test_an_unread_condition_tells_nothing(wave: Wave, now: datetime) -> None:
    response = handed_in(wave, now)
    parent = make_question(wave.survey, key="parent", default_sharing="counted")
    only_if = {"all": [{"question": "parent", "operator": "equals", "value": "yes"}]}
    make_question(wave.survey, show_if=only_if, default_sharing="counted")
    make_answer(response, parent, "no")

    assert cells(response, make_member()) == [("not_shared", "Not shared")] * 2
    own = make_member(response.agency)
    assert cells(response, own) == [("says", "no"), ("hidden", "Does not apply")]


def test_blank_looks_like_unshared_where_the_level_is_secret(wave: Wave, now: datetime) -> None:
    response = handed_in(wave, now)
    make_question(wave.survey, default_sharing="counted")
    make_question(wave.survey, default_sharing="members")
    make_question(wave.survey, default_sharing="public")

    found = [[kind for kind, _ in cells(response, who)] for who in (AnonymousUser(), make_member())]

    assert found == [["not_shared", "not_shared", "blank"], ["not_shared", "blank", "blank"]]


def page(client: Client, wave: Wave, query: str = "") -> BeautifulSoup:
    """Open the comparison."""
    response = client.get(f"/surveys/{wave.slug}/findings/{query}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def names(found: BeautifulSoup) -> list[str]:
    """Return the agencies of the table, in their order."""
    return [th.get_text(" ", strip=True) for th in found.select("table.matrix thead th")[1:]]


@pytest.fixture
def three(wave: Wave, now: datetime) -> Question:
    """Three agencies that answer whether they do something: yes, yes and no."""
    question = make_question(wave.survey, key="does", type="yes_no_in_progress", choices=YES)
    places = (("A", "city", "CA"), ("B", "city", "NY"), ("C", "state", "NY"))
    for (name, level, state), value in zip(places, ("yes", "yes", "no"), strict=True):
        asked = handed_in(wave, now, name=name, level=level, state=state)
        make_answer(asked, question, value)
    return question


YES = ("yes", "in_progress", "no")


def test_the_own_agency_comes_first(wave: Wave, three: Question) -> None:
    own = Response.objects.get(agency__name="C")

    found = names(page(signed_in(make_member(own.agency)), wave))

    assert found == ["C, NY (you)", "A, CA", "B, NY"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ["A, CA", "B, NY", "C, NY"]),
        ("?level=state", ["C, NY"]),
        ("?state=NY", ["B, NY", "C, NY"]),
        ("?region=West", ["A, CA"]),
        ("?says=does:yes&level=city", ["A, CA", "B, NY"]),
        ("?says=does:no", ["C, NY"]),
        ("?level=nonsense&says=x", ["A, CA", "B, NY", "C, NY"]),
        ("?size=over_10m", []),
    ],
)
def test_filters_keep_the_agencies_that_fit(
    wave: Wave, three: Question, query: str, kept: list[str]
) -> None:
    assert names(page(signed_in(make_member()), wave, query)) == kept


def test_filters_never_ask_what_the_reader_may_not_read(wave: Wave, three: Question) -> None:
    Answer.objects.filter(response__agency__name="C").update(sharing="counted")
    shown = make_question(wave.survey)
    make_answer(Response.objects.get(agency__name="C"), shown, "named all the same")

    assert names(page(signed_in(make_member()), wave, "?says=does:no")) == []


@pytest.mark.parametrize("us", ["same", "different", ""])
def test_same_as_us_and_different_from_us(wave: Wave, now: datetime, us: str) -> None:
    question = make_question(wave.survey, type="multiple_choice", choices=("a", "b", "c"))
    own, *others = (handed_in(wave, now) for _ in range(3))
    make_answer(own, question, ["a", "c"])
    make_answer(others[0], question, ["a", "b", "c"])
    make_answer(others[1], question, ["b"], sharing="counted")

    found = page(signed_in(make_member(own.agency)), wave, f"?us={us}")

    rows = [th.get_text(strip=True) for th in found.select("tbody tr th[scope=row]")]
    expected = {"same": ["A", "C"], "different": ["B"], "": ["A", "B", "C"]}
    headings = found.select("tbody th.asked")
    assert (rows, len(headings)) == (expected[us], 1)


def test_an_outlier_is_marked_and_the_others_stay_readable(wave: Wave, now: datetime) -> None:
    question = make_question(wave.survey, type="number")
    for number, value in enumerate([500, 510, 520, 530, 41_250]):
        make_answer(handed_in(wave, now, name=f"A{number}"), question, value)

    found = page(signed_in(make_member()), wave)

    texts = [td.get_text(" ", strip=True) for td in found.select("table.matrix td")]
    assert texts == ["500", "510", "520", "530", "41,250 Far from the others"]


def test_a_published_number_stands_above_the_table(wave: Wave, now: datetime) -> None:
    question = make_question(wave.survey, type="number", unit="cases")
    for value in range(100, 112):
        make_answer(handed_in(wave, now), question, value, sharing="public")
    releasing.publish(wave=wave, by=None, now=now)

    found = page(Client(), wave).select_one("section[aria-labelledby=totals]")

    assert found is not None
    assert "106 cases in the middle" in found.get_text(" ", strip=True)


def test_visitors_see_what_is_public(wave: Wave, three: Question) -> None:
    client = Client()
    assert client.get(f"/surveys/{wave.slug}/findings/").status_code == 404
    Answer.objects.filter(response__agency__name="B").update(sharing="public")

    assert names(page(client, wave)) == ["B, NY"]
    listed = BeautifulSoup(client.get("/surveys/findings/").content, "html.parser")
    assert len(listed.select(f"main a[href='/surveys/{wave.slug}/findings/']")) == 1
    assert [one.text for one in listed.select(".ledger__date span")][:1] == ["Closes"]
    Wave.objects.update(closes_at=wave.opens_at + timedelta(seconds=1))
    assert b"<span>Closed</span>" in client.get("/surveys/findings/").content


def test_the_menu_says_where_one_is(wave: Wave, three: Question) -> None:
    marked = page(signed_in(make_member()), wave).select("#site-menu [aria-current]")

    assert [link.text for link in marked] == ["Practices"]


def test_changed_levels_hold_at_once(wave: Wave, three: Question) -> None:
    client = signed_in(make_member())
    before = names(page(client, wave))

    Answer.objects.filter(response__agency__name="B").update(sharing="organisers")

    assert (before, names(page(client, wave))) == (["A, CA", "B, NY", "C, NY"], ["A, CA", "C, NY"])


def test_a_cell_leads_to_the_whole_answer_and_whom_to_ask(wave: Wave, three: Question) -> None:
    own = Response.objects.get(agency__name="A")
    make_coordinator(own, name="Dana Reyes")
    long = make_question(wave.survey, type="long_text", key="why")
    make_answer(own, long, "Because " * 40 + "the end.")
    client = signed_in(make_member())

    link = page(client, wave).select_one("tbody a[href$='/why/']")
    assert link is not None
    shown = client.get(str(link["href"])).content.decode()

    assert "the end." not in link.get_text()
    assert "the end." in shown
    assert "Dana Reyes" in shown
    assert "Dana Reyes" not in Client().get(str(link["href"])).content.decode()


def test_an_agency_that_shares_nothing_is_not_named(wave: Wave, three: Question) -> None:
    Answer.objects.filter(response__agency__name="B").update(sharing="counted")
    client = signed_in(make_user())
    slug = Response.objects.get(agency__name="B").agency.slug

    assert client.get(f"/surveys/{wave.slug}/findings/{slug}/").status_code == 404


def test_the_page_asks_as_much_for_many_agencies_as_for_few(
    wave: Wave, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    question = make_question(wave.survey, type="multiple_choice", choices=("a", "b"))
    make_answer(handed_in(wave, now), question, ["a"])
    client = signed_in(make_member())
    page(client, wave)

    for _ in range(2):
        with django_assert_num_queries(16):
            page(client, wave)
        for _more in range(6):
            make_answer(handed_in(wave, now), question, ["b"])


def test_filters_that_leave_the_own_agency_alone_say_so(wave: Wave, three: Question) -> None:
    own = Response.objects.get(agency__name="C")
    client = signed_in(make_member(own.agency))

    found = [page(client, wave, query).get_text() for query in ("?size=over_10m", "")]

    said = "No other agency fits these filters."
    assert [said in text for text in found] == [True, False]


@pytest.mark.parametrize(("lacking", "said"), [(0, []), (3, ["30% of the agencies"])])
def test_a_power_that_nobody_lacks_is_not_spoken_of(
    wave: Wave, now: datetime, lacking: int, said: list[str]
) -> None:
    question = make_question(
        wave.survey, type="matrix", choices=(*YES, "no_authority"), rows=("r",)
    )
    for number in range(10):
        value = "no_authority" if number < lacking else YES[number % 2]
        make_answer(handed_in(wave, now), question, {"r": value}, sharing="public")
    releasing.publish(wave=wave, by=None, now=now)

    found = page(Client(), wave)

    lines = [line.get_text(" ", strip=True) for line in found.select(".nbars li:has(.tag)")]
    assert [line.partition(": ")[0].removeprefix("Not our power ") for line in lines] == said
    assert "no_authority" not in found.select("ul.nbars")[0].get_text()
