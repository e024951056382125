"""Hand a response in, whole, once; open it again with a reason."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agencies.models import Membership
from notifications import outbox
from notifications.models import Notification
from surveys import drafting, notices, reading, submitting
from surveys.models import Response
from tests.factories import make_answer, make_member, make_question, make_response, make_user
from tests.surveys.scenes import make_coordinator, save
from tests.threads import at_once

CHOICES: dict[str, Any] = {"choices": ("a", "b"), "rows": ("r", "s")}


def gaps(response: Response, now: datetime) -> list[str]:
    """Return what is said to be missing."""
    return [gap.text for gap in submitting.check(reading.read(response), now)]


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ({"is_required": True}, None, ["Answer this question."]),
        ({"is_required": True}, "text", []),
        ({"is_required": True, "type": "number"}, 0, []),
        ({}, None, []),
        ({"type": "number", "limits": {"max": 5}}, 6, ["Enter a number from 0 to 5. You ent"]),
        ({"type": "multiple_choice", "limits": {"min_selected": 2}}, ["a"], ["Choose at least 2."]),
        ({"type": "multiple_choice", "limits": {"min_selected": 2}}, ["a", "b"], []),
        ({"type": "matrix", "is_required": True}, {"r": "a"}, ["Answer these rows as well: S."]),
        ({"type": "matrix", "is_required": True}, {"r": "a", "s": "b"}, []),
        ({"type": "matrix"}, {"r": "a"}, []),
        ({"type": "file", "is_required": True}, [{"file": "x"}], []),
        ({"type": "number", "is_required": True, "not_reported": "not_tracked"}, None, []),
    ],
)
def test_check_says_what_is_missing(
    now: datetime, question: dict[str, Any], value: Any, said: list[str]
) -> None:
    response = make_response()
    code = question.pop("not_reported", "")
    asked = make_question(response.wave.survey, **CHOICES, **question)
    make_answer(response, asked, value, not_reported=code)

    assert [text[:35] for text in gaps(response, now)] == said


def test_hidden_questions_need_nothing(now: datetime) -> None:
    response = make_response()
    survey = response.wave.survey
    first = make_question(survey, type="number")
    only_if = {"all": [{"question": first.key, "operator": "gt", "value": 0}]}
    make_question(survey, is_required=True, show_if=only_if)

    assert gaps(response, now) == []
    make_answer(response, first, 1)
    assert gaps(response, now) == ["Answer this question."]


def test_submit_is_done_once_and_withdraws_what_is_owed(now: datetime) -> None:
    response = make_response()
    coordinator = make_coordinator(response)
    outbox.queue([notices.invitation(response, coordinator, now)])

    submitting.submit(response=response, by=coordinator, now=now)
    later = submitting.submit(response=response, by=make_user(), now=now + timedelta(hours=1))

    assert (later.state, later.submitted_at, later.submitted_by) == ("submitted", now, coordinator)
    assert Notification.objects.get().state == "cancelled"


def test_submit_refuses_what_is_not_whole(now: datetime) -> None:
    response = make_response()
    make_question(response.wave.survey, is_required=True)

    with pytest.raises(submitting.Incomplete) as refusal:
        submitting.submit(response=response, by=make_coordinator(response), now=now)

    assert [gap.text for gap in refusal.value.gaps] == ["Answer this question."]
    assert Response.objects.get().state == "draft"


def test_submit_refuses_after_the_end(now: datetime) -> None:
    response = make_response()

    with pytest.raises(drafting.NotOpen):
        submitting.submit(
            response=response, by=make_coordinator(response), now=now + timedelta(days=31)
        )


@pytest.mark.django_db(transaction=True)
def test_nothing_is_saved_while_a_response_is_handed_in(now: datetime) -> None:
    response = make_response()
    question = make_question(response.wave.survey)
    coordinator = make_coordinator(response)

    def act(which: int) -> object:
        if which == 0:
            return submitting.submit(response=response, by=coordinator, now=now)
        return save(response, question, f"v{which}", by=coordinator, now=now)

    at_once(act, range(6))

    answer = response.answers.first()
    assert Response.objects.get().state == "submitted"
    assert response.revisions.count() == (1 if answer else 0)
    with pytest.raises(drafting.AlreadySubmitted):
        save(response, question, "late", seen=answer.revision if answer else 0, now=now)


def test_reopen_keeps_what_was_and_tells_the_coordinators_why(now: datetime) -> None:
    response, organiser = make_response(), make_user(is_organiser=True)
    coordinator = make_coordinator(response)
    make_coordinator(response, is_active=False)
    make_member(response.agency)
    submitting.submit(response=response, by=coordinator, now=now)

    submitting.reopen(response=response, reason="A typo.", by=organiser, now=now)
    again = submitting.reopen(response=response, reason="Twice.", by=organiser, now=now)

    kept = response.reopenings.values_list("reason", "handed_in_at", "handed_in_by", "reopened_by")
    assert [*kept] == [("A typo.", now, coordinator.pk, organiser.pk)]
    assert again.state == "draft"
    owed = Notification.objects.values_list("kind", "recipient")
    assert [*owed] == [("surveys/reopened", coordinator.pk)]


def test_reopen_needs_an_open_wave(now: datetime) -> None:
    response = make_response(state="submitted", submitted_at=now)

    with pytest.raises(drafting.NotOpen):
        submitting.reopen(
            response=response, reason="Late", by=make_user(), now=now + timedelta(days=31)
        )


def test_a_coordinator_of_another_agency_is_not_told(now: datetime) -> None:
    response = make_response(state="submitted", submitted_at=now)
    make_member(role=Membership.Role.COORDINATOR)

    submitting.reopen(response=response, reason="Yes", by=make_user(), now=now)

    assert Notification.objects.count() == 0
