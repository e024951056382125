"""An invitation is answered where it was asked, and the calendar and the link follow."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.membership import SLIP
from ciwo_portal import agenda
from events import ical
from notifications import delivering, suppressing
from notifications.models import Notification, Suppression
from sessions import answer_links, invitations, reminders, scheduling
from sessions.models import PracticeSession
from tests.browsers import Client
from tests.factories import make_session, midday
from tests.postbox import Postbox
from tests.sessions.conftest import Circle, browser_of
from tests.sessions.test_messages import LINK, SOON, announced, calendar_of, change, later, text_of


@pytest.fixture(autouse=True)
def _always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can wait for the morning does not, at whatever hour the tests run."""
    monkeypatch.setattr(delivering, "DAY", range(24))


def answered(session: PracticeSession, person: User, *answers: str) -> None:
    """Give these answers, one after the other, and send what they owe."""
    for rsvp in answers:
        invitations.answer(session=session, person=person, rsvp=rsvp, now=datetime.now(UTC))
        delivering.drain()


def path_of(session: PracticeSession, person: User) -> str:
    """Return the path that a message leads this person to."""
    return answer_links.path(
        session.invitations.select_related("session", "person").get(person=person)
    )


def kept(page: Any) -> list[str]:
    """Return the answers that are chosen on the page."""
    return re.findall(r'value="(\w+)"[^>]* checked', main_of(page))


def main_of(page: Any) -> str:
    """Return the words of the page's main part."""
    return " ".join(page.content.decode().partition("<main")[2].partition("</main>")[0].split())


def test_links_of_the_invitation_open_pages_that_change_nothing(circle: Circle, postbox: Postbox):
    session = announced(circle, title="Our liens")
    delivering.drain()
    [mail] = [one for one in postbox.received if one["To"] == circle.member.email]
    links = re.findall(r"http://127.0.0.1:8000(/answers/\S+)", text_of(mail))

    pages = [getattr(Client(), method)(link) for link in links for method in ("head", "get")]

    assert [kept(page) for page in pages[1::2]] == [["yes"], ["no"], ["maybe"]]
    assert session.invitations.get(person=circle.member).rsvp == ""
    assert {(one["Referrer-Policy"], "no-store" in one["Cache-Control"]) for one in pages} == {
        ("no-referrer", True)
    }


@pytest.mark.parametrize("rsvp", ["yes", "no", "maybe"])
def test_one_press_answers_without_signing_in(circle: Circle, postbox: Postbox, rsvp: str):
    session = announced(circle)
    path = path_of(session, circle.member)

    page = Client(enforce_csrf_checks=True).post(path, {"rsvp": rsvp}, follow=True)

    answers = {one.person: one.rsvp for one in session.invitations.all()}
    assert answers == {circle.member: rsvp, circle.facilitator: ""}
    assert ("Change my answer" in main_of(page), LINK in page.content.decode()) == (True, False)


def test_link_that_is_pressed_back_and_forth_is_held_up(circle: Circle, postbox: Postbox):
    session = announced(circle, capacity=1)
    answered(session, circle.facilitator, "maybe")
    path = path_of(session, circle.member)

    pressed = [
        Client().post(path, {"rsvp": ("yes", "no")[number % 2]}).status_code for number in range(11)
    ]

    owed = Notification.objects.filter(kind="sessions/freed")
    assert (pressed, owed.count()) == ([302] * 10 + [429], 2)
    assert browser_of(circle.member).get(session.get_absolute_url()).status_code == 200


def test_calendar_entry_follows_every_answer(circle: Circle, postbox: Postbox):
    session = announced(circle)
    delivering.drain()
    postbox.received.clear()

    answered(session, circle.member, "yes", "no", "no", "maybe", "yes")

    entries = [calendar_of(one) for one in postbox.received]
    found = [
        (method, int(one["sequence"]), one["attendee"].params["PARTSTAT"], one.get("location"))
        for method, one in entries
    ]
    assert found == [
        ("REQUEST", 1, "ACCEPTED", LINK),
        ("CANCEL", 2, "DECLINED", None),
        ("REQUEST", 3, "TENTATIVE", None),
        ("REQUEST", 4, "ACCEPTED", LINK),
    ]


def test_move_leaves_the_calendar_of_who_said_no_alone(circle: Circle, postbox: Postbox):
    session = announced(circle)
    answered(session, circle.member, "no")
    answered(session, circle.facilitator, "yes")
    postbox.received.clear()

    change(session, **later(days=1))
    delivering.drain()

    held = {one["To"]: "text/calendar" in one.as_string() for one in postbox.received}
    assert held == {circle.member.email: False, circle.facilitator.email: True}


def test_no_that_a_move_overtakes_still_empties_the_calendar(circle: Circle, postbox: Postbox):
    session = announced(circle)
    delivering.drain()
    postbox.received.clear()

    invitations.answer(session=session, person=circle.member, rsvp="no", now=datetime.now(UTC))
    change(session, **later(days=1))
    delivering.drain()

    mine = [one for one in postbox.received if one["To"] == circle.member.email]
    methods = [calendar_of(one)[0] for one in mine if "text/calendar" in one.as_string()]
    assert (len(mine), methods) == (2, ["CANCEL"])


@pytest.mark.parametrize(
    ("who", "rsvp", "has_link"),
    [
        ("member", "", False),
        ("member", "no", False),
        ("member", "maybe", False),
        ("member", "yes", True),
        ("facilitator", "", True),
        ("facilitator", "maybe", True),
    ],
)
def test_join_link_is_for_who_comes(
    circle: Circle, postbox: Postbox, who: str, rsvp: str, has_link: bool
):
    session, me = announced(circle), getattr(circle, who)
    if rsvp:
        answered(session, me, rsvp)
    change(session, **later(days=1))
    session.invitations.update(invited_at=SOON - timedelta(days=40))
    reminders.queue_due(now=SOON + timedelta(hours=4))
    delivering.drain()

    page = browser_of(me).get(session.get_absolute_url()).content.decode()
    file = browser_of(me).get(f"{session.get_absolute_url()}calendar.ics").content.decode()
    feed = ical.plans(agenda.planned(me, datetime.now(UTC)), "Mine", "https://x.example.org")
    mails = "".join(text_of(one) for one in postbox.received if one["To"] == me.email)
    found = [LINK in page, LINK in file, LINK in feed.decode(), LINK in mails]
    assert (found, has_link and "say yes" in mails) == ([has_link] * 4, False)


def test_who_runs_the_session_sees_its_link_unasked(circle: Circle):
    session = announced(circle)

    page = browser_of(circle.facilitator).get(session.get_absolute_url())

    assert LINK in page.content.decode()


def test_who_comes_late_says_yes_and_gets_the_link(circle: Circle, now: datetime):
    starts_at = datetime.now(UTC) - timedelta(minutes=5)
    session = make_session(circle.community, starts_at=starts_at, join_url=LINK)
    address = f"{session.get_absolute_url()}rsvp/"

    page = browser_of(circle.member).post(address, {"rsvp": "yes"}, follow=True)

    assert LINK in page.content.decode()


def odd(session: PracticeSession, circle: Circle, how: str) -> str:
    """Return the path of a link that answers nothing."""
    path = path_of(session, circle.member)
    if how == "cut off":
        return f"{path[:-3]}/"
    if how == "ended":
        User.objects.filter(pk=circle.member.pk).update(links_issue=7)
    elif how == "left":
        circle.community.agencies.clear()
    elif how == "not asked":
        session.invitations.all().delete()
    return path


@pytest.mark.parametrize("how", ["cut off", "ended", "left", "not asked"])
def test_link_that_answers_nothing_says_what_to_do(circle: Circle, how: str):
    session = announced(circle, title="Our liens")
    path = odd(session, circle, how)

    answers = [Client().get(path), Client().post(path, {"rsvp": "yes"})]

    assert [one.status_code for one in answers] == [404, 404]
    assert ["Sign in and answer" in main_of(one) for one in answers] == [True, True]
    assert ["Our liens" in main_of(one) for one in answers] == [False, False]
    assert not session.invitations.filter(rsvp="yes").exists()


@pytest.mark.parametrize(
    ("days", "status", "words"),
    [(1, 200, "Our liens"), (-1, 410, "This link has ended"), (-40, 410, "This link has ended")],
)
def test_link_that_comes_too_late_says_so(circle: Circle, days: int, status: int, words: str):
    session = announced(circle, title="Our liens")
    path, starts_at = path_of(session, circle.member), midday(days)
    times = {"starts_at": starts_at, "ends_at": starts_at, "held_on": starts_at.date()}
    times["ends_at"] += timedelta(hours=1)
    PracticeSession.objects.update(**times)

    answers = [Client().get(path), Client().post(path, {"rsvp": "yes"}, follow=True)]

    pages = [one.content.decode() for one in answers]
    assert {one.status_code for one in answers} == {status}
    assert [(words in one, "Our liens" in one) for one in pages] == [(True, days > 0)] * 2
    assert session.invitations.get(person=circle.member).rsvp == ("yes" if days > 0 else "")


def test_link_to_what_is_canceled_or_full_says_so(circle: Circle):
    session = announced(circle, capacity=1)
    answered(session, circle.facilitator, "yes")
    path = path_of(session, circle.member)

    full = Client().post(path, {"rsvp": "yes"})
    scheduling.cancel(session=session, reason="A storm", now=datetime.now(UTC))
    off = main_of(Client().get(f"{path}?answer=yes"))

    assert ["All seats are taken. Answer “maybe”" in full.content.decode(), kept(full)] == [
        True,
        ["yes"],
    ]
    assert ["This session was canceled" in off, "<button" in off] == [True, False]


def test_answer_page_leads_inside_those_alone_who_may_be_there(circle: Circle):
    session = announced(circle)
    scheduling.cancel(session=session, reason="A storm", now=datetime.now(UTC))
    path = path_of(session, circle.member)

    shown = {}
    for reader in (circle.member, circle.facilitator, circle.stranger, AnonymousUser()):
        page = browser_of(reader).get(path).content.decode()
        shown[str(reader)] = ["A storm" in page, session.community.slug in page]

    assert list(shown.values()) == [[True, True], [True, True], [False, False], [False, False]]


@pytest.mark.parametrize(
    ("rests", "join_url", "words"),
    [
        (False, LINK, "Your calendar entry and the join link come by e-mail"),
        (False, "", "the join link once it is known"),
        (True, LINK, "No e-mail reaches you"),
    ],
)
def test_answer_page_promises_mail_that_comes(
    circle: Circle, rests: bool, join_url: str, words: str
):
    session, now = announced(circle, join_url=join_url), datetime.now(UTC)
    if rests:
        reason = Suppression.Reason.BOUNCE
        suppressing.suppress(address=circle.member.email, reason=reason, now=now)

    page = Client().post(path_of(session, circle.member), {"rsvp": "yes"}, follow=True)

    said = [words in main_of(page), "by e-mail" in main_of(page)]
    assert said == [True, not rests]


def test_who_is_back_in_the_community_gets_a_newer_entry(circle: Circle, postbox: Postbox):
    session = announced(circle)
    answered(session, circle.member, "yes", "no", "yes")
    circle.community.agencies.clear()
    for ago in (SLIP, 0 * SLIP):
        invitations.release_leavers(now=datetime.now(UTC) - ago)
    delivering.drain()
    circle.community.agencies.add(circle.agency)

    invitations.invite_newcomers(now=datetime.now(UTC) - SLIP)
    delivering.drain()

    mine = [calendar_of(one) for one in postbox.received if one["To"] == circle.member.email]
    found = [(method, int(one["sequence"])) for method, one in mine]
    assert found[-2:] == [("CANCEL", 3), ("REQUEST", 4)]
