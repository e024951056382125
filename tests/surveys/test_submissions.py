"""What was handed in stays readable, each time, whatever is changed afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from surveys import attaching, printing, sharing, submissions, submitting
from surveys.models import AnswerFile, Question, Response
from surveys.sharing import Wish
from surveys.submissions import Submission
from tests.factories import make_member, make_question, make_user
from tests.surveys.scenes import make_coordinator, pdf, save, signed_in

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=1)


@pytest.fixture
def coordinator(response: Response) -> User:
    """Who hands the response in."""
    return make_coordinator(response, name="Casey")


def hand_in(response: Response, by: User, now: datetime) -> None:
    """Submit as the coordinator."""
    submitting.submit(response=response, by=by, now=now)


def open_again(response: Response, now: datetime, reason: str = "A typo.") -> None:
    """Let the agency change it."""
    submitting.reopen(response=response, reason=reason, by=make_user(name="Robin"), now=now)


def history(response: Response) -> list[Submission]:
    """Return what was handed in, from what is stored."""
    rows = Response.objects.select_related("wave__survey", "agency", "submitted_by")
    return submissions.history(rows.get(pk=response.pk))


def lines(one: Submission) -> list[list[str]]:
    """Return what a submission says, a line for each question."""
    return [item.lines for item in one.sheet.items]


def get(person: User, response: Response, rest: str = "") -> Any:
    """Open one of the pages as somebody."""
    address = f"/surveys/{response.wave.slug}/submissions/{rest}?agency={response.agency.slug}"
    return signed_in(person).get(address)


def test_each_submission_stays_as_it_was(
    response: Response, question: Question, coordinator: User, real_now: datetime
) -> None:
    save(response, question, 40, by=coordinator, now=real_now)
    hand_in(response, coordinator, real_now + LATER)
    open_again(response, real_now + 2 * LATER)
    save(response, question, 41, by=coordinator, seen=1, now=real_now + 3 * LATER)

    draft = history(response)
    hand_in(response, coordinator, real_now + 4 * LATER)

    first, second = history(response)
    assert [lines(one) for one in draft] == [[["40"]]]
    assert (lines(first), lines(second)) == ([["40"]], [["41"]])
    assert (first.at, second.at) == (real_now + LATER, real_now + 4 * LATER)
    assert (first.by, first.reopening.reason) == (coordinator, "A typo.")  # type: ignore[union-attr] # it was opened again
    [change] = second.changes.values()
    assert (first.changes, change.said, change.was) == ({}, ["Changed."], ["40"])


def test_a_level_is_the_one_of_that_moment(
    response: Response, question: Question, coordinator: User, real_now: datetime
) -> None:
    save(response, question, 40, by=coordinator, now=real_now)
    hand_in(response, coordinator, real_now + LATER)
    wish = {"budget": Wish(question.default_sharing, "organisers")}
    sharing.change(response=response, wishes=wish, by=coordinator, now=real_now + 2 * LATER)
    [first] = history(response)
    open_again(response, real_now + 3 * LATER)
    hand_in(response, coordinator, real_now + 4 * LATER)

    _, second = history(response)

    levels = [one.sheet.items[0].entry.sharing for one in (first, second)]
    assert levels == [question.default_sharing, "organisers"]
    label = "Named to fellow agencies"
    assert second.changes["budget"].said == [f"Who may see it was: {label}."]
    assert second.changes["budget"].was == []


def test_what_was_taken_out_and_what_came_to_apply_is_said(
    response: Response, question: Question, coordinator: User, real_now: datetime
) -> None:
    survey = response.wave.survey
    condition = {"all": [{"question": "budget", "operator": "gt", "value": 50}]}
    more = make_question(survey, key="more", type="short_text", show_if=condition)
    note = make_question(survey, key="note", type="short_text")
    save(response, question, 100, by=coordinator, now=real_now)
    save(response, more, "Much", by=coordinator, now=real_now)
    save(response, note, "Draft", by=coordinator, now=real_now)
    hand_in(response, coordinator, real_now + LATER)
    open_again(response, real_now + 2 * LATER)
    save(response, question, 10, by=coordinator, seen=1, now=real_now + 3 * LATER)
    save(response, note, None, by=coordinator, seen=1, now=real_now + 3 * LATER)
    hand_in(response, coordinator, real_now + 4 * LATER)

    second = history(response)[-1]

    assert {key: (change.said, change.was) for key, change in second.changes.items()} == {
        "budget": (["Changed."], ["100"]),
        "more": (["Does not apply any more."], ["Much"]),
        "note": (["Taken out."], ["Draft"]),
    }
    [(_, rows)] = second.parts
    assert [item.question.key for item, _ in rows] == ["budget", "more", "note"]


def test_an_answer_saved_while_submitting_waited_is_part_of_it(
    response: Response, question: Question, coordinator: User, real_now: datetime
) -> None:
    save(response, question, 40, by=coordinator, now=real_now + timedelta(milliseconds=5))

    hand_in(response, coordinator, real_now)

    [only] = history(response)
    assert lines(only) == [["40"]]


def attach(response: Response, question: Question, by: User, now: datetime) -> AnswerFile:
    """Give a document."""
    attaching.attach(
        response=response, question=question, files=[pdf()], operation=uuid4(), by=by, now=now
    )
    return AnswerFile.objects.latest("pk")


def take_out(response: Response, question: Question, uid: UUID, by: User, now: datetime) -> None:
    """Take a file out of the answer."""
    attaching.remove(
        response=response, question=question, uid=uid, operation=uuid4(), by=by, now=now
    )


def test_a_file_that_was_submitted_is_kept_with_that(
    response: Response, coordinator: User, organiser: User, real_now: datetime
) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")
    kept = attach(response, question, coordinator, real_now)
    hand_in(response, coordinator, real_now + LATER)
    open_again(response, real_now + 2 * LATER)

    take_out(response, question, kept.uid, coordinator, real_now + 3 * LATER)

    readers = {"own": coordinator, "organiser": organiser, "other": make_member()}
    visible = AnswerFile.objects.visible_to
    found = {name: visible(person).count() for name, person in readers.items()}
    assert found == {"own": 1, "organiser": 1, "other": 0}
    assert response.answers.get().value is None
    assert default_storage.exists(str(kept.file.name))
    assert "manual.pdf" in get(organiser, response, "1/").content.decode()


def test_a_file_of_a_draft_is_erased_and_no_organisers(
    response: Response,
    coordinator: User,
    organiser: User,
    real_now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")
    file = attach(response, question, coordinator, real_now)

    seen = AnswerFile.objects.visible_to(organiser).count()
    with django_capture_on_commit_callbacks(execute=True):
        take_out(response, question, file.uid, coordinator, real_now)

    assert (seen, AnswerFile.objects.count()) == (0, 0)
    assert not default_storage.exists(str(file.file.name))


def test_the_pages_say_when_who_and_why(
    response: Response, question: Question, coordinator: User, organiser: User, real_now: datetime
) -> None:
    save(response, question, 40_406, by=coordinator, now=real_now)
    hand_in(response, coordinator, real_now + LATER)
    open_again(response, real_now + 2 * LATER, "The budget is off by <ten>.")
    save(response, question, 41_417, by=coordinator, seen=1, now=real_now + 3 * LATER)

    for person in (coordinator, organiser):  # organisers do not read the draft
        shown = get(person, response).content.decode()
        assert "Submitted by Casey on" in shown
        assert "Opened again by Robin on" in shown
        assert "The budget is off by &lt;ten&gt;." in shown
        texts = [get(person, response, rest).content.decode() for rest in ("1/", "1/print/")]
        pages = [text.replace(",", "") for text in texts]
        assert [("40406" in page, "41417" in page) for page in pages] == [(True, False)] * 2
    assert get(organiser, response, "2/").status_code == 404
    assert get(make_member(), response, "1/").status_code == 404


def test_a_pdf_says_which_submission_it_is_and_what_changed(
    response: Response, question: Question, coordinator: User, real_now: datetime
) -> None:
    save(response, question, 40, by=coordinator, now=real_now)
    hand_in(response, coordinator, real_now + LATER)
    open_again(response, real_now + 2 * LATER)
    save(response, question, 41, by=coordinator, seen=1, now=real_now + 3 * LATER)
    hand_in(response, coordinator, real_now + 4 * LATER)
    first, second = history(response)

    said = [printing.words(one.sheet, real_now, submission=one) for one in (first, second)]

    [[old], [new]] = [one["parts"][0]["items"] for one in said]
    assert (old["lines"], old["change"], old["was"]) == (["40"], [], "")
    assert (new["lines"], new["change"], new["was"]) == (["41"], ["Changed."], "Before: 40")
    assert [one["submission"] for one in said] == ["Submission 1", "Submission 2"]
    assert [one["reopened"][-9:] for one in said] == [": A typo.", ""]
    got = get(coordinator, response, "2/answers.pdf")
    assert got.content.startswith(b"%PDF-")
    assert f'{response.agency.slug}-2.pdf"' in got["Content-Disposition"]


def test_print_keeps_hidden_answers_to_oneself(
    response: Response, question: Question, organiser: User, real_now: datetime
) -> None:
    condition = {"all": [{"question": "budget", "operator": "gt", "value": 50}]}
    survey = response.wave.survey
    more = make_question(survey, key="more", type="short_text", show_if=condition)
    save(response, more, "Left over", now=real_now)
    save(response, question, 10, now=real_now)
    hand_in(response, make_coordinator(response), real_now)

    address = f"/surveys/{response.wave.slug}/print/?agency={response.agency.slug}"
    pages = [get(organiser, response, "1/print/"), signed_in(organiser).get(address)]

    assert ["Left over" in page.content.decode() for page in pages] == [False, False]


@pytest.mark.parametrize("times", [1, 3])
def test_the_pages_ask_as_often_for_many_submissions(
    response: Response,
    question: Question,
    coordinator: User,
    real_now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    times: int,
) -> None:
    save(response, question, 40, by=coordinator, now=real_now)
    for number in range(times):
        hand_in(response, coordinator, real_now + (2 * number + 1) * LATER)
        if number + 1 < times:
            open_again(response, real_now + (2 * number + 2) * LATER)
    client = signed_in(coordinator)

    with django_assert_num_queries(8):
        client.get(f"/surveys/{response.wave.slug}/submissions/")


def test_reviewing_leads_to_what_was_submitted(
    response: Response, question: Question, coordinator: User, real_now: datetime
) -> None:
    client = signed_in(coordinator)
    address = f"/surveys/{response.wave.slug}"
    before = client.get(f"{address}/review/").content.decode()
    hand_in(response, coordinator, datetime.now(UTC))

    after = client.get(f"{address}/review/").content.decode()

    assert [f"{address}/submissions/" in page for page in (before, after)] == [False, True]
