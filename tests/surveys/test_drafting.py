"""No answer is lost, and nobody overwrites a colleague without knowing."""

import contextlib
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from surveys import drafting
from surveys.drafting import Draft
from surveys.entries import Entry
from surveys.models import Answer, Response
from tests.factories import make_answer, make_member, make_question, make_response, make_wave
from tests.surveys.scenes import save
from tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_colleagues_on_one_question_never_overwrite_each_other(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)
    people = [make_member(response.agency) for _ in range(8)]

    done = at_once(lambda p: save(response, question, f"of {p.pk}", by=p, now=now), people)

    refused = [one for one in done if isinstance(one, drafting.AnswerChanged)]
    [kept] = [one for one in done if one not in refused]
    assert (len(refused), response.answers.get().value) == (7, kept.value)


@pytest.mark.django_db(transaction=True)
def test_saving_without_comparing_loses_answers(now: datetime) -> None:
    """The control of the test above: everybody writes, and nobody is told."""
    response = make_response()
    question = make_question(response.wave.survey)
    make_answer(response, question, "first")

    def careless(number: int) -> None:
        Answer.objects.filter(response=response).update(value=f"of {number}")

    done = at_once(careless, range(8))

    assert (done, response.revisions.count()) == ([None] * 8, 1)


@pytest.mark.django_db(transaction=True)
def test_colleagues_on_different_questions_do_not_disturb_each_other(now: datetime) -> None:
    response = make_response()
    questions = [make_question(response.wave.survey) for _ in range(8)]
    person = make_member(response.agency)

    done = at_once(lambda q: save(response, q, q.key, by=person, now=now), questions)

    assert [one.revision for one in done] == [1] * 8
    assert {a.value for a in response.answers.all()} == {q.key for q in questions}


@pytest.mark.django_db(transaction=True)
def test_a_save_sent_many_times_is_one(now: datetime) -> None:
    response, operation = make_response(), uuid4()
    question = make_question(response.wave.survey)
    person = make_member(response.agency)

    def send(_: int) -> object:
        return save(response, question, "once", by=person, operation=operation, now=now)

    done = at_once(send, range(6))

    assert [one.revision for one in done] == [1] * 6
    assert response.revisions.count() == 1


def test_each_save_is_kept_as_a_revision(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)

    save(response, question, "one", now=now)
    save(response, question, "two", seen=1, now=now)

    history = response.revisions.order_by("revision").values_list("revision", "value")
    assert [*history] == [(1, "one"), (2, "two")]
    assert response.answers.get().revision == 2


def test_an_operation_with_another_value_is_not_a_repetition(now: datetime) -> None:
    response, operation = make_response(), uuid4()
    question = make_question(response.wave.survey)
    save(response, question, "one", operation=operation, now=now)

    with pytest.raises(drafting.AnswerChanged) as refusal:
        save(response, question, "two", operation=operation, now=now)

    assert refusal.value.answer == response.answers.get()


def test_a_revision_that_never_was_is_refused(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)

    with pytest.raises(drafting.AnswerChanged) as refusal:
        save(response, question, "mine", seen=7, now=now)

    assert (refusal.value.answer, response.answers.count()) == (None, 0)


@pytest.mark.parametrize(("shift", "is_open"), [(-2, False), (0, True), (29, True), (30, False)])
def test_answers_are_taken_while_the_wave_is_open(
    now: datetime, shift: int, *, is_open: bool
) -> None:
    response = make_response()
    question = make_question(response.wave.survey)
    at = now + timedelta(days=shift)

    with contextlib.suppress(drafting.NotOpen):
        save(response, question, "x", now=at)

    assert response.answers.exists() is is_open
    assert drafting.takes_answers(response=response, now=at) is is_open


def test_a_wave_that_is_not_fielded_takes_none(now: datetime) -> None:
    response = make_response(make_wave(fielded_at=None))

    assert drafting.takes_answers(response=response, now=now) is False


def test_a_submitted_response_takes_none(now: datetime) -> None:
    response = make_response(state="submitted", submitted_at=now)
    question = make_question(response.wave.survey)

    with pytest.raises(drafting.AlreadySubmitted):
        save(response, question, "late", now=now)


def test_a_repeated_save_is_known_after_submitting(now: datetime) -> None:
    response, operation = make_response(), uuid4()
    question = make_question(response.wave.survey)
    first = save(response, question, "x", operation=operation, now=now)
    Response.objects.update(state="submitted", submitted_at=now)

    assert save(response, question, "x", operation=operation, now=now) == first


def draft_all(response: Response, now: datetime, *drafts: Draft) -> list[object]:
    """Save a form's answers; returns what colleagues have there."""
    person = make_member(response.agency)
    conflicts = drafting.save_all(response=response, drafts=drafts, by=person, now=now)
    return [c.theirs and c.theirs.value for c in conflicts]


def test_a_form_writes_only_what_its_author_changed(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)
    make_answer(response, question, "old")
    save(response, question, "a colleague's", seen=1, now=now)
    unchanged = Draft(question, Entry("old", "", "members"), 1, uuid4())

    conflicts = draft_all(response, now, unchanged)

    assert (conflicts, response.answers.get().value) == ([], "a colleague's")


def test_a_form_meets_what_a_colleague_changed(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)
    save(response, question, "theirs", now=now)

    mine = Draft(question, Entry("mine", "", "members"), 0, uuid4())
    same = Draft(question, Entry("theirs", "", "members"), 0, uuid4())

    assert draft_all(response, now, mine) == ["theirs"]
    assert draft_all(response, now, same) == []


def test_a_form_sent_again_does_not_hide_what_came_after_it(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)
    again = Draft(question, Entry("mine", "", "members"), 0, uuid4())
    draft_all(response, now, again)
    save(response, question, "newer", seen=1, now=now)

    assert draft_all(response, now, again) == ["newer"]


def test_the_first_look_is_remembered(now: datetime) -> None:
    response = make_response()

    drafting.mark_opened(response=response, now=now)
    drafting.mark_opened(response=response, now=now + timedelta(days=1))

    response.refresh_from_db()
    drafting.mark_opened(response=response, now=now + timedelta(days=2))
    assert Response.objects.get().opened_at == now
