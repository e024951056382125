"""One answer, as a script saves it while somebody types."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from surveys.models import Question, Response
from tests.factories import (
    make_member,
    make_question,
    make_user,
)
from tests.surveys.scenes import (
    make_closed_response,
    make_open_response,
    make_page,
    pdf,
    save,
    submit,
    values,
)


def test_an_answer_saves_on_its_own(response: Response, question: Question) -> None:
    page = make_page(response, make_member(response.agency, time_zone="America/Denver"))

    answer = page.save(question, "1,250")

    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    assert answer.json()["saved"].startswith("Saved at ")
    assert values(response) == {"budget": 1250}


def test_a_repeated_save_changes_nothing(response: Response, question: Question) -> None:
    page, operation = make_page(response), uuid4()

    answers = [page.save(question, "5", operation__budget=operation) for _ in range(3)]

    assert [answer.json()["revision"] for answer in answers] == [1, 1, 1]
    assert response.revisions.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "many",
            (
                "Use digits only, without words. Enter a number, 0 or more, such as 1,250. "
                "You entered “many”."
            ),
        ),
        ("-3", "Enter a number, 0 or more, such as 1,250. You entered “-3”."),
        ("1.5", "Enter a whole number. You entered “1.5”."),
    ],
)
def test_bad_input_says_what_to_do(
    response: Response, question: Question, given: str, said: str
) -> None:
    answer = make_page(response).save(question, given)

    assert (answer.status_code, answer.json(), values(response)) == (422, {"error": said}, {})


def test_a_clash_shows_the_colleagues_answer(response: Response, question: Question) -> None:
    save(response, question, 40, by=make_member(response.agency, name="Dana"))

    answer = make_page(response).save(question, "41")

    html = answer.json()["html"]
    assert answer.status_code == 409
    assert [one in html for one in ("Dana saved another answer on", "<strong>40</strong>")] == [
        True,
        True,
    ]
    assert 'data-revision="1"' in html
    assert values(response) == {"budget": 40}


def test_the_same_answer_is_no_clash(response: Response, question: Question) -> None:
    save(response, question, 40, by=make_member(response.agency))
    make_answered = make_page(response).save(question, "40")

    assert (make_answered.status_code, make_answered.json()["revision"]) == (200, 1)


def test_signed_out_says_so(response: Response, question: Question) -> None:
    page = make_page(response)
    page.client.logout()

    answer = page.save(question, "5")

    assert (answer.status_code, answer.json()) == (401, {"error": "You are signed out."})


@pytest.mark.parametrize("who", ["stranger", "colleague elsewhere", "organiser", "former"])
def test_only_members_of_the_agency_save(response: Response, question: Question, who: str) -> None:
    people: dict[str, Callable[[], User]] = {
        "stranger": make_user,
        "colleague elsewhere": make_member,
        "organiser": lambda: make_user(is_organiser=True),
        "former": lambda: _former(response),
    }
    page = make_page(response, people[who]())

    answers = [page.save(question, "5"), page.send(question, value__budget="5")]

    assert ([answer.status_code for answer in answers], values(response)) == ([404, 404], {})


def _former(response: Response) -> Any:
    person = make_member(response.agency)
    now = datetime.now(UTC)
    person.memberships.update(status="ended", ended_at=now)
    return person


@pytest.mark.parametrize("is_submitted", [True, False])
def test_nothing_is_saved_after_the_end(*, is_submitted: bool) -> None:
    response = make_open_response() if is_submitted else make_closed_response()
    question = make_question(response.wave.survey, key="budget")
    if is_submitted:
        submit(response)
    page = make_page(response)

    alone, whole = page.save(question, "5"), page.send(question, value__budget="my words")

    assert (alone.status_code, alone.json()["is_closed"]) == (403, True)
    assert (whole.status_code, b"my words" in whole.content) == (409, True)
    assert values(response) == {}


@pytest.mark.parametrize(
    "silly", [{"seen__budget": "x"}, {"seen__budget": "9" * 80}, {"operation__budget": "x"}]
)
def test_silly_revisions_and_operations_do_no_harm(
    response: Response, question: Question, silly: dict[str, str]
) -> None:
    answer = make_page(response).save(question, "5", **silly)

    assert (answer.status_code, values(response)) == (200, {"budget": 5})


def test_questions_of_other_surveys_are_not_found(response: Response) -> None:
    elsewhere = make_question(key="elsewhere")

    answer = make_page(response).save(elsewhere, "5")

    assert answer.status_code == 404


def test_a_files_sharing_saves_without_its_files(response: Response) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")
    page = make_page(response)
    page.send(question, file__manual=pdf())

    answer = page.save(question, "forged", seen__manual="1", sharing__manual="public")

    kept = response.answers.get()
    assert (answer.status_code, kept.sharing, len(kept.value or [])) == (200, "public", 1)
