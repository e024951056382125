"""What a release may change, and what readers of all surfaces can work out of the demonstration."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import User
from surveys import releasing, snapshots, withdrawing
from surveys.disclosure import Fault
from surveys.models import Answer, AnswerRevision, Figure, Question, Release, Wave
from surveys.withdrawing import Target
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
from tests.surveys.scenes import signed_in
from tests.surveys.test_demo import agencies, load
from tests.threads import at_once, is_somebody_waiting

YES = ("yes", "in_progress", "no")
Told = list[tuple[int | None, Any]]


def make_answered(now: datetime, answers: Sequence[Sequence[Any]], *asked: dict[str, Any]) -> Wave:
    """Make a wave of these questions in which agencies have handed in; None: not asked."""
    wave = make_wave(make_survey())
    questions = [
        make_question(wave.survey, **{"default_sharing": "counted"} | given) for given in asked
    ]
    for said in answers:
        response = make_response(wave, make_agency(), state="submitted", submitted_at=now)
        for question, value in zip(questions, said, strict=True):
            if value is not None:
                make_answer(response, question, value)
    return wave


def single(key: str, **more: Any) -> dict[str, Any]:
    """Return a question with one choice of two."""
    return {"key": key, "type": "single_choice", "choices": ("a", "b"), **more}


def make_next(then: Wave, now: datetime, *, skip: int = 0) -> Wave:
    """Make the wave after, in which agencies say the same again, except the first few."""
    Wave.objects.filter(pk=then.pk).update(opens_at=now - timedelta(days=400), fielded_at=now)
    wave = make_wave(then.survey, fielded_at=now)
    for old in then.responses.order_by("pk")[skip:]:
        response = make_response(wave, old.agency, state="submitted", submitted_at=now)
        for answer in old.answers.order_by("pk"):
            make_answer(response, answer.question, answer.value)
    return wave


def change(wave: Wave, key: str, place: int, value: str) -> None:
    """Let an agency change one of its answers, as if it had been opened again for that."""
    response = wave.responses.order_by("pk")[place]
    answer = Answer.objects.get(response=response, question__key=key)
    answer.value, answer.revision = value, answer.revision + 1
    answer.save()
    said = {"value": value, "sharing": answer.sharing, "changed_at": answer.changed_at}
    AnswerRevision.objects.create(
        response=response,
        question=answer.question,
        operation=uuid4(),
        revision=answer.revision,
        **said,
    )


def told(wave: Wave, key: str, group: str = "") -> Told:
    """Return what each release says of a question, over all agencies or a group."""
    figures = Figure.objects.filter(release__wave=wave, question__key=key, group=group, part="")
    return [*figures.order_by("release__number").values_list("number", "shown")]


def test_nothing_has_changed_where_a_question_is_hidden_everywhere(now: datetime) -> None:
    wave = make_answered(now, ["a"] * 9, single("q"))
    releasing.publish(wave=wave, by=None, now=now)

    with pytest.raises(releasing.TooSoon) as refusal:
        releasing.publish(wave=wave, by=None, now=now)

    assert (told(wave, "q"), refusal.value.changed) == ([(None, None)], 0)


SHOWN, HIDDEN = (6, {"shares": {"a": 65, "b": 35}}), (None, None)


@pytest.mark.parametrize(
    ("before", "after", "is_kept"),
    [
        ("aaaabb", "aaaaab", True),  # it would be hidden, and tell what one agency did
        ("aaaaab", "aaaabb", True),  # it would appear
        ("aaaabb", "aaabbb", True),  # it would say something else
        ("aaaabb", "bbbbba", False),  # six changed
    ],
)
def test_a_figure_changes_only_where_five_agencies_have(
    now: datetime, before: str, after: str, is_kept: bool
) -> None:
    wave = make_answered(now, [*zip(before, "aabbab", strict=True)], single("q"), single("other"))
    releasing.publish(wave=wave, by=None, now=now)
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        change(wave, "other", place, "ab"["aabbab"[place] == "a"])
        if new != old:
            change(wave, "q", place, new)

    release = releasing.publish(wave=wave, by=None, now=now)

    first, second = told(wave, "q")
    assert first == (HIDDEN if before == "aaaaab" else SHOWN)
    assert (second == first, release.number) == (is_kept, 2)
    kept = Figure.objects.get(release=release, question__key="q", group="").as_of
    assert kept == (wave.releases.get(number=1) if is_kept else None)
    assert [*releasing.audit(wave)] == []


@pytest.mark.parametrize("number", [1, 2])
def test_one_of_five_that_changed_does_not_learn_what_the_others_did(
    now: datetime, number: int
) -> None:
    """Four say b instead of a, and one the reverse, who knows that: the rest is a subtraction."""
    show_if = {"all": [{"question": "q", "operator": "equals", "value": "b"}]}
    asked = [single("q"), single("c", show_if=show_if)][:number]
    wave = make_answered(now, [(said, None)[:number] for said in "aaaaaabbbbbb"], *asked)
    releasing.publish(wave=wave, by=None, now=now)
    for place in (0, 1, 2, 3, 6):
        change(wave, "q", place, "a" if place == 6 else "b")
    later = now + timedelta(days=1)
    AnswerRevision.objects.filter(revision=2).update(changed_at=later)

    releasing.publish(wave=wave, by=None, now=later)

    assert told(wave, "q") == [(12, {"shares": {"a": 50, "b": 50}}), HIDDEN]


@pytest.mark.parametrize("group", ["", "panel"])
def test_small_changes_add_up_until_they_are_enough(now: datetime, group: str) -> None:
    said = [*zip("aaaabbb", "abababa", strict=True)]
    wave = make_next(make_answered(now, said, single("q"), single("other")), now)
    releasing.publish(wave=wave, by=None, now=now)

    for step, places in enumerate([(0, 1, 2), (3, 4, 5)], start=1):
        for place in range(7):
            change(wave, "other", place, "ab"[(place + step) % 2])
        for place in places:
            change(wave, "q", place, "bbbbaab"[place])
        releasing.publish(wave=wave, by=None, now=now)

    shares = [shown["shares"] for _number, shown in told(wave, "q", group)]
    assert shares == [{"a": 55, "b": 45}, {"a": 55, "b": 45}, {"a": 30, "b": 70}]


@pytest.mark.parametrize("group", ["", "panel"])
@pytest.mark.parametrize(("changing", "is_kept"), [(1, True), (4, True), (5, False)])
def test_who_leaves_and_comes_back_has_changed_nothing(
    now: datetime, group: str, changing: int, is_kept: bool
) -> None:
    said = [*zip("aaaaabbbbb", "ababababab", strict=True)]
    wave = make_next(make_answered(now, said, single("q"), single("other")), now)
    releasing.publish(wave=wave, by=None, now=now)
    staying = [*wave.responses.order_by("pk").values_list("pk", flat=True)[:6]]
    leaving = wave.responses.exclude(pk__in=staying)

    for step, state in enumerate(["draft", "submitted"], start=1):
        leaving.update(state=state, submitted_at=now if state == "submitted" else None)
        for place in range(6):
            change(wave, "other", place, "ab"[(place + step) % 2])
        for place in range(changing) if step == 2 else ():
            change(wave, "q", place, "bbbbba"[place])
        releasing.publish(wave=wave, by=None, now=now)

    first, second, third = told(wave, "q", group)
    assert (first[0], second) == (10, first)
    assert (third == first) == is_kept


def test_who_is_in_one_wave_only_changes_nothing_of_the_panel(now: datetime) -> None:
    said = [*zip("aaaaabbbbb", "ababababab", strict=True)]
    wave = make_next(make_answered(now, said, single("q"), single("other")), now)
    for letter in "ababab":
        response = make_response(wave, make_agency(), state="submitted", submitted_at=now)
        for question in wave.survey.questions.all():
            make_answer(response, question, letter)
    releasing.publish(wave=wave, by=None, now=now)

    for place in range(7):
        change(wave, "other", place, "ba"[place % 2])
    change(wave, "q", 0, "b")
    releasing.publish(wave=wave, by=None, now=now)

    first, second = told(wave, "q", "panel")
    assert (first[0], second) == (10, first)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_all_questions_count_the_agencies_of_one_moment(
    now: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    wave = make_answered(now, [*zip("aabbaba", "abababa", strict=True)], single("q"), single("r"))
    late = wave.responses.filter(pk=max(wave.responses.values_list("pk", flat=True)))
    late.update(state="draft", submitted_at=None)
    monkeypatch.setattr(releasing, "AT_ONCE", 1)  # one question after the other
    if not is_guarded:
        monkeypatch.setattr(snapshots, "_isolate", lambda: None)

    by = make_user()

    def hand_in() -> None:
        late.update(state="submitted", submitted_at=now)
        User.objects.filter(pk=by.pk).update(last_login=now)  # makes nobody begin again

    def meanwhile(_done: int, _total: int) -> None:
        at_once(lambda act: act(), [hand_in])

    releasing.publish(wave=wave, by=by, now=now, progress=meanwhile)

    assert [told(wave, key)[0][0] for key in "qr"] == [6, 6 if is_guarded else 7]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_what_is_withdrawn_while_publishing_waits_stays_withdrawn(
    now: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    wave, holds = withdrawable(now), Event()
    if not is_guarded:  # it locks the wave, and leaves it as it is
        locked = Wave.objects.select_for_update(no_key=True)
        monkeypatch.setattr(withdrawing, "_hold", lambda wave: locked.get(pk=wave.pk))

    def withdraw() -> None:
        with transaction.atomic():
            target = Target(wave.releases.get(), wave.survey.questions.get(key="q"))
            why = {"reason": "Wrong.", "internal_reason": ""}
            withdrawing.withdraw(target=target, by=make_user(), now=now, **why)
            holds.set()
            await_somebody_waiting()

    def publish() -> None:
        holds.wait(timeout=30)
        releasing.publish(wave=wave, by=None, now=now)

    assert at_once(lambda act: act(), [withdraw, publish]) == [None, None]
    assert told(wave, "q") == [HIDDEN, HIDDEN if is_guarded else SHOWN]


def withdrawable(now: datetime) -> Wave:
    """Make a wave with one release, of which the next would keep the figure of q."""
    said = [*zip("aaaabb", "aabbab", strict=True)]
    wave = make_answered(now, said, single("q"), single("other"))
    releasing.publish(wave=wave, by=None, now=now)
    for place in range(6):
        change(wave, "other", place, "ab"["aabbab"[place] == "a"])
    return wave


def await_somebody_waiting() -> None:
    """Go on when a transaction waits for another one."""
    for _ in range(3000):
        if is_somebody_waiting():
            break
        sleep(0.01)


FOLLOWED: tuple[dict[str, Any], ...] = (
    {"key": "p", "type": "yes_no_in_progress", "choices": YES},
    single(
        "c",
        default_sharing="public",
        show_if={"all": [{"question": "p", "operator": "equals", "value": "yes"}]},
    ),
)


def test_a_follow_up_of_all_tells_nobody_of_its_parent(now: datetime) -> None:
    wave = make_answered(now, [("yes", letter) for letter in "ab" * 6], *FOLLOWED)

    releasing.publish(wave=wave, by=None, now=now)

    assert (told(wave, "p"), told(wave, "c")) == ([HIDDEN], [HIDDEN])


def test_a_follow_up_of_some_is_shown_beside_its_parent(now: datetime) -> None:
    said = [*(("yes", letter) for letter in "ab" * 3), *[("no", None)] * 4]
    wave = make_answered(now, said, *FOLLOWED)

    releasing.publish(wave=wave, by=None, now=now)

    assert [told(wave, key)[0][0] for key in "pc"] == [10, 6]
    assert [*releasing.audit(wave)] == []


def test_the_audit_finds_a_follow_up_that_was_published_before(now: datetime) -> None:
    wave = make_answered(now, [("yes", letter) for letter in "ab" * 6], *FOLLOWED)
    release = releasing.publish(wave=wave, by=None, now=now)
    unguarded(release, "c", 12)

    found = [*releasing.audit(wave)]

    assert {(leak.question.key, leak.fault, leak.number) for leak in found} == {
        ("c", Fault.ASKED, 12)
    }
    [place] = {place for leak in found for place in leak.places}
    assert (place.wave, place.release, place.group) == (wave.slug, 1, "")


def unguarded(release: Release, key: str, number: int) -> None:
    """Show a figure that is hidden, as if no guard were there."""
    figure = release.figures.get(question__key=key, group="")
    revisions = AnswerRevision.objects.filter(
        question=figure.question, response__wave=release.wave, value__isnull=False
    )
    figure.number, figure.shown = number, {"shares": {"a": 50, "b": 50}}
    if figure.question.type == Question.Type.NUMBER:
        figure.shown = {"median": 20}
    figure.save()
    figure.counted.set(revisions)


NO_ANSWER = {"not_shared", "no_answer", "does_not_apply", "after_yours", ""}


def worked_out(client: Client, wave: Wave) -> Iterator[tuple[str, str, str]]:
    """Yield what a reader works out of everything that a wave's files tell, by hand.

    The reader knows the directory and the questionnaire: who handed in, and what follows what.
    """
    told: dict[str, Any] = client.get(f"/surveys/{wave.slug}/findings.json").json()
    codes = {code["value"] for code in wave.survey.not_reported} | NO_ANSWER
    named = {row["agency"]: row for row in told["answers"]}
    asked = {q.key: q for q in wave.survey.questions.all()}
    everybody = [*wave.responses.submitted().select_related("agency")]
    for row in told["totals"]:
        if row["answer"] == "hidden" or row["n"] == "":
            continue
        _kind, _colon, level = row["group"].partition(":")
        if row["group"].startswith("size"):
            continue
        column = ".".join(filter(None, [row["question"], row["part"]]))
        group = [r.agency.name for r in everybody if level in ("", r.agency.level)]
        cells = [str(named.get(name, {}).get(column, "")) for name in group]
        secret = row["n"] - sum(cell not in codes for cell in cells)
        if 0 < secret < 5:
            yield column, row["group"], "few"
        if row["percent"] == 100 and secret > 0:
            yield column, row["group"], "all say the same"
        possible = sum(cell != "does_not_apply" for cell in cells)
        if asked[row["question"]].show_if and secret > 0 and row["n"] > possible - 2:
            yield column, row["group"], "all were asked"


def test_readers_of_the_demonstration_work_out_nothing(now: datetime) -> None:
    waves = load(agencies(), now)
    readers = [Client(), signed_in(make_member())]

    found = [one for reader in readers for wave in waves for one in worked_out(reader, wave)]
    unguarded(waves[1].releases.get(), "joint_liability_cases", 13)
    control = {*worked_out(Client(), waves[1])}

    assert found == []
    assert control == {("joint_liability_cases", "all", "all were asked")}
