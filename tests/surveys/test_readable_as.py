"""A follow-up tells what its condition rests on: it is never read more widely than that."""

from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from surveys import capping, drafting, reading, sharing, submitting
from surveys.entries import Entry
from surveys.models import Answer, Question, Response
from surveys.sharing import Wish
from tests.factories import make_member, make_question, make_survey
from tests.surveys.scenes import make_open_response, unguard

LEVELS = ("organisers", "counted", "members", "public")  # from the fewest readers to the most
KEYS = "abcde"

Tree = dict[str, list[str]]  # which questions each one's condition asks about; all must say yes
Act = tuple[str, Any, Any, Any]

level = st.sampled_from(LEVELS)
key = st.sampled_from(KEYS)
act = st.one_of(
    st.tuples(st.just("save"), key, st.sampled_from(["yes", "yes", "no", None]), level),
    st.tuples(st.just("share"), key, level, st.none()),
    st.tuples(st.just("bound"), st.sampled_from(LEVELS[1:]), st.none(), st.none()),
    st.tuples(st.sampled_from(["submit", "reopen"]), st.none(), st.none(), st.none()),
)


@st.composite
def trees(draw: Any) -> Tree:
    """Let each question ask about some of the earlier ones."""
    return {
        one: draw(st.lists(st.sampled_from(KEYS[:at]), max_size=2, unique=True)) if at else []
        for at, one in enumerate(KEYS)
    }


def make_asked(tree: Tree) -> Response:
    """Ask an agency these questions in a wave that is open now."""
    survey = make_survey()
    for one, asked in tree.items():
        conditions = [{"question": p, "operator": "equals", "value": "yes"} for p in asked]
        make_question(survey, key=one, show_if={"all": conditions} if conditions else None)
    return make_open_response(survey)


def perform(response: Response, done: Act, by: User) -> None:
    """Do one thing; what cannot be done now is not done."""
    what, first, second, third = done
    now = datetime.now(UTC)
    answers = {a.question.key: a for a in response.answers.select_related("question")}
    if what == "save":
        question = Question.objects.get(survey=response.wave.survey_id, key=first)
        seen = answers[first].revision if first in answers else 0
        at_most = min(LEVELS.index(third), LEVELS.index(response.wave.widest_sharing))
        entry = Entry(second, "", LEVELS[at_most])
        how: dict[str, Any] = {"seen": seen, "operation": uuid4(), "by": by, "now": now}
        drafting.save_answer(response=response, question=question, entry=entry, **how)
    elif what == "share" and first in answers:
        wishes = {first: Wish(answers[first].sharing, second)}
        sharing.change(response=response, wishes=wishes, by=by, now=now)
    elif what == "bound":
        capping.choose(wave=response.wave, widest=first, reason="Less.", by=by, now=now)
    elif what == "submit":
        submitting.submit(response=response, by=by, now=now)
    elif what == "reopen":
        submitting.reopen(response=response, reason="Again.", by=by, now=now)


def told(tree: Tree, one: str) -> set[str]:
    """Return the questions that decide whether this one is asked, and itself."""
    return {one}.union(*(told(tree, asked) for asked in tree[one]))


def is_asked(tree: Tree, said: dict[str, Any], one: str) -> bool:
    return all(said.get(p) == "yes" and is_asked(tree, said, p) for p in tree[one])


def expected(tree: Tree, chosen: dict[str, str]) -> dict[str, str]:
    """Return who reads each answer: the fewest of who reads what it tells."""
    return {
        one: min((chosen.get(p, "organisers") for p in told(tree, one)), key=LEVELS.index)
        for one in chosen
    }


def column(response: Response, name: str) -> dict[str, Any]:
    return dict(response.answers.values_list("question__key", name))


def follow(tree: Tree, acts: list[Act]) -> None:
    """Do all of it, one after the other, and look each time at who reads what."""
    response = make_asked(tree)
    by = make_member(response.agency)
    readers: dict[str, User | AnonymousUser] = {"public": AnonymousUser(), "members": make_member()}
    for done in acts:
        with suppress(capping.Promised, drafting.AlreadySubmitted):
            perform(response, done, by)
        response = Response.objects.select_related("wave__survey", "agency").get(pk=response.pk)
        levels, said = expected(tree, column(response, "sharing")), column(response, "value")

        assert column(response, "readable_as") == levels
        sheet = reading.read(response)
        assert {i.question.key: i.read_as for i in sheet.items if i.answer} == levels
        handed_in = {one for one in levels if response.submitted_at and is_asked(tree, said, one)}
        for least, reader in readers.items():
            seen = Answer.objects.visible_to(reader).filter(response=response)
            assert {*seen.values_list("question__key", flat=True)} == {
                one for one in handed_in if LEVELS.index(levels[one]) >= LEVELS.index(least)
            }
        counted = response.answers.countable().values_list("question__key", flat=True)
        assert {*counted} == {one for one in handed_in if levels[one] != "organisers"}


@given(tree=trees(), acts=st.lists(act, min_size=4, max_size=12))
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_answer_is_read_more_widely_than_what_it_tells(tree: Tree, acts: list[Act]) -> None:
    follow(tree, acts)


FAULT: tuple[Tree, list[Act]] = (
    {"a": [], "b": ["a"]},
    [
        ("save", "a", "yes", "counted"),
        ("save", "b", "yes", "public"),
        ("submit", None, None, None),
    ],
)


def test_without_the_rule_a_follow_up_would_tell() -> None:
    follow(*FAULT)
    unguard()

    with pytest.raises(AssertionError):
        follow(*FAULT)


@pytest.mark.django_db(transaction=True)
def test_an_answer_saved_beside_one_that_it_tells_waits_for_it() -> None:
    response = make_asked({"a": [], "b": ["a"]})
    by = make_member(response.agency)
    perform(response, ("save", "a", "yes", "public"), by)

    def beside() -> None:
        try:
            perform(response, ("save", "b", "yes", "public"), by)
        finally:
            connection.close()

    other = Thread(target=beside)
    with transaction.atomic():
        perform(response, ("save", "a", "yes", "counted"), by)
        other.start()
        other.join(0.5)  # long enough to read what is about to change, if nothing holds it back
    other.join()

    assert column(response, "readable_as") == {"a": "counted", "b": "counted"}
