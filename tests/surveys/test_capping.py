"""How widely a wave's answers may be read at most: chosen, kept to, and narrowed."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from notifications.models import Notification
from surveys import capping, comparing, drafting, entries, reading, sharing
from surveys.models import Answer, AnswerRevision, Question, Response, SharingLevel, Wave
from surveys.sharing import Outcome, Wish
from tests.factories import (
    make_answer,
    make_member,
    make_question,
    make_response,
    make_wave,
)
from tests.postbox import Postbox
from tests.surveys.scenes import (
    arrived,
    make_coordinator,
    make_open_response,
    make_page,
    make_shared,
    narrow,
    save,
    signed_in,
)
from tests.threads import at_once, is_somebody_waiting

LEVELS = ("organisers", "counted", "members", "public")


def levels(response: Response) -> dict[str, str]:
    """Return the level of each answer by the question's key."""
    return dict(response.answers.values_list("question__key", "sharing"))


@pytest.mark.parametrize(
    ("widest", "begins"),
    [
        ("public", [*LEVELS]),
        ("members", ["organisers", "counted", "members", "members"]),
        ("counted", ["organisers", "counted", "counted", "counted"]),
        ("organisers", ["organisers"] * 4),
    ],
)
def test_answers_begin_at_the_questions_level_or_the_waves(widest: str, begins: list[str]) -> None:
    response = make_open_response(widest_sharing=widest)
    questions = [make_question(response.wave.survey, default_sharing=level) for level in LEVELS]

    for question in questions:
        save(response, question, "x")

    found = response.answers.order_by("question").values_list("sharing", flat=True)
    assert [*found] == begins


def test_a_form_begins_there_too_and_offers_nothing_wider() -> None:
    response = make_open_response(widest_sharing="counted")
    question = make_question(response.wave.survey, default_sharing="public")
    page = make_page(response)

    shown = page.client.get(page.path).content.decode()
    page.send(question, **{f"value__{question.key}": "x"})

    offered = [level for level in LEVELS if f'value="{level}"' in shown]
    assert (offered, levels(response)) == (["organisers", "counted"], {question.key: "counted"})


@pytest.mark.parametrize("how", ["script", "form"])
def test_a_forged_level_is_refused_and_nothing_typed_is_lost(how: str) -> None:
    response = make_open_response(widest_sharing="members")
    question = make_question(response.wave.survey)
    page, forged = make_page(response), {f"sharing__{question.key}": "public"}

    if how == "script":
        answer = page.save(question, "typed", **forged)
        said = answer.json()["error"]
    else:
        answer = page.send(question, **{f"value__{question.key}": "typed"} | forged)
        said = answer.content.decode()
        assert "typed" in said

    assert "In this survey nobody may see more than “Named to fellow agencies”." in said
    assert response.answers.count() == 0


def test_a_coordinator_cannot_widen_beyond_the_wave(now: datetime) -> None:
    response = make_open_response(widest_sharing="members")
    answer = make_answer(response, make_question(response.wave.survey), "x", sharing="counted")
    by, key = make_coordinator(response), answer.question.key

    outcome = sharing.change(
        response=response, wishes={key: Wish("counted", "public")}, by=by, now=now
    )
    form = {f"was.{key}": "counted", f"sharing.{key}": "public"}
    address = f"/surveys/{response.wave.slug}"
    said = signed_in(by).post(f"{address}/share/", form, follow=True).content.decode()

    assert outcome == Outcome(0, [], [answer.question.label])
    assert "Not changed, because this survey lets nobody else see answers" in said
    assert 'value="public"' not in said
    assert levels(response) == {key: "counted"}


@pytest.mark.parametrize("write", ["insert", "update"])
def test_the_database_refuses_what_no_form_stops(now: datetime, write: str) -> None:
    response = make_open_response(widest_sharing="counted")
    question = make_question(response.wave.survey)
    make_answer(response, question, "x", sharing="counted")
    other = make_question(response.wave.survey)

    new = Answer(response=response, question=other, sharing="members", changed_at=now)
    acts: dict[str, Callable[[], object]] = {
        "insert": lambda: Answer.objects.bulk_create([new]),
        "update": lambda: Answer.objects.update(sharing="public"),
    }

    with pytest.raises(IntegrityError, match="at most for counted"), transaction.atomic():
        acts[write]()

    assert levels(response) == {question.key: "counted"}


def test_narrowing_holds_at_once_and_keeps_what_was() -> None:
    response, member = make_shared(), make_member()
    own = response.answers.get(sharing="public").question

    change = narrow(response.wave)

    assert change is not None
    expected = {"organisers": "organisers"} | dict.fromkeys(LEVELS[1:], "counted")
    assert levels(response) == expected
    assert Answer.objects.visible_to(member).count() == 0
    assert Answer.objects.visible_to(AnonymousUser()).count() == 0
    kept = AnswerRevision.objects.filter(question=own).order_by("revision")
    rows = [*kept.values_list("revision", "value", "sharing", "changed_by")]
    assert rows == [
        (1, "public", "public", None),
        (2, "public", "counted", change.changed_by_id),
    ]
    record = (change.before, change.after, change.reason, change.narrowed)
    assert record == ("public", "counted", "Counsel asks us to.", 2)


def test_narrowing_twice_is_narrowing_once() -> None:
    response = make_shared()

    first, second = (narrow(response.wave) for _ in range(2))

    assert (first and first.narrowed, second, response.wave.cap_changes.count()) == (2, None, 1)


def test_narrowing_leaves_what_is_published_alone() -> None:
    response = make_shared()
    release = response.wave.releases.create(number=1, published_at=datetime.now(UTC))
    figure = release.figures.create(
        question=response.answers.get(sharing="public").question, number=7, shown={"a": 1}
    )

    narrow(response.wave, "organisers")

    figure.refresh_from_db()
    assert (figure.number, figure.shown) == (7, {"a": 1})


@pytest.mark.parametrize("heard", ["invited", "opened", "answered"])
def test_what_agencies_have_heard_is_never_widened(heard: str) -> None:
    response = make_open_response(widest_sharing="counted")
    if heard == "invited":
        response.invitations.create(person=make_coordinator(response), invited_at=datetime.now(UTC))
    elif heard == "opened":
        Response.objects.update(opened_at=datetime.now(UTC))
    else:
        make_answer(response, make_question(response.wave.survey), "x", sharing="counted")

    with pytest.raises(capping.Promised):
        narrow(response.wave, "members")

    assert Wave.objects.get().widest_sharing == "counted"
    assert capping.choices(response.wave) == [SharingLevel.ORGANISERS]


def test_a_slip_is_mended_before_anybody_has_heard() -> None:
    response = make_open_response(widest_sharing="counted")
    make_coordinator(response)

    narrow(response.wave, "public")

    assert Wave.objects.get().widest_sharing == "public"
    assert Notification.objects.count() == 0


def test_coordinators_who_have_heard_are_told_how_many_and_why(postbox: Postbox) -> None:
    response = make_shared()
    coordinator = make_coordinator(response)
    make_member(response.agency)
    invited, silent = make_response(response.wave), make_response(response.wave)
    make_coordinator(silent)
    other = make_coordinator(invited)
    invited.invitations.create(person=other, invited_at=datetime.now(UTC))

    narrow(response.wave)

    mails = arrived(postbox)
    assert {*mails} == {coordinator.email, other.email}
    subject, text = mails[coordinator.email]
    assert subject == f"Who may see your answers: {response.wave.title}"
    said = [
        "At most from now on: Counted in totals only",
        "Counsel asks us to.",
        "No other agency sees your answers",
        "2 answers of your agency are seen by fewer people now.",
        "Totals that are published already stay as they are.",
    ]
    assert [one in text for one in said] == [True] * 5


def test_who_coordinates_no_longer_is_not_told(postbox: Postbox) -> None:
    response = make_shared()
    coordinator = make_coordinator(response)
    narrow(response.wave)

    coordinator.memberships.update(role="staff")

    reason = "the person does not coordinate this agency any more"
    assert (arrived(postbox), Notification.objects.get().reason) == ({}, reason)


def test_an_empty_cell_says_nothing_under_a_narrower_wave(now: datetime) -> None:
    """Whether something was answered is no more known than what."""
    wave = make_wave(widest_sharing="counted")
    asked = [make_question(wave.survey, default_sharing="members") for _ in range(2)]
    response = make_response(wave, state="submitted", submitted_at=now)
    make_answer(response, asked[0], "x", sharing="counted")
    response = wave.responses.get()
    questions = comparing.questions_of(wave.survey)
    [column] = comparing.columns([response], questions, make_member())

    by_key = {question.key: question for question in questions}
    kinds = [comparing.cell(line, column, by_key).kind for line in comparing.lines(questions)]

    assert kinds == [comparing.NOT_SHARED] * 2


def test_an_open_page_from_before_is_told_and_loses_nothing() -> None:
    response = make_open_response()
    question = make_question(response.wave.survey, default_sharing="public")
    entry = entries.Entry("typed", "", "public")
    Wave.objects.update(widest_sharing="members")

    with pytest.raises(entries.Invalid, match="nobody may see more"):
        save_as(response, question, entry)

    assert response.answers.count() == 0


def save_as(response: Response, question: Question, entry: entries.Entry) -> Any:
    """Save an entry as it is, over nothing."""
    return drafting.save_answer(
        response=response,
        question=question,
        entry=entry,
        seen=0,
        operation=uuid4(),
        by=make_member(response.agency),
        now=datetime.now(UTC),
    )


def narrow_while_one_saves(cut: Callable[[Wave], object]) -> str:
    """Narrow while a saved answer is not committed; return the level that stands at the end."""
    response = make_open_response()
    question = make_question(response.wave.survey, default_sharing="public")
    by, has_saved, is_done = make_member(response.agency), Event(), Event()

    def answer() -> None:
        with transaction.atomic():
            save(response, question, "x", by=by)
            has_saved.set()
            for _ in range(3000):
                if is_done.is_set() or is_somebody_waiting():
                    break
                time.sleep(0.01)

    def act() -> None:
        has_saved.wait(timeout=30)
        try:
            cut(response.wave)
        finally:
            is_done.set()

    assert at_once(lambda one: one(), [answer, act]) == [None, None]
    return response.answers.get().sharing


@pytest.mark.django_db(transaction=True)
def test_what_is_being_saved_is_narrowed_too() -> None:
    assert narrow_while_one_saves(narrow) == "counted"


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_responses_one_would_slip_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(capping, "_hold", lambda wave: Wave.objects.get(pk=wave.pk))

    assert narrow_while_one_saves(narrow) == "public"


@pytest.mark.django_db(transaction=True)
def test_two_organisers_who_narrow_at_once_narrow_once() -> None:
    response = make_shared()

    found = at_once(lambda _: narrow(response.wave), range(3))

    assert sum(one is not None for one in found) == 1
    assert response.wave.cap_changes.count() == 1
    assert response.revisions.count() == len(LEVELS) + 2


def test_counts_list_what_the_wave_allows() -> None:
    response = make_open_response(widest_sharing="counted")

    found = sharing.counts(reading.read(response))

    assert [label for label, _ in found] == ["Counted in totals only", "Organizers only"]
