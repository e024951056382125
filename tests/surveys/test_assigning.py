"""Who has which section, who reviews, and who hears of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from agencies.models import Membership
from notifications.models import Notification
from surveys import assigning, drafting
from surveys.models import Question, Response, SectionWork
from tests.factories import make_member, make_user
from tests.surveys.scenes import make_coordinator, submit


def give(response: Response, question: Question, to: User | None, now: datetime, **more: Any):
    """Give the question's section as the agency's coordinator."""
    act: dict[str, Any] = {"note": "", "by": make_coordinator(response)} | more
    return assigning.give(response=response, section=question.section, to=to, now=now, **act)


def owed() -> list[tuple[str, User | None]]:
    """Return which messages are owed to whom."""
    return [(n.kind, n.recipient) for n in Notification.objects.order_by("pk")]


def test_a_section_is_given_and_its_owner_told_once(
    response: Response, question: Question, real_now: datetime
) -> None:
    dana, by = make_member(response.agency), make_coordinator(response)

    for _ in range(2):
        work = give(response, question, dana, real_now, note="By May, please.", by=by)

    assert (work.owner, work.note, work.given_by) == (dana, "By May, please.", by)
    assert owed() == [("surveys/given", dana)]


def test_a_new_note_is_told(response: Response, question: Question, real_now: datetime) -> None:
    dana, by = make_member(response.agency), make_coordinator(response)

    give(response, question, dana, real_now, by=by)
    give(response, question, dana, real_now + timedelta(minutes=10), note="Only 2026.", by=by)

    assert owed() == [("surveys/given", dana)] * 2


def test_who_takes_a_section_gets_no_mail(
    response: Response, question: Question, real_now: datetime
) -> None:
    by = make_coordinator(response)

    give(response, question, by, real_now, by=by)

    assert owed() == []


def test_a_section_can_go_back_to_nobody(
    response: Response, question: Question, real_now: datetime
) -> None:
    give(response, question, make_member(response.agency), real_now)
    give(response, question, None, real_now)

    assert SectionWork.objects.get().owner is None


@pytest.mark.parametrize("who", ["stranger", "pending", "inactive"])
def test_only_colleagues_get_a_section(
    response: Response, question: Question, real_now: datetime, who: str
) -> None:
    people: dict[str, Callable[[], User]] = {
        "stranger": make_user,
        "pending": lambda: make_member(response.agency),
        "inactive": lambda: make_member(response.agency, is_active=False),
    }
    person = people[who]()
    if who == "pending":
        Membership.objects.filter(person=person).update(status="pending")

    with pytest.raises(assigning.NotAColleague):
        give(response, question, person, real_now)
    with pytest.raises(assigning.NotAColleague):
        assigning.name_reviewer(response=response, reviewer=person, by=person, now=real_now)


def test_after_submitting_nothing_is_given(
    response: Response, question: Question, real_now: datetime
) -> None:
    submit(response)

    with pytest.raises(drafting.AlreadySubmitted):
        give(response, question, None, real_now)


def test_after_the_end_nothing_is_given(
    response: Response, question: Question, real_now: datetime
) -> None:
    with pytest.raises(drafting.NotOpen):
        give(response, question, None, response.closes_at)


def test_a_new_reviewer_hears_what_waits(
    response: Response, question: Question, real_now: datetime
) -> None:
    kim, by = make_member(response.agency), make_coordinator(response)
    SectionWork.objects.create(
        response=response, section=question.section, stage="ready", staged_at=real_now
    )

    for _ in range(2):
        assigning.name_reviewer(response=response, reviewer=kim, by=by, now=real_now)

    response.refresh_from_db()
    assert (response.reviewer, owed()) == (kim, [("surveys/ready", kim)])
