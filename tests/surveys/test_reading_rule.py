"""Whose name one reads: just of those of whom one may read an answer, by the one rule for both."""

from collections.abc import Callable
from datetime import datetime
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.models import Agency
from surveys import mutual
from surveys.models import Answer, Question, Response, SharingLevel
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

Reader = User | AnonymousUser


@pytest.fixture
def mine(now: datetime) -> Agency:
    """An agency with one response in every state of affairs that decides on reading.

    There is another agency with just the same; in half of them one has to give first.
    """
    survey = make_survey()
    questions = make_question(survey), make_question(survey, section="held")
    for fielded_at, state in product((now, None), Response.State.values):
        for level, applies, question in product(SharingLevel.values, (True, False), questions):
            wave = make_wave(survey, fielded_at=fielded_at)
            mutual.choose(wave=wave, sections=[questions[1].section])
            for slug in ("mine", "theirs"):
                agency = Agency.objects.filter(slug=slug).first() or make_agency(slug=slug)
                at = now if state == Response.State.SUBMITTED else None
                response = make_response(wave, agency, state=state, submitted_at=at)
                answered(response, question, level, applies=applies)
    return Agency.objects.get(slug="mine")


def answered(response: Response, question: Question, level: str, *, applies: bool) -> None:
    """Give one answer; while it does not apply it is kept all the same."""
    answer = make_answer(response, question, "yes", sharing=level)
    Answer.objects.filter(pk=answer.pk).update(applies=applies)


READERS: dict[str, tuple[Callable[[Agency], Reader], int]] = {
    "visitor": (lambda mine: AnonymousUser(), 8),
    "no agency": (lambda mine: make_user(), 8),
    "elsewhere": (lambda mine: make_member(), 12),
    "own": (make_member, 28),
    "organiser": (lambda mine: make_user(is_organiser=True), 32),
    "organiser with an agency": (lambda mine: make_member(mine, is_organiser=True), 40),
}


@pytest.mark.parametrize("who", READERS)
def test_who_reads_an_answer_reads_the_name_and_nobody_else(mine: Agency, who: str) -> None:
    make, number = READERS[who]
    reader = make(mine)

    named = Response.objects.named_to(reader)
    readable = Answer.objects.visible_to(reader).filter(response__state="submitted")

    assert {*named.values_list("pk")} == {*readable.values_list("response")}
    assert named.count() == number


def test_a_name_is_counted_once_by_state(mine: Agency) -> None:
    named = Response.objects.named_to(make_user())

    assert named.by_agency().by_state() == {mine.state: 8}


@pytest.mark.parametrize("who", READERS)
def test_of_other_agencies_the_shared_ones_are_the_named_ones(mine: Agency, who: str) -> None:
    reader = READERS[who][0](mine)
    own = Response.objects.answered_by(reader)

    named, shared = (
        {*found.exclude(pk__in=own.values("pk")).values_list("pk", flat=True)}
        for found in (
            Response.objects.named_to(reader),
            Response.objects.shared_with(reader),
        )
    )

    assert shared == named
