"""Who is asked to a session, and what they answer."""

from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from accounts.models import User
from notifications import delivering
from notifications.models import Notification
from sessions import invitations, scheduling, tasks
from sessions.models import Invitation, PracticeSession
from tests.factories import make_agency, make_community, make_member, make_session, midday
from tests.postbox import Postbox
from tests.sessions.conftest import Circle
from tests.threads import at_once


def asked(session: PracticeSession) -> set[User]:
    """Return who has an invitation."""
    return {one.person for one in session.invitations.select_related("person")}


def test_publishing_asks_members_and_facilitators_once(circle: Circle, now: datetime):
    make_member(circle.agency, name="Ina Inactive", is_active=False)
    session = make_session(circle.community, state="draft")

    for _ in range(2):
        scheduling.publish(session=session, now=now)

    assert asked(session) == {circle.member, circle.facilitator}
    assert Notification.objects.filter(kind="sessions/invited").count() == 2


def test_pending_and_ended_members_are_not_asked(circle: Circle, now: datetime):
    circle.member.memberships.update(status="ended", ended_at=now)
    make_member(circle.agency).memberships.update(status="pending")
    session = make_session(circle.community, state="draft")

    scheduling.publish(session=session, now=now)

    assert asked(session) == {circle.facilitator}


def test_who_joins_later_is_asked_by_the_clock(circle: Circle, now: datetime):
    session = make_session(circle.community)
    invitations.invite_community(session=session, now=now)
    late, agency = make_member(circle.agency), make_agency()
    newcomer = make_member(agency)
    circle.community.agencies.add(agency)

    for _ in range(2):
        invitations.invite_newcomers(now=now)

    assert asked(session) == {circle.member, circle.facilitator, late, newcomer}
    assert Notification.objects.filter(kind="sessions/invited").count() == 4


@pytest.mark.parametrize(
    ("state", "starts_in"), [("draft", 1), ("cancelled", 1), ("published", 0), ("published", -1)]
)
def test_nobody_is_asked_to_what_is_off_or_has_begun(
    circle: Circle, now: datetime, state: str, starts_in: int
):
    cancelled_at = now if state == "cancelled" else None
    starts_at = now + timedelta(hours=starts_in)
    make_session(circle.community, state=state, cancelled_at=cancelled_at, starts_at=starts_at)

    invitations.invite_newcomers(now=now)

    assert Invitation.objects.count() == 0


def test_tick_asks_newcomers(circle: Circle):
    make_session(circle.community, starts_at=datetime.now(UTC) + timedelta(days=3))

    tasks.invite_newcomers()

    assert Invitation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_asking_at_the_same_moment_asks_once(circle: Circle, now: datetime):
    make_session(circle.community)

    results = at_once(lambda _: invitations.invite_newcomers(now=now), on=range(4))

    assert results == [None] * 4
    assert (Invitation.objects.count(), Notification.objects.count()) == (2, 2)


def test_last_answer_counts(circle: Circle, now: datetime):
    session = make_session(circle.community)
    later = now + timedelta(minutes=1)

    for moment, rsvp in ((now, "yes"), (later, "no"), (later + timedelta(hours=1), "no")):
        invitations.answer(session=session, person=circle.member, rsvp=rsvp, now=moment)

    [kept] = session.invitations.all()
    assert (kept.rsvp, kept.answered_at) == ("no", later)


@pytest.mark.parametrize("state", ["draft", "cancelled", "over", "date only"])
def test_answers_are_closed(circle: Circle, now: datetime, state: str):
    cases: dict[str, dict[str, Any]] = {
        "draft": {"state": "draft"},
        "cancelled": {"state": "cancelled", "cancelled_at": now},
        "over": {"starts_at": now - timedelta(hours=3)},
        "date only": {"starts_at": None},
    }
    session = make_session(circle.community, **cases[state])

    with pytest.raises(invitations.AnswersClosed):
        invitations.answer(session=session, person=circle.member, rsvp="yes", now=now)


@pytest.mark.django_db(transaction=True)
def test_no_more_people_say_yes_than_there_are_seats(now: datetime):
    agency = make_agency()
    session = make_session(make_community(agency), capacity=3)
    people = [make_member(agency) for _ in range(10)]

    results = at_once(
        lambda person: invitations.answer(session=session, person=person, rsvp="yes", now=now),
        people,
    )

    refused = [one for one in results if isinstance(one, invitations.SessionFull)]
    assert (session.invitations.saying("yes").count(), len(refused)) == (3, 7)


@pytest.mark.django_db(transaction=True)
def test_counting_without_the_lock_gives_too_many_seats(now: datetime):
    """The control of the test above: nobody holds the session, and all count before any writes."""
    agency, all_have_counted = make_agency(), Barrier(10)
    session = make_session(make_community(agency), capacity=3)

    def careless(person: User) -> None:
        has_seat = invitations.has_seat_for(session, person)
        all_have_counted.wait(30)
        if has_seat:
            Invitation.objects.create(
                session=session, person=person, rsvp="yes", invited_at=now, answered_at=now
            )

    at_once(careless, [make_member(agency) for _ in range(10)])

    assert session.invitations.saying("yes").count() == 10


def test_seat_of_who_left_is_free(circle: Circle, now: datetime):
    session = make_session(circle.community, capacity=1)
    invitations.answer(session=session, person=circle.member, rsvp="yes", now=now)
    circle.member.memberships.update(status="ended", ended_at=now)

    invitations.answer(session=session, person=circle.facilitator, rsvp="yes", now=now)

    assert session.invitations.standing().answers() == {
        "open": 0,
        "yes": 1,
        "no": 0,
        "maybe": 0,
        "asked": 1,
    }


def test_full_session_takes_maybe_and_a_repeated_yes(circle: Circle, now: datetime):
    session = make_session(circle.community, capacity=1)
    for person, rsvp in ((circle.member, "yes"), (circle.facilitator, "maybe")):
        invitations.answer(session=session, person=person, rsvp=rsvp, now=now)

    again = invitations.answer(session=session, person=circle.member, rsvp="yes", now=now)

    assert again.rsvp == "yes"
    with pytest.raises(invitations.SessionFull):
        invitations.answer(session=session, person=circle.facilitator, rsvp="yes", now=now)


def test_who_answered_maybe_hears_of_a_free_seat(circle: Circle, postbox: Postbox) -> None:
    now = datetime.now(UTC) - timedelta(hours=3)
    session = make_session(circle.community, capacity=1, starts_at=midday(30))
    for person, rsvp in ((circle.member, "yes"), (circle.facilitator, "maybe")):
        invitations.answer(session=session, person=person, rsvp=rsvp, now=now)

    told = []
    for number, rsvp in enumerate(("no", "yes", "no", "yes", "no")):
        at = now + timedelta(minutes=number)
        invitations.answer(session=session, person=circle.member, rsvp=rsvp, now=at)
        delivering.drain()
        mine = [one["Subject"] for one in postbox.received if one["To"] == circle.facilitator.email]
        told.append(mine.count(f"A seat is free: {session.title}"))

    assert told == [1, 1, 2, 2, 2]  # the second an hour after the first


def test_standing_is_who_may_read_inside(circle: Circle, organiser: User, now: datetime):
    session = make_session(circle.community)
    gone = make_member(circle.agency, name="Gone", is_active=False)
    people = (circle.member, circle.facilitator, circle.outsider, circle.stranger, organiser, gone)
    for person in people:
        Invitation.objects.create(session=session, person=person, invited_at=now)

    standing = {one.person for one in session.invitations.standing()}

    readers = {
        person
        for person in people
        if person.is_active and PracticeSession.objects.open_to(person).exists()
    }
    assert standing == readers == {circle.member, circle.facilitator, organiser}
