"""The agency's pages about who does what."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from surveys import signing_off, teamwork
from surveys.models import Question, Response, SectionWork
from tests.factories import make_answer, make_member, make_question
from tests.surveys.scenes import make_coordinator, make_page, signed_in, submit


@pytest.fixture
def dana(response: Response) -> User:
    """A colleague."""
    return make_member(response.agency, name="Dana")


@pytest.fixture
def kim(response: Response) -> User:
    """A colleague who reviews."""
    person = make_member(response.agency, name="Kim")
    Response.objects.update(reviewer=person)
    return person


def path(response: Response, *parts: str) -> str:
    """Return the address of a page about the sections."""
    return "/".join([f"/surveys/{response.wave.slug}", *parts, ""])


def post(person: User, response: Response, act: str, **fields: Any) -> tuple[int, str]:
    """Press a button of the first section; returns the status and what the next page says."""
    client = signed_in(person)
    answer = client.post(path(response, "sections", "basics", act), fields)
    shown = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return answer.status_code, shown.content.decode()


def test_the_coordinator_gives_a_section(
    response: Response, question: Question, dana: User
) -> None:
    fields = {"basics-person": str(dana.pk), "basics-note": "By <May>."}

    status, shown = post(make_coordinator(response), response, "give", **fields)

    assert (status, SectionWork.objects.get().owner) == (302, dana)
    assert "Dana has “Basics” now and gets an e-mail." in shown
    assert ["Dana has it" in shown, "By &lt;May&gt;." in shown] == [True, True]


def test_a_stranger_is_no_choice_and_the_note_stays(response: Response, question: Question) -> None:
    fields = {"basics-person": str(make_member().pk), "basics-note": "By May."}

    status, shown = post(make_coordinator(response), response, "give", **fields)

    assert (status, SectionWork.objects.count()) == (200, 0)
    assert ["Select a valid choice" in shown, "By May.</textarea>" in shown] == [True, True]


def test_staff_sees_who_has_what_and_gives_nothing(
    response: Response, question: Question, dana: User
) -> None:
    shown = signed_in(dana).get(path(response, "overview")).content.decode()

    assert post(dana, response, "give")[0] == 403
    assert ["Nobody in particular has it" in shown, "Give it to" in shown] == [True, False]
    response.refresh_from_db()
    assert response.opened_at is not None


def test_the_coordinator_names_who_signs_off(
    response: Response, question: Question, dana: User
) -> None:
    client = signed_in(make_coordinator(response))

    client.post(path(response, "overview", "reviewer"), {"person": str(dana.pk)})

    response.refresh_from_db()
    shown = client.get(path(response, "overview")).content.decode()
    assert (response.reviewer, "Dana signs sections off." in shown) == (dana, True)
    assert "Each must be signed off before the response can be submitted." in shown


def test_a_section_is_saved_and_called_ready_in_one_press(
    response: Response, question: Question, dana: User, kim: User
) -> None:
    page = make_page(response, dana)

    page.send(question, value__budget="5", ready="1")

    assert (SectionWork.objects.get().stage, response.answers.get().value) == ("ready", 5)
    shown = page.client.get(page.path).content.decode()
    assert ["Dana marked it ready" in shown, "mark as ready" in shown] == [True, False]


def test_what_cannot_be_saved_is_not_ready(
    response: Response, question: Question, dana: User
) -> None:
    make_page(response, dana).send(question, value__budget="many", ready="1")

    assert SectionWork.objects.count() == 0


def test_the_reviewer_looks_through_and_signs_off(
    response: Response, question: Question, dana: User, kim: User, real_now: datetime
) -> None:
    make_answer(response, question, 1250, changed_by=dana)
    post(dana, response, "ready")

    shown = signed_in(kim).get(path(response, "sections", "basics")).content.decode()
    seen = teamwork.edition(response.answers.all())
    statuses = [post(person, response, "sign-off", seen=seen)[0] for person in (dana, kim)]

    assert ["1,250" in shown, "Saved by Dana" in shown, seen in shown] == [True] * 3
    assert (statuses, SectionWork.objects.get().stage) == ([403, 302], "signed_off")


@pytest.mark.parametrize("seen", ["", "x", teamwork.edition([])])
def test_what_was_not_seen_is_not_signed_off(
    response: Response, question: Question, dana: User, kim: User, seen: str
) -> None:
    make_answer(response, question, 5)
    post(dana, response, "ready")

    shown = post(kim, response, "sign-off", seen=seen)[1]

    assert "Not signed off: an answer has changed since you looked." in shown
    assert SectionWork.objects.get().stage == "ready"


def test_the_reviewer_returns_a_section_with_a_note(
    response: Response, question: Question, dana: User, kim: User
) -> None:
    post(dana, response, "ready")

    empty = post(kim, response, "return", reason=" ")
    post(kim, response, "return", reason="The year is off.")

    page = make_page(response, dana)
    shown = page.client.get(page.path).content.decode()
    assert (empty[0], "This field is required." in empty[1]) == (200, True)
    assert ["Returned by Kim" in shown, "The year is off." in shown] == [True, True]


def test_too_early_to_decide_says_so(response: Response, question: Question, kim: User) -> None:
    for act in ("sign-off", "return"):
        shown = post(kim, response, act, seen="0", reason="x")[1]

        assert "Nobody has called this section ready yet" in shown


def test_a_change_after_the_sign_off_stands_on_the_overview(
    response: Response, question: Question, dana: User, kim: User, real_now: datetime
) -> None:
    post(dana, response, "ready")
    signing_off.sign_off(
        response=response, section=question.section, seen=teamwork.edition([]), by=kim, now=real_now
    )

    make_page(response, dana).save(question, "7")

    shown = signed_in(kim).get(path(response, "overview")).content.decode()
    assert "It was signed off; then (" in shown
    assert "Dana changed an answer. Mark it ready again." in shown


def test_submitting_waits_for_the_reviewer(
    response: Response, question: Question, kim: User
) -> None:
    client = signed_in(make_coordinator(response))

    client.post(path(response, "submit"))

    shown = client.get(path(response, "review")).content.decode()
    assert "Not submitted: some sections are not signed off." in shown
    assert "1 section is not signed off yet; your reviewer looks at it first:" in shown
    assert "Submit for the agency" not in shown


def test_without_a_reviewer_the_page_tells_and_lets_go(
    response: Response, question: Question
) -> None:
    client = signed_in(make_coordinator(response))

    shown = client.get(path(response, "review")).content.decode()

    assert "Nobody has signed off 1 section. You can submit all the same:" in shown
    assert "Submit for the agency" in shown


def test_after_submitting_the_pages_only_tell(
    response: Response, question: Question, dana: User
) -> None:
    submit(response)
    casey = make_coordinator(response)

    shown = signed_in(casey).get(path(response, "overview")).content.decode()
    refused = [
        post(casey, response, act, seen="0", reason="x")[1]
        for act in ("give", "ready", "sign-off", "return")
    ]

    assert ["Fill in" in shown, "Give it to a colleague" in shown] == [False, False]
    assert ["nothing changes now." in text for text in refused] == [True] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_asks_as_much_for_many(
    response: Response, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        question = make_question(response.wave.survey, section=f"part-{number}")
        make_answer(response, question, "x", changed_by=make_member(response.agency))
    client = signed_in(make_coordinator(response))
    client.get(path(response, "overview"))

    with django_assert_num_queries(13):
        shown = client.get(path(response, "overview"))

    assert shown.content.count(b'class="panel desk"') == count
