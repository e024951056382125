"""What changes when a session changes, on the pages of those who run it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications import delivering
from notifications.models import Notification
from sessions import invitations
from sessions.models import PracticeSession
from tests.factories import make_session, make_user, make_webinar, midday
from tests.postbox import Postbox
from tests.sessions.conftest import Circle, browser_of
from tests.sessions.test_messages import announced
from tests.sessions.test_pages import SOON, messages, said
from tests.webinars.test_manage import errors_of, fields_of
from tests.webinars.test_moving import totals

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
    client = browser_of(circle.facilitator)

    answer = client.post(address, fields_of(client.get(address)) | {"capacity": "1"})

    session.refresh_from_db()
    [wrong] = answer.context["form"].errors["capacity"]
    assert (wrong.startswith("2 seats are taken"), session.capacity) == (True, 9)


def moved(circle: Circle, session: PracticeSession, **changes: str) -> dict[str, Any]:
    """Return what a browser sends of a session that moves to a holiday."""
    given = said(circle, seen=session.changed_at.isoformat(), uid=session.uid, **changes)
    return given | {"held_on": "2028-07-04", "start": "13:00", "title": session.title}


def test_move_says_what_it_touches_and_asks_for_the_reason(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")
    invitations.answer(session=session, person=circle.member, rsvp="no", now=NOW)
    make_webinar(starts_at=datetime(2028, 7, 4, 18, 30, tzinfo=UTC), title="Also then")
    client, address = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/edit/"

    asked = client.post(address, moved(circle, session))
    unexplained = client.post(address, fields_of(asked))
    before = PracticeSession.objects.get().starts_at

    assert totals(asked) == {
        "messages": 2,
        "calendar": 1,
        "reminders sent already": 0,
        "reminders withdrawn": 0,
    }
    found = [words in asked.content.decode() for words in ("Independence Day", "Also then")]
    assert (found, before) == ([True, True], session.starts_at)
    assert errors_of(unexplained) == ["Reason: This field is required."]


def test_move_is_told_once_with_its_reason(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")
    delivering.drain()
    postbox.received.clear()
    client, address = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/edit/"

    asked = fields_of(client.post(address, moved(circle, session)))
    back = client.post(address, asked | {"back": "1"})
    page = client.post(address, asked | {"reason": "A storm"}, follow=True)
    delivering.drain()

    assert back.context["form"]["held_on"].value() == "2028-07-04"
    assert messages(page) == ["Saved. 2 people who are asked are told by e-mail."]
    assert ["A storm" in one.as_string() for one in postbox.received] == [True, True]


@pytest.mark.parametrize(
    ("who", "rsvp", "number"),
    [("member", "yes", 1), ("member", "maybe", 0), ("facilitator", "maybe", 1)],
)
def test_new_link_touches_who_comes(circle: Circle, who: str, rsvp: str, number: int):
    session = make_session(circle.community, starts_at=midday(10), join_url="")
    invitations.answer(session=session, person=getattr(circle, who), rsvp=rsvp, now=NOW)
    shown = browser_of(circle.facilitator).get(f"/manage/sessions/{session.slug}/edit/")
    given = fields_of(shown) | {"join_url": "https://meet.example.org/1"}

    asked = browser_of(circle.facilitator).post(f"/manage/sessions/{session.slug}/edit/", given)

    assert totals(asked).get("message", totals(asked).get("messages")) == number
    assert "Change the join link?" in asked.content.decode()


def test_draft_moves_without_a_page_in_between_and_hears_of_holidays(circle: Circle):
    session = make_session(circle.community, starts_at=SOON, state="draft")
    client, address = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/edit/"

    page = client.post(address, moved(circle, session), follow=True)

    words = ["Saved. Nobody is told.", "It falls on a federal holiday: Independence Day."]
    assert messages(page) == words


@pytest.mark.parametrize("state", ["draft", "published"])
def test_who_changes_a_session_hears_of_nothing_closed_at_its_time(circle: Circle, state: str):
    session = make_session(circle.community, starts_at=SOON, state=state)
    then = datetime(2028, 7, 4, 18, 30, tzinfo=UTC)
    make_webinar(starts_at=then, title="Planned only", state="draft")
    make_session(starts_at=then, title="Of others")
    address = f"/manage/sessions/{session.slug}/edit/"

    for reader, knows in ((circle.facilitator, False), (make_user(is_organiser=True), True)):
        given = moved(circle, PracticeSession.objects.get(pk=session.pk))
        page = browser_of(reader).post(address, given, follow=True).content.decode()

        assert [words in page for words in ("Planned only", "Of others")] == [knows, knows]
