"""Plan, publish, change and cancel: what holds, whoever presses how often."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts import concurrency
from accounts.models import User
from sessions import agenda, scheduling
from sessions.agenda import Part
from sessions.models import PracticeSession
from sessions.scheduling import Plan
from tests.factories import NOW, make_community, make_session, make_topic, make_user
from tests.sessions.conftest import Circle
from tests.threads import at_once

PARTS = [Part("News", 10, "Farah", ""), Part("One case", 30, "", "Bring files")]


def details(circle: Circle, **changes: object) -> Plan:
    """Return what is said of a session."""
    said = Plan(
        title="Our liens",
        summary="Public",
        description="Closed",
        held_on=(NOW + timedelta(days=3)).date(),
        starts_at=NOW + timedelta(days=3),
        ends_at=NOW + timedelta(days=3, hours=1),
        time_zone="America/Chicago",
        community=circle.community,
        has_public_summary=False,
        capacity=None,
        join_url="",
    )
    return replace(said, **changes)  # type: ignore[arg-type] # as given


def plan(circle: Circle, by: User, **given: object) -> PracticeSession:
    """Plan the usual session."""
    usual = {"uid": uuid4(), "details": details(circle), "topics": [], "parts": PARTS}
    return scheduling.plan(**usual | given, by=by)  # type: ignore[arg-type] # as given


def test_plan_keeps_everything(circle: Circle):
    topic = make_topic()

    session = plan(circle, circle.facilitator, topics=[topic])

    assert (session.state, session.slug, session.community) == (
        "draft",
        "our-liens",
        circle.community,
    )
    assert list(session.topics.all()) == [topic]
    assert [(row.begins, row.item.title, row.item.who) for row in agenda.rows(session)] == [
        ("9:00 a.m.", "News", "Farah"),
        ("9:10 a.m.", "One case", ""),
    ]


@pytest.mark.django_db(transaction=True)
def test_double_click_plans_one_session(circle: Circle):
    uid = uuid4()

    planned = at_once(lambda _: plan(circle, circle.facilitator, uid=uid), on=range(4))

    assert len({session.pk for session in planned}) == PracticeSession.objects.count() == 1


def test_agenda_has_times_as_long_as_they_are_known(circle: Circle):
    parts = [Part("News", None, "", ""), Part("One case", 30, "", "")]

    session = plan(circle, circle.facilitator, parts=parts)

    assert [row.begins for row in agenda.rows(session)] == ["9:00 a.m.", ""]


def test_agenda_of_a_day_without_time_has_no_times(circle: Circle):
    session = make_session(circle.community, starts_at=None)

    agenda.write(session=session, parts=PARTS)

    assert [row.begins for row in agenda.rows(session)] == ["", ""]


@pytest.mark.parametrize("starts_in", [0, -1])
def test_what_has_begun_is_not_published(circle: Circle, now: datetime, starts_in: int):
    starts_at = now + timedelta(hours=starts_in)
    session = make_session(circle.community, state="draft", starts_at=starts_at)

    with pytest.raises(scheduling.HasNoTime):
        scheduling.publish(session=session, now=now)


def test_day_without_a_time_is_not_published(circle: Circle, now: datetime):
    session = make_session(circle.community, state="draft", starts_at=None)

    with pytest.raises(scheduling.HasNoTime):
        scheduling.publish(session=session, now=now)


def test_canceled_session_stays_as_it_is(circle: Circle, now: datetime):
    session = plan(circle, circle.facilitator)
    scheduling.cancel(session=session, reason="Storm", now=now)
    session.refresh_from_db()

    with pytest.raises(scheduling.IsCancelled):
        scheduling.publish(session=session, now=now)
    with pytest.raises(scheduling.IsCancelled):
        change(session, details(circle, title="New"), now)


@pytest.mark.parametrize("starts_in", [None, -2])
def test_what_was_held_is_not_called_off(circle: Circle, now: datetime, starts_in: int | None):
    starts_at = None if starts_in is None else now + timedelta(hours=starts_in)
    session = make_session(circle.community, starts_at=starts_at)

    with pytest.raises(scheduling.IsOver):
        scheduling.cancel(session=session, reason="Storm", now=now)


def change(
    session: PracticeSession, said: Plan, now: datetime, seen: datetime | None = None
) -> None:
    """Say something else of a session, as it was seen."""
    scheduling.change(
        session=session,
        seen=seen or session.changed_at,
        details=said,
        topics=[],
        parts=PARTS[:1],
        reason="",
        now=now,
    )


def test_nobody_overwrites_a_colleague_unknowingly(circle: Circle, now: datetime):
    session = plan(circle, circle.facilitator)
    change(session, details(circle, title="Mine"), now)

    with pytest.raises(concurrency.ChangedMeanwhile):
        change(session, details(circle, title="Theirs"), now)

    session.refresh_from_db()
    assert session.title == "Mine"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told(circle: Circle, now: datetime):
    session = plan(circle, circle.facilitator)

    results = at_once(
        lambda title: change(session, details(circle, title=title), now), on=["One", "Two"]
    )

    assert sorted(map(str, map(type, results))) == sorted(
        map(str, [type(None), concurrency.ChangedMeanwhile])
    )


def test_announced_session_stays_in_its_community(circle: Circle, now: datetime):
    other = make_community()
    draft, announced = plan(circle, make_user()), plan(circle, make_user())
    scheduling.publish(session=announced, now=now)
    announced.refresh_from_db()

    for session in (draft, announced):
        change(session, details(circle, community=other), now)
        session.refresh_from_db()

    assert (draft.community, announced.community) == (other, circle.community)
