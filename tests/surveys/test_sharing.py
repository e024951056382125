"""Who may read which answer, and how an agency changes it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from surveys import reading, sharing, submitting
from surveys.models import Answer, AnswerFile, AnswerRevision, Response, SharingLevel
from surveys.sharing import Outcome, Wish
from tests.factories import (
    make_answer,
    make_member,
    make_question,
    make_response,
    make_user,
    make_wave,
)
from tests.surveys.scenes import make_coordinator, signed_in
from tests.threads import at_once

LEVELS = ("organisers", "counted", "members", "public")


@pytest.fixture
def submitted(now: datetime) -> Response:
    """An agency that has handed in one answer of each level."""
    response = make_response(state="submitted", submitted_at=now)
    for level in LEVELS:
        make_answer(response, make_question(response.wave.survey), level, sharing=level)
    return response


def readers(response: Response) -> dict[str, User | AnonymousUser]:
    """Return one of each kind of reader."""
    return {
        "visitor": AnonymousUser(),
        "participant": make_user(),
        "member": make_member(),
        "own": make_member(response.agency),
        "organiser": make_user(is_organiser=True),
    }


def read_by(people: dict[str, User | AnonymousUser]) -> dict[str, set[Any]]:
    """Return what each of them may read."""
    seen = Answer.objects.visible_to
    return {who: {*seen(person).values_list("value", flat=True)} for who, person in people.items()}


def test_each_reader_reads_what_the_level_says(submitted: Response) -> None:
    found = read_by(readers(submitted))

    assert found == {
        "visitor": {"public"},
        "participant": {"public"},
        "member": {"public", "members"},
        "own": {*LEVELS},
        "organiser": {*LEVELS},
    }


@pytest.mark.parametrize("hidden", ["draft", "does not apply", "not fielded"])
def test_only_the_own_agency_reads_what_is_not_handed_in(submitted: Response, hidden: str) -> None:
    if hidden == "draft":
        Response.objects.update(state="draft", submitted_at=None)
    elif hidden == "does not apply":
        Answer.objects.update(applies=False)
    else:
        Response.objects.update(wave=make_wave(fielded_at=None), state="draft", submitted_at=None)

    found = read_by(readers(submitted))

    own = {*LEVELS} if hidden != "not fielded" else set()
    none: set[Any] = set()
    assert found == dict.fromkeys(found, none) | {"own": own}


def test_totals_leave_out_what_is_for_organizers(submitted: Response) -> None:
    assert {*Answer.objects.countable().values_list("value", flat=True)} == {*LEVELS[1:]}


def test_an_agency_is_named_to_who_may_read_an_answer_of_it(submitted: Response) -> None:
    Answer.objects.filter(sharing="public").update(sharing="members")

    found = {w: Response.objects.named_to(p).exists() for w, p in readers(submitted).items()}

    assert found == {
        "visitor": False,
        "participant": False,
        "member": True,
        "own": True,
        "organiser": True,
    }


def test_files_follow_the_level_of_their_answer(submitted: Response, now: datetime) -> None:
    question = make_question(submitted.wave.survey, type="file")
    how = {"response": submitted, "question": question, "size": 1, "added_at": now}
    kept, dropped = (AnswerFile.objects.create(**how, name=name) for name in ("kept", "dropped"))
    value = [{"file": str(kept.uid), "name": "kept", "bytes": 1}]
    make_answer(submitted, question, value, sharing="members")

    seen = AnswerFile.objects.visible_to
    found = {w: {f.name for f in seen(p)} for w, p in readers(submitted).items()}

    assert dropped.uid != kept.uid
    assert found == {
        "visitor": set(),
        "participant": set(),
        "member": {"kept"},
        "own": {"kept", "dropped"},
        "organiser": {"kept"},
    }


def test_handing_in_settles_what_applies(now: datetime) -> None:
    response = make_response()
    survey = response.wave.survey
    first = make_question(survey, type="number")
    only_if = {"all": [{"question": first.key, "operator": "gt", "value": 0}]}
    then = make_question(survey, show_if=only_if)
    make_answer(response, first, 0)
    make_answer(response, then, "kept from before")

    submitting.submit(response=response, by=make_coordinator(response), now=now)

    applies = dict(Answer.objects.values_list("question", "applies"))
    assert applies == {first.pk: True, then.pk: False}


def test_change_holds_at_once_and_keeps_what_was(submitted: Response, now: datetime) -> None:
    coordinator = make_coordinator(submitted)
    answer = submitted.answers.get(sharing="members")
    later = now + timedelta(days=400)
    wishes = {answer.question.key: Wish("members", "counted"), "none": Wish("members", "public")}

    outcome = sharing.change(response=submitted, wishes=wishes, by=coordinator, now=later)
    again = sharing.change(response=submitted, wishes=wishes, by=coordinator, now=later)

    kept = AnswerRevision.objects.filter(question=answer.question).order_by("revision")
    rows = [*kept.values_list("revision", "value", "sharing", "changed_by")]
    assert rows == [(1, "members", "members", None), (2, "members", "counted", coordinator.pk)]
    narrowed = Outcome(1, [], narrowed=[answer.question.key])
    assert (outcome, again) == (narrowed, Outcome(0, []))
    assert read_by({"member": make_member()}) == {"member": {"public"}}
    told = sharing.changes(reading.read(submitted))
    assert [(c.before, c.after, c.by, c.at) for c in told] == [
        ("Named to fellow agencies", "Counted in totals only", coordinator, later)
    ]


def test_a_stale_page_does_not_open_what_a_colleague_closed(
    submitted: Response, now: datetime
) -> None:
    answer = submitted.answers.get(sharing="members")
    by, key = make_coordinator(submitted), answer.question.key
    closed = {key: Wish("members", "organisers")}
    sharing.change(response=submitted, wishes=closed, by=by, now=now)

    wishes = {key: Wish("members", "public")}
    outcome = sharing.change(response=submitted, wishes=wishes, by=by, now=now)

    answer.refresh_from_db()
    assert (outcome, answer.sharing) == (Outcome(0, [answer.question.label]), "organisers")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_changes_the_level(now: datetime) -> None:
    response = make_response(state="submitted", submitted_at=now)
    answer = make_answer(response, make_question(response.wave.survey), "x", sharing="members")
    by, key = make_coordinator(response), answer.question.key

    def act(level: str) -> Outcome:
        wishes = {key: Wish("members", level)}
        return sharing.change(response=response, wishes=wishes, by=by, now=now)

    at_once(act, ["public", "counted", "organisers"])

    answer.refresh_from_db()
    assert (answer.revision, response.revisions.count()) == (2, 2)


def test_counts_are_of_each_level(submitted: Response) -> None:
    make_answer(submitted, make_question(submitted.wave.survey), "x", sharing="members")
    make_answer(submitted, make_question(submitted.wave.survey), None)

    found = sharing.counts(reading.read(submitted))

    levels = [str(level.label) for level in [*SharingLevel][::-1]]
    assert found == [*zip(levels, [1, 2, 1, 1], strict=True)]


def test_coordinators_change_levels_on_the_review_page(submitted: Response) -> None:
    client = signed_in(make_coordinator(submitted))
    answer = submitted.answers.get(sharing="members")
    path = f"/surveys/{submitted.wave.slug}"
    form = {f"sharing.{answer.question.key}": "public", f"was.{answer.question.key}": "members"}

    shown = client.get(f"{path}/review/").content.decode()
    answered = client.post(f"{path}/share/", form, follow=True).content.decode()

    answer.refresh_from_db()
    assert f'name="sharing.{answer.question.key}"' in shown
    assert "Saved: 1 level is changed." in answered
    assert "Changes of who may see what" in answered
    assert answer.sharing == "public"


def test_staff_read_the_levels_and_cannot_change_them(submitted: Response) -> None:
    client = signed_in(make_member(submitted.agency))
    path = f"/surveys/{submitted.wave.slug}"

    shown = client.get(f"{path}/review/").content.decode()

    assert "Named to fellow agencies" in shown
    assert 'name="sharing.' not in shown
    assert client.post(f"{path}/share/").status_code == 403


def test_review_asks_as_much_for_many_answers_as_for_few(
    submitted: Response, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(make_coordinator(submitted))
    path = f"/surveys/{submitted.wave.slug}/review/"
    client.get(path)

    for _ in range(2):
        with django_assert_num_queries(15):
            client.get(path)
        for _more in range(3):
            make_answer(submitted, make_question(submitted.wave.survey), "x")
