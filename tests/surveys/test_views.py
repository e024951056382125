"""The pages around filling in: list, review, submit, print, and what they ask for."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from surveys import printing, reading
from surveys.models import Question, Response, Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_wave,
)
from tests.surveys.scenes import (
    make_closed_response,
    make_coordinator,
    make_open_response,
    make_page,
    signed_in,
    submit,
    values,
)


def review(response: Response, client: Client, *, agency: bool = True) -> Any:
    """Open the review page."""
    query = f"?agency={response.agency.slug}" if agency else ""
    return client.get(f"/surveys/{response.wave.slug}/review/{query}")


def test_only_coordinators_submit(response: Response, question: Question) -> None:
    path = f"/surveys/{response.wave.slug}/submit/"
    staff, coordinator = make_member(response.agency), make_coordinator(response)

    statuses = [signed_in(person).post(path).status_code for person in (staff, coordinator)]

    response.refresh_from_db()
    assert (statuses, response.submitted_by) == ([403, 302], coordinator)


def test_submitting_what_is_not_whole_says_so(response: Response) -> None:
    make_question(response.wave.survey, label="Your budget?", is_required=True)
    client = signed_in(make_coordinator(response))

    client.post(f"/surveys/{response.wave.slug}/submit/")

    shown = review(response, client).content.decode()
    assert "Not submitted: some answers are missing." in shown
    assert "Your budget?</a> Answer this question." in shown


def test_submitting_after_the_end_says_so() -> None:
    response = make_closed_response()
    client = signed_in(make_coordinator(response))

    client.post(f"/surveys/{response.wave.slug}/submit/")

    assert b"The survey is not open" in review(response, client).content


def test_one_of_several_agencies_must_be_named(response: Response) -> None:
    person = make_coordinator(response)
    other = make_response(response.wave)
    person.memberships.create(
        agency=other.agency,
        role="coordinator",
        status="active",
        asked_at=response.wave.opens_at,
        decided_at=response.wave.opens_at,
    )
    client = signed_in(person)

    choose = client.get(response.wave.get_absolute_url()).content.decode()
    statuses = [
        client.post(f"/surveys/{response.wave.slug}/submit/").status_code,
        review(response, client, agency=False).status_code,
        review(response, client).status_code,
    ]

    assert f"?agency={other.agency.slug}" in choose
    assert statuses == [404, 404, 200]


def test_organisers_read_what_is_submitted_only(
    response: Response, organiser_client: Client
) -> None:
    before = review(response, organiser_client).status_code
    submit(response)

    assert (before, review(response, organiser_client).status_code) == (404, 200)


@pytest.mark.parametrize("shift", [-40, 40])
def test_a_wave_that_is_not_open_leads_to_the_review(shift: int) -> None:
    now = datetime.now(UTC)
    opens_at = now + timedelta(days=shift)
    response = make_open_response(opens_at=opens_at, closes_at=opens_at + timedelta(days=9))

    answer = make_page(response).client.get(response.wave.get_absolute_url())

    assert (answer.status_code, "/review/" in answer["Location"]) == (302, True)


def test_a_survey_without_questions_leads_to_the_review(response: Response) -> None:
    answer = make_page(response).client.get(response.wave.get_absolute_url())

    assert answer.status_code == 302


def test_unknown_waves_agencies_and_sections(response: Response, question: Question) -> None:
    page = make_page(response)
    base = response.wave.get_absolute_url()

    addresses = ["/surveys/none/respond/", f"{base}?agency=none", f"{base}?section=none"]
    statuses = [page.client.get(path).status_code for path in [*addresses, f"{base}?agency=%00"]]

    assert statuses == [404, 404, 200, 200]


@pytest.mark.parametrize("query", ["", "&blank"])
def test_print_shows_every_question(response: Response, query: str) -> None:
    survey = response.wave.survey
    rows: dict[str, Any] = {"choices": ("a", "b"), "rows": ("r",)}
    for kind in ("single_choice", "matrix", "ranking", "file", "long_text", "number"):
        make_question(survey, type=kind, label=f"The {kind}", allows_not_reported=True, **rows)
    make_answer(response, survey.questions.get(type="long_text"), "In our words")
    page = make_page(response)

    shown = page.client.get(
        f"/surveys/{response.wave.slug}/print/?agency={response.agency.slug}{query}"
    ).content.decode()

    assert [f"The {q.type}" in shown for q in survey.questions.all()] == [True] * 6
    assert ("In our words" in shown) is not bool(query)


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_much_for_many(
    response: Response, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    person = make_member(response.agency)
    now = datetime.now(UTC)
    for _ in range(count):
        wave = make_wave(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9))
        make_answer(make_response(wave, response.agency), make_question(wave.survey), "x")
    client = signed_in(person)

    with django_assert_num_queries(5):
        shown = client.get("/surveys/")

    assert len(re.findall(rb"[0-9] questions? answered", shown.content)) == count + 1


@pytest.mark.parametrize("count", [1, 50])
def test_a_section_asks_as_much_for_fifty_questions(
    response: Response, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        asked = make_question(response.wave.survey, type="single_choice", choices=("a", "b"))
        make_answer(response, asked, "a")
    page = make_page(response)
    page.client.get(page.path)

    with django_assert_max_num_queries(12) as seen:
        page.client.get(page.path)

    assert len(seen) == 10


def test_one_answer_asks_eight_times(
    response: Response, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    question = make_question(
        response.wave.survey, key="size", type="single_choice", choices=("small", "large")
    )
    page = make_page(response)

    with django_assert_max_num_queries(12) as seen:
        page.save(question, "small")

    own = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert (len(own), values(response)) == (8, {"size": "small"})


def test_nobody_is_asked_without_an_agency(participant: Any) -> None:
    make_open_response()

    shown = signed_in(participant).get("/surveys/").content.decode()

    assert "Your agency is not asked at present" in shown


def test_list_says_how_each_wave_stands() -> None:
    agency, now = make_agency(), datetime.now(UTC)
    for title, shift, state in (
        ("Ahead", 3, "draft"),
        ("Open", -3, "draft"),
        ("Over", -30, "draft"),
        ("Done", -3, "submitted"),
    ):
        opens_at = now + timedelta(days=shift)
        wave = make_wave(title=title, opens_at=opens_at, closes_at=opens_at + timedelta(days=9))
        make_response(wave, agency, state=state, submitted_at=now if state != "draft" else None)

    shown = signed_in(make_member(agency)).get("/surveys/").content.decode()

    tags = ("Not open yet", "Not started", "Closed without being submitted", ">Submitted<")
    assert [tag in shown for tag in tags] == [True] * 4
    assert shown.count('<div class="side">') == 1
    assert Wave.objects.count() == 4


def test_the_answers_come_as_a_tagged_pdf(response: Response, question: Question) -> None:
    make_answer(response, question, 1250)
    Wave.objects.update(is_demo=True)
    person = make_member(response.agency)

    answer = signed_in(person).get(f"/surveys/{response.wave.slug}/answers.pdf")

    name = f'filename="{response.wave.slug}-{response.agency.slug}.pdf"'
    assert (answer["Content-Type"], name in answer["Content-Disposition"]) == (
        "application/pdf",
        True,
    )
    assert [answer.content[:5], b"/StructTreeRoot" in answer.content] == [b"%PDF-", True]


def test_a_pdf_says_what_was_said_and_that_it_is_a_demonstration(
    response: Response, question: Question
) -> None:
    text = make_question(response.wave.survey, label="What *works*?", type="long_text")
    make_answer(response, text, "We #set [this] $x$ up.\nThen we call.", sharing="public")
    Wave.objects.update(is_demo=True)
    sheet = reading.read(Response.objects.select_related("wave__survey", "agency").get())

    said = printing.words(sheet, datetime.now(UTC))

    blank, given = said["parts"][0]["items"]
    assert (blank["lines"], blank["is_blank"], blank["level"]) == (["No answer"], True, "")
    assert given["question"].endswith("What *works*?")
    assert (given["lines"], given["level"]) == (["We #set [this] $x$ up.\nThen we call."], "Public")
    assert (said["demo"], said["state"][:18]) == ("Demonstration data", "Draft, as saved on")
    assert printing.pdf(sheet, datetime.now(UTC)).startswith(b"%PDF-")
