"""What a session's changes tell people, and what arrives."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from icalendar import Calendar

from agencies.membership import SLIP
from notifications import delivering
from notifications.models import Notification
from sessions import invitations, scheduling, tasks
from sessions.agenda import Part
from sessions.models import PracticeSession
from sessions.scheduling import Plan
from tests.factories import make_member, make_session, midday
from tests.postbox import Postbox
from tests.sessions.conftest import Circle

SOON = midday(30)
LINK = "https://meet.example.org/room-7"


def planned(circle: Circle, **fields: Any) -> PracticeSession:
    """Return a draft of the community, a month from now."""
    usual = {"starts_at": SOON, "state": "draft", "join_url": LINK, "published_at": None}
    return make_session(circle.community, **usual | fields)


def announced(circle: Circle, **fields: Any) -> PracticeSession:
    """Return a session whose community has been asked."""
    session = planned(circle, **fields)
    scheduling.publish(session=session, now=datetime.now(UTC))
    session.refresh_from_db()
    return session


def change(session: PracticeSession, **changes: Any) -> None:
    """Say something else of a session."""
    said = {name: getattr(session, name) for name in Plan.__dataclass_fields__}
    scheduling.change(
        session=session,
        seen=session.changed_at,
        details=Plan(**said | changes),
        topics=[],
        parts=[Part("A round", 10, "", "")],
        reason="A holiday",
        now=datetime.now(UTC),
    )
    session.refresh_from_db()


def later(days: int) -> dict[str, datetime]:
    """Return times some days after the usual ones."""
    starts_at = SOON + timedelta(days=days)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}


def calendar_of(message: Any) -> Any:
    """Return the message's method and its only event."""
    part = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    return calendar["method"], calendar.walk("VEVENT")[0]


def text_of(message: Any, kind: str = "plain") -> str:
    """Return the text, plain or as HTML."""
    text: str = message.get_body((kind,)).get_content()
    return text


def test_invitation_asks_for_an_answer_before_it_gives_the_link(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")

    delivering.drain()

    assert sorted(message["To"] for message in postbox.received) == sorted(
        [circle.member.email, circle.facilitator.email]
    )
    [message] = [one for one in postbox.received if one["To"] == circle.member.email]
    method, entry = calendar_of(message)
    assert message["Subject"] == "You are invited: Our liens"
    assert [part.get_content_type() for part in message.walk()][-4:] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    page = session.get_absolute_url()
    assert f"does not reach us. Answer here: {settings.SITE_URL}{page}" in entry["description"]
    assert (method, int(entry["sequence"]), entry.get("location")) == ("REQUEST", 0, None)
    assert entry["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert LINK not in message.as_string()
    assert session.get_absolute_url() in text_of(message)


def test_moving_tells_everybody_once_with_the_same_uid(circle: Circle, postbox: Postbox):
    session = announced(circle)
    delivering.drain()
    invited = {message["To"]: calendar_of(message)[1] for message in postbox.received}
    postbox.received.clear()

    for _ in range(2):
        change(session, **later(days=1))
    delivering.drain()

    assert sorted(message["To"] for message in postbox.received) == sorted(invited)
    for message in postbox.received:
        method, entry = calendar_of(message)
        assert (method, int(entry["sequence"]), entry["uid"]) == (
            "REQUEST",
            1,
            invited[message["To"]]["uid"],
        )
        assert entry["dtstart"].dt == SOON + timedelta(days=1)
        assert "It was" in text_of(message)
        assert "The reason: A holiday" in text_of(message)


def test_answer_travels_in_the_calendar(circle: Circle, postbox: Postbox):
    session = announced(circle)
    invitations.answer(session=session, person=circle.member, rsvp="maybe", now=datetime.now(UTC))
    delivering.drain()
    postbox.received.clear()

    change(session, **later(days=2))
    delivering.drain()

    statuses = {
        message["To"]: calendar_of(message)[1]["attendee"].params["PARTSTAT"]
        for message in postbox.received
    }
    assert statuses == {circle.member.email: "TENTATIVE", circle.facilitator.email: "NEEDS-ACTION"}
    [mine] = [one for one in postbox.received if one["To"] == circle.member.email]
    [other] = [one for one in postbox.received if one["To"] == circle.facilitator.email]
    assert "Your answer is “Maybe”, and it stands" in text_of(mine)
    asked = ["Are you coming?" in text_of(one, "html") for one in (mine, other)]
    assert asked == [False, True]


def test_new_link_is_told_to_who_comes_and_the_time_stays(circle: Circle, postbox: Postbox):
    undecided = make_member(circle.agency)
    session = announced(circle, title="Our liens")
    invitations.answer(session=session, person=circle.member, rsvp="yes", now=datetime.now(UTC))
    delivering.drain()
    postbox.received.clear()

    for _ in range(2):
        change(session, join_url="https://meet.example.org/other")
    delivering.drain()

    told = {one["To"]: one for one in postbox.received}
    assert set(told) == {circle.member.email, circle.facilitator.email}
    assert [one["Subject"] for one in postbox.received] == ["New join link: Our liens"] * 2
    [spared] = Notification.objects.filter(kind="sessions/relinked", recipient=undecided)
    assert spared.reason == "the join link is for who comes"
    method, entry = calendar_of(told[circle.member.email])
    assert (method, int(entry["sequence"]), entry["location"], entry["dtstart"].dt) == (
        "REQUEST",
        2,
        "https://meet.example.org/other",
        SOON,
    )


def test_canceling_tells_everybody_once_without_the_link(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")
    delivering.drain()
    postbox.received.clear()

    for _ in range(2):
        scheduling.cancel(session=session, reason="Storm", now=datetime.now(UTC))
    delivering.drain()

    assert [message["Subject"] for message in postbox.received] == ["Canceled: Our liens"] * 2
    method, entry = calendar_of(postbox.received[0])
    assert (method, int(entry["sequence"]), entry["status"]) == ("CANCEL", 1, "CANCELLED")
    assert "Storm" in text_of(postbox.received[0])
    assert [LINK in message.as_string() for message in postbox.received] == [False, False]


def test_session_that_is_on_again_returns_to_calendars_once(circle: Circle, postbox: Postbox):
    session, now = announced(circle, title="Our liens"), datetime.now(UTC)
    scheduling.cancel(session=session, reason="Storm", now=now)
    delivering.drain()
    postbox.received.clear()

    told = [scheduling.reinstate(session=session, reason="It is dry", now=now) for _ in range(2)]
    delivering.drain()

    method, entry = calendar_of(postbox.received[0])
    assert (told, [one["Subject"] for one in postbox.received]) == (
        [2, 0],
        ["On again: Our liens"] * 2,
    )
    assert (method, int(entry["sequence"]), entry["status"]) == ("REQUEST", 2, "CONFIRMED")
    assert "It is dry" in text_of(postbox.received[0])


def test_mended_words_tell_nobody(circle: Circle):
    session = announced(circle)
    before = Notification.objects.count()

    change(session, title="Liens", description="More of it")

    session.refresh_from_db()
    assert (session.title, session.sequence) == ("Liens", 0)
    assert Notification.objects.count() == before


def test_draft_moves_and_ends_quietly(circle: Circle):
    session = planned(circle)

    change(session, **later(days=3))
    scheduling.cancel(session=session, reason="Never mind", now=datetime.now(UTC))

    assert Notification.objects.count() == 0


@pytest.mark.parametrize("end", ["membership", "agency", "account"])
def test_mail_owed_to_who_left_is_not_sent(circle: Circle, postbox: Postbox, end: str):
    announced(circle)
    if end == "account":
        circle.member.is_active = False
        circle.member.save()
    else:
        leave(circle, end)

    delivering.drain()

    assert [message["To"] for message in postbox.received] == [circle.facilitator.email]


def test_invitation_overtaken_by_a_move_is_withdrawn(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")

    change(session, **later(days=1))
    delivering.drain()

    assert [message["Subject"] for message in postbox.received] == [
        "You are invited: Our liens"
    ] * 2


def test_invitation_to_what_was_taken_away_is_dropped(circle: Circle, postbox: Postbox):
    session = announced(circle)
    session.invitations.all().delete()

    delivering.drain()

    reasons = set(Notification.objects.values_list("reason", flat=True))
    assert (postbox.received, reasons) == ([], {"the person is not invited any more"})


@pytest.mark.parametrize("end", ["membership", "agency"])
def test_who_left_loses_the_calendar_entries_to_come_once(
    circle: Circle, postbox: Postbox, end: str
):
    session = announced(circle, title="Our liens")
    delivering.drain()
    postbox.received.clear()
    leave(circle, end)

    for ago in (SLIP, 0 * SLIP, 0 * SLIP):
        invitations.release_leavers(now=datetime.now(UTC) - ago)
    change(session, title="Our secret liens", summary="Said later")
    delivering.drain()

    [message] = postbox.received
    method, entry = calendar_of(message)
    assert (message["To"], message["Subject"]) == (
        circle.member.email,
        "You are no longer invited: Our liens",
    )
    assert (method, entry["uid"], entry["status"]) == ("CANCEL", str(session.uid), "CANCELLED")
    closed = [LINK, "Our secret liens", "Said later"]
    assert [words in message.as_string() for words in closed] == [False] * 3
    assert {one.person for one in session.invitations.all()} == {circle.facilitator}


def test_who_comes_back_is_asked_again(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")
    invitations.answer(session=session, person=circle.member, rsvp="yes", now=datetime.now(UTC))
    delivering.drain()
    postbox.received.clear()
    circle.community.agencies.clear()
    for ago in (SLIP, 0 * SLIP):
        invitations.release_leavers(now=datetime.now(UTC) - ago)
    circle.community.agencies.add(circle.agency)

    invitations.invite_newcomers(now=datetime.now(UTC) - SLIP)
    delivering.drain()

    [message] = postbox.received
    assert message["Subject"] == "You are invited: Our liens"
    assert session.invitations.get(person=circle.member).rsvp == ""
    reasons = set(Notification.objects.filter(kind="sessions/left").values_list("reason"))
    assert reasons == {("the person belongs to the community again",)}


def test_slip_put_right_costs_no_answer_and_no_mail(circle: Circle, postbox: Postbox):
    session, now = announced(circle), datetime.now(UTC) - 3 * SLIP
    invitations.answer(session=session, person=circle.member, rsvp="yes", now=now)
    delivering.drain()
    postbox.received.clear()

    circle.community.agencies.clear()
    invitations.release_leavers(now=now)
    circle.community.agencies.add(circle.agency)
    for minutes in (9, 11, 30):
        invitations.release_leavers(now=now + timedelta(minutes=minutes))
        invitations.invite_newcomers(now=now + timedelta(minutes=minutes))
    delivering.drain()

    assert session.invitations.get(person=circle.member).rsvp == "yes"
    assert postbox.received == []


def test_agency_let_in_by_a_slip_hears_nothing(circle: Circle, postbox: Postbox):
    session, now = announced(circle), datetime.now(UTC) - 3 * SLIP
    delivering.drain()
    postbox.received.clear()
    agency = make_member().memberships.get().agency

    circle.community.agencies.add(agency)
    invitations.invite_newcomers(now=now)
    asked = session.invitations.count()
    circle.community.agencies.remove(agency)
    for minutes in (1, 12):
        invitations.release_leavers(now=now + timedelta(minutes=minutes))
    delivering.drain()

    assert (asked, session.invitations.count(), postbox.received) == (3, 2, [])


def test_leaving_owes_nothing_of_what_is_over_or_taken_away(circle: Circle, postbox: Postbox):
    session = announced(circle)
    delivering.drain()
    postbox.received.clear()
    leave(circle, "agency")

    invitations.release_leavers(now=SOON + timedelta(hours=1))
    invitations.release_leavers(now=datetime.now(UTC) - SLIP)
    tasks.release_leavers()
    session.invitations.all().delete()
    session.delete()
    delivering.drain()

    assert postbox.received == []
    reasons = set(Notification.objects.filter(kind="sessions/left").values_list("reason"))
    assert reasons == {("the session is gone",)}


def leave(circle: Circle, end: str) -> None:
    """Take the member's membership or the agency's place away."""
    if end == "membership":
        circle.member.memberships.update(status="ended", ended_at=datetime.now(UTC))
    else:
        circle.community.agencies.clear()
