"""The pages of communities and sessions, for readers and for those who run them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications.models import Notification
from sessions import agenda, invitations
from sessions.agenda import Part
from sessions.models import Invitation, PracticeSession
from tests.factories import (
    make_agency,
    make_member,
    make_resource,
    make_session,
    make_topic,
    midday,
)
from tests.sessions.conftest import Circle, browser_of

NOW = datetime.now(UTC)
SOON = midday(10)
NEW = "/manage/sessions/new/"


def said(circle: Circle, **changes: Any) -> dict[str, Any]:
    """Return what a browser sends of a session with two parts and an empty line."""
    return {
        "uid": str(uuid4()),
        "title": "Our liens",
        "summary": "Public",
        "description": "Closed",
        "held_on": f"{SOON:%Y-%m-%d}",
        "start": "13:00",
        "minutes": "60",
        "time_zone": "America/Chicago",
        "community": str(circle.community.pk),
        "agenda-TOTAL_FORMS": "3",
        "agenda-INITIAL_FORMS": "0",
        "agenda-0-title": "Second",
        "agenda-0-minutes": "20",
        "agenda-0-who": "Mia",
        "agenda-0-ORDER": "2",
        "agenda-1-title": "First",
        "agenda-1-ORDER": "1",
    } | changes


def messages(answer: Any) -> list[str]:
    """Return what the page says of the last action."""
    return [str(message) for message in answer.context["messages"]]


def test_facilitator_plans_with_an_agenda_in_order(circle: Circle):
    client = browser_of(circle.facilitator)

    client.post(NEW, said(circle))

    session = PracticeSession.objects.get()
    parts = [(one.title, one.minutes, one.who) for one in session.agenda.order_by("position")]
    assert (session.state, parts) == ("draft", [("First", None, ""), ("Second", 20, "Mia")])


def test_second_press_plans_nothing_more(circle: Circle):
    client, given = browser_of(circle.facilitator), said(circle)

    answers = [client.post(NEW, given) for _ in range(2)]

    assert [one["Location"] for one in answers] == ["/manage/sessions/our-liens/"] * 2
    assert PracticeSession.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": ""}, {"title": ["This field is required."]}),
        (
            {"held_on": "2020-05-05"},
            {"is_past_meant": ["This time is in the past. Change it, or say that it is right."]},
        ),
        ({"minutes": "2"}, {"minutes": ["Ensure this value is greater than or equal to 5."]}),
        ({"join_url": "javascript:alert(1)"}, {"join_url": ["Enter a valid URL."]}),
    ],
)
def test_bad_input_is_named_and_kept(
    circle: Circle, changes: dict[str, str], wrong: dict[str, list[str]]
):
    answer = browser_of(circle.facilitator).post(NEW, said(circle) | changes)

    assert answer.context["form"].errors == wrong
    assert 'value="Second"' in answer.content.decode()
    assert PracticeSession.objects.count() == 0


@pytest.mark.parametrize("start", ["13:00", ""])
def test_session_that_was_held_goes_on_record_in_silence(circle: Circle, start: str):
    client = browser_of(circle.facilitator)
    held = {"held_on": "2019-05-05", "start": start, "is_past_meant": "on"}

    client.post(NEW, said(circle) | held)
    session = PracticeSession.objects.get()
    page = client.post(f"/manage/sessions/{session.slug}/publish/", follow=True)

    session.refresh_from_db()
    assert messages(page)[-1] == "It is on record now. Nobody is told of it."
    assert (session.state, bool(session.starts_at)) == ("published", bool(start))
    assert (session.invitations.count(), Notification.objects.count()) == (0, 0)


@pytest.mark.parametrize("start", ["13:00", ""])
def test_what_people_were_asked_to_is_not_moved_into_the_past(circle: Circle, start: str):
    session = make_session(circle.community, starts_at=SOON)
    held = {"held_on": "2019-05-05", "start": start, "is_past_meant": "on", "reason": "Held."}

    address = f"/manage/sessions/{session.slug}/edit/"
    answer = browser_of(circle.facilitator).post(address, said(circle) | held)

    session.refresh_from_db()
    wrong = {"held_on": ["This time has passed. Choose one that is to come."]}
    assert (answer.context["form"].errors, session.starts_at) == (wrong, SOON)


def test_hour_that_the_clocks_skip_is_named(circle: Circle):
    given = said(circle, held_on="2028-03-12", start="02:30")

    answer = browser_of(circle.facilitator).post(NEW, given)

    assert list(answer.context["form"].errors) == ["start"]


@pytest.mark.parametrize(
    "changes",
    [
        {"agenda-2-minutes": "5"},
        {"agenda-0-minutes": "-1"},
        {"agenda-TOTAL_FORMS": "x"},
        {"agenda-0-title": "x" * 201},
    ],
)
def test_bad_lines_are_named_and_nothing_is_planned(circle: Circle, changes: dict[str, str]):
    answer = browser_of(circle.facilitator).post(NEW, said(circle) | changes)

    assert "The agenda has a problem" in answer.content.decode()
    assert PracticeSession.objects.count() == 0


def test_community_of_another_cannot_be_chosen(circle: Circle):
    other = circle.stranger.facilitated_communities.get()

    answer = browser_of(circle.facilitator).post(NEW, said(circle, community=other.pk))

    assert list(answer.context["form"].errors) == ["community"]


def test_colleague_is_not_overwritten_and_words_are_kept(circle: Circle):
    session = make_session(circle.community, state="draft", starts_at=SOON)
    client, address = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/edit/"
    shown = client.get(address).context["form"]["shown"].value()
    given = said(circle, seen=session.changed_at.isoformat(), uid=session.uid, shown=shown)
    given |= {"minutes": "75", "start": "13:20", "time_zone": "America/New_York"}
    client.post(address, given | {"title": "Theirs", "minutes": "90"})

    refused = client.post(address, given | {"title": "Mine"})
    form = refused.context["form"]
    again = {name: form[name].value() for name in ("seen", "minutes")}
    client.post(address, given | again | {"title": "Mine"})

    session.refresh_from_db()
    assert "Somebody else has changed this session" in refused.content.decode()
    assert 'value="Mine"' in refused.content.decode()
    assert (session.title, again["minutes"]) == ("Mine", "90")  # the time stays theirs


def test_canceled_session_is_not_edited(circle: Circle):
    session = make_session(circle.community, state="cancelled", cancelled_at=NOW, starts_at=SOON)
    address = f"/manage/sessions/{session.slug}/edit/"
    given = said(circle, seen=session.changed_at.isoformat())

    answer = browser_of(circle.facilitator).post(address, given, follow=True)

    assert messages(answer) == ["A canceled session does not change any more."]


@pytest.mark.parametrize("starts_at", [None, NOW - timedelta(days=9)])
def test_what_was_held_keeps_its_times_or_its_day(
    circle: Circle, organiser: User, starts_at: datetime | None
):
    session = make_session(circle.community, starts_at=starts_at)
    before = (session.held_on, session.starts_at, session.ends_at, session.time_zone)
    address = f"/manage/sessions/{session.slug}/edit/"
    given = said(circle, seen=session.changed_at.isoformat(), title="Better words")

    browser_of(organiser).post(address, given)

    session.refresh_from_db()
    after = (session.held_on, session.starts_at, session.ends_at, session.time_zone)
    assert (session.title, after, session.sequence) == ("Better words", before, 0)


STEPS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("post", "publish", "", ["Published: the community's people are invited."]),
    ("get", "cancel", "Storm", []),  # it asks first
    ("post", "cancel", "", []),  # and for the reason
    ("post", "cancel", "Storm", ["Canceled. Everybody who is asked is told."]),
    (
        "post",
        "publish",
        "",
        ["Only a session with a time in the future, or one that was held, can be published."],
    ),
    ("get", "reinstate", "It is dry", []),
    (
        "post",
        "reinstate",
        "It is dry",
        ["The session is on again. 2 people who are asked are told by e-mail."],
    ),
)


def test_publish_and_cancel_by_their_pages(circle: Circle):
    session = make_session(circle.community, state="draft", starts_at=SOON)
    client, page = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/"

    said = [
        messages(getattr(client, method)(f"{page}{word}/", {"reason": reason}, follow=True))
        for method, word, reason, _ in STEPS
    ]

    session.refresh_from_db()
    assert (session.state, session.change_reason) == ("published", "It is dry")
    assert said == [step[-1] for step in STEPS]


def test_what_was_held_is_not_canceled(circle: Circle):
    session = make_session(circle.community, starts_at=None)

    answer = browser_of(circle.facilitator).post(
        f"/manage/sessions/{session.slug}/cancel/", {"reason": "Storm"}, follow=True
    )

    assert messages(answer) == ["This session was held. It cannot be canceled any more."]


def test_member_answers_on_the_page(circle: Circle):
    session = make_session(circle.community, starts_at=SOON, capacity=1)
    client, address = browser_of(circle.member), f"{session.get_absolute_url()}rsvp/"

    silly = client.post(address, {"rsvp": "perhaps"}, follow=True)
    first = client.post(address, {"rsvp": "yes"}, follow=True)
    full = browser_of(circle.facilitator).post(address, {"rsvp": "yes"}, follow=True)
    session.starts_at, session.ends_at = NOW - timedelta(hours=1), NOW
    session.save()
    late = client.post(address, {"rsvp": "no"}, follow=True)

    assert [messages(one) for one in (silly, first, full, late)] == [
        ["Choose yes, no or maybe."],
        ["Thank you, your answer is noted."],
        ["All seats are taken. Answer “maybe” in case one is given up."],
        ["It is too late to answer: the session is over or is off."],
    ]
    assert client.get(address)["Location"] == session.get_absolute_url()


@pytest.mark.parametrize("is_off", [False, True])
def test_calendar_file_holds_the_link_while_it_stands(circle: Circle, is_off: bool):
    state: dict[str, Any] = {"state": "cancelled", "cancelled_at": NOW} if is_off else {}
    link = "https://meet.example.org/1"
    session = make_session(circle.community, starts_at=SOON, join_url=link, **state)
    coming = {"rsvp": "yes", "invited_at": NOW, "answered_at": NOW}
    session.invitations.create(person=circle.member, **coming)

    answer = browser_of(circle.member).get(f"{session.get_absolute_url()}calendar.ics")

    calendar: Any = Calendar.from_ical(answer.content)
    [entry] = calendar.walk("VEVENT")
    assert (answer["Cache-Control"], entry.get("location")) == (
        "private, no-store",
        None if is_off else link,
    )
    assert entry["dtstart"].dt == SOON


@pytest.mark.parametrize(("days", "has_button"), [(10, True), (-10, False)])
def test_nobody_is_led_into_a_session_that_is_over(circle: Circle, days: int, has_button: bool):
    link = "https://meet.example.org/1"
    session = make_session(circle.community, starts_at=midday(days), join_url=link)
    coming = {"rsvp": "yes", "invited_at": NOW, "answered_at": NOW}
    session.invitations.create(person=circle.member, **coming)

    page = browser_of(circle.member).get(session.get_absolute_url())

    assert (link in page.content.decode()) == has_button


def fill(circle: Circle, number: int) -> PracticeSession:
    """Make so many rows of everything, and return a session with so many of its own."""
    for _ in range(number):
        session = make_session(circle.community, starts_at=SOON)
        past = make_session(circle.community, starts_at=NOW - timedelta(days=400))
        for one in (session, past):
            one.topics.set([make_topic() for _ in range(number)])
    agenda.write(session=session, parts=[Part("One", 5, "", "")] * number)
    for _ in range(number):
        session.resources.add(make_resource(visibility="community", community=circle.community))
        make_resource(visibility="community", community=circle.community)
        agency = make_agency()
        circle.community.agencies.add(agency)
        Invitation.objects.create(
            session=session,
            person=make_member(agency),
            invited_at=NOW,
            answered_at=NOW,
            rsvp="yes",
        )
    return session


QUERIES = {  # of a visitor, a member and the facilitator
    "/communities/": [2, 6, 6],
    "{community}": [5, 13, 13],
    "{session}": [1, 14, 14],
    "/manage/sessions/": [0, 4, 6],
    "/manage/sessions/{slug}/": [0, 4, 12],
    "/manage/sessions/{slug}/edit/": [0, 4, 10],
}


def asked(person: User | AnonymousUser, path: str) -> int:
    """Return how often the database is asked for this person's page."""
    client = browser_of(person)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_much_for_many_as_for_one(circle: Circle, number: int):
    session = fill(circle, number)
    community = circle.community.get_absolute_url()
    words = {"community": community, "session": session.get_absolute_url(), "slug": session.slug}
    people = (AnonymousUser(), circle.member, circle.facilitator)

    counted = {
        address: [asked(person, address.format(**words)) for person in people]
        for address in QUERIES
    }

    assert counted == QUERIES


def test_newcomers_are_asked_with_a_bounded_number_of_questions(
    circle: Circle, django_assert_num_queries: DjangoAssertNumQueries
):
    make_session(circle.community, starts_at=SOON)
    invitations.invite_newcomers(now=NOW)

    with django_assert_num_queries(4):
        invitations.invite_newcomers(now=NOW)
