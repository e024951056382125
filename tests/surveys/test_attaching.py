"""Files of an answer: all or none, never forgotten, never more than may be."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from surveys import attaching, drafting, uploads
from surveys.models import AnswerFile, Question, Response
from tests.factories import make_member, make_question, make_response
from tests.surveys.scenes import pdf
from tests.threads import at_once


@pytest.fixture
def question() -> Question:
    """A question that takes two files."""
    response = make_response()
    return make_question(response.wave.survey, type="file", limits={"max_files": 2})


@pytest.fixture
def response(question: Question) -> Response:
    """The agency that is asked it."""
    return Response.objects.get()


def attach(
    response: Response,
    question: Question,
    now: datetime,
    *files: SimpleUploadedFile,
    operation: UUID | None = None,
) -> None:
    """Add files as a member of the agency."""
    attaching.attach(
        response=response,
        question=question,
        files=files,
        operation=operation or uuid4(),
        by=make_member(response.agency),
        now=now,
    )


def names(response: Response) -> list[str]:
    """Return what the answer holds."""
    answer = response.answers.first()
    return [one["name"] for one in answer.value or []] if answer else []


def stored(folder: Path) -> int:
    """Return how many files lie in the store."""
    return sum(path.is_file() for path in folder.rglob("*"))


def test_the_same_operation_adds_once(
    response: Response, question: Question, now: datetime
) -> None:
    operation = uuid4()

    for _ in range(2):
        attach(response, question, now, pdf(), operation=operation)

    assert (names(response), AnswerFile.objects.count()) == (["manual.pdf"], 1)


@pytest.mark.django_db(transaction=True)
def test_colleagues_who_add_at_once_keep_both(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey, type="file")

    at_once(lambda n: attach(response, question, now, pdf(f"{n}.pdf")), ["a", "b", "c"])

    assert sorted(names(response)) == ["a.pdf", "b.pdf", "c.pdf"]


def test_too_many_are_refused_whole(response: Response, question: Question, now: datetime) -> None:
    attach(response, question, now, pdf("a.pdf"))

    with pytest.raises(uploads.Refused, match="At most 2 files can be given here"):
        attach(response, question, now, pdf("b.pdf"), pdf("c.pdf"))

    assert names(response) == ["a.pdf"]


def test_one_wrong_file_refuses_all(
    response: Response, question: Question, now: datetime, tmp_path: Path
) -> None:
    with pytest.raises(uploads.Refused):
        attach(response, question, now, pdf("a.pdf"), pdf("b.pdf", b"MZ"))

    assert (names(response), stored(tmp_path)) == ([], 0)


def test_nothing_is_added_after_the_end(
    response: Response, question: Question, now: datetime
) -> None:
    with pytest.raises(drafting.NotOpen):
        attach(response, question, now + timedelta(days=40), pdf())

    assert AnswerFile.objects.count() == 0


def test_removing_erases_the_file_and_repeats_harmlessly(
    response: Response,
    question: Question,
    now: datetime,
    tmp_path: Path,
    django_capture_on_commit_callbacks: object,
) -> None:
    attach(response, question, now, pdf())
    uid, by = AnswerFile.objects.get().uid, make_member(response.agency)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator] # a fixture
        for _ in range(2):
            attaching.remove(
                response=response, question=question, uid=uid, operation=uuid4(), by=by, now=now
            )

    assert (names(response), stored(tmp_path), response.answers.get().value) == ([], 0, None)
