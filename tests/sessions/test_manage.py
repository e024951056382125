"""What changes when a session changes, on the pages of those who run it."""

from datetime import UTC, datetime, timedelta

from notifications.models import Notification
from sessions import invitations
from tests.factories import make_session, midday
from tests.sessions.conftest import Circle, browser_of
from tests.sessions.test_pages import SOON, said

NOW = datetime.now(UTC)


def test_day_of_what_is_on_record_is_set_right_in_silence(circle: Circle):
    put_there = NOW - timedelta(days=9)
    session = make_session(circle.community, starts_at=midday(-40), published_at=put_there)
    client, address = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/edit/"
    given = said(circle, seen=session.changed_at.isoformat())

    later = client.post(address, given | {"held_on": f"{NOW - timedelta(days=3):%Y-%m-%d}"})
    client.post(address, given | {"held_on": "2026-05-05"})

    session.refresh_from_db()
    [wrong] = later.context["form"].errors["held_on"]
    assert wrong.startswith("It was put on record on ")
    assert f"{session.starts_at:%Y-%m-%d %H}" == "2026-05-05 18"
    assert (session.invitations.count(), Notification.objects.count()) == (0, 0)


def test_fewer_seats_than_people_who_come_are_refused(circle: Circle):
    session = make_session(circle.community, starts_at=SOON, capacity=9)
    for person in (circle.member, circle.facilitator):
        invitations.answer(session=session, person=person, rsvp="yes", now=NOW)
    address = f"/manage/sessions/{session.slug}/edit/"

    answer = browser_of(circle.facilitator).post(
        address, said(circle, seen=session.changed_at.isoformat(), capacity="1")
    )

    session.refresh_from_db()
    [wrong] = answer.context["form"].errors["capacity"]
    assert (wrong.startswith("2 seats are taken"), session.capacity) == (True, 9)
