"""A person's own page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from agencies.models import Membership
from records.models import Attendance
from sessions.models import Invitation
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
    make_question,
    make_registration,
    make_response,
    make_session,
    make_survey,
    make_user,
    make_wave,
    make_webinar,
    midday,
)
from tests.webinars.test_pages import browser_of
from webinars import offering
from webinars.models import Webinar

SOON = midday(14)
LONG_AGO = SOON - timedelta(days=60)


def page_of(person: User) -> BeautifulSoup:
    """Return this person's own page."""
    client = Client()
    client.force_login(person)
    return BeautifulSoup(client.get("/my/").content, "html.parser")


def rows(page: BeautifulSoup, heading: str) -> list[str]:
    """Return what the rows under this heading say, without the dates."""
    return [
        " ".join(row.get_text(" ").split())
        for row in page.select(f"section[aria-labelledby={heading}] .ledger__body")
    ]


def test_first_visit_says_how_to_start() -> None:
    page = page_of(make_user())

    assert [one.get_text() for one in page.select("main h2")] == [
        "Welcome. Three ways to start",
        "Coming up",
        "My agency",
        "Messages to me",
    ]
    assert "Nothing is coming up for you." in page.get_text()


@pytest.mark.parametrize("runs", [True, False])
def test_who_runs_sessions_finds_them(runs: bool) -> None:
    person, community = make_user(), make_community()
    if runs:
        community.facilitators.add(person)

    page = page_of(person)

    places = [page.select_one(where) for where in ("#acct-menu", "main")]
    address = "a[href='/manage/sessions/']"
    assert [bool(one and one.select(address)) for one in places] == [runs, runs]


def test_places_and_invitations_stand_in_order_of_time() -> None:
    agency = make_agency()
    person = make_member(agency)
    session = make_session(make_community(agency), starts_at=SOON, title="Round table")
    Invitation.objects.create(session=session, person=person, invited_at=NOW)
    full = make_webinar(starts_at=SOON + timedelta(days=1), title="Full", capacity=1)
    make_registration(full, state="waitlisted")
    make_registration(full, person, state="waitlisted")
    first = make_webinar(starts_at=SOON - timedelta(days=1), title="First")
    make_registration(first, person)

    found = rows(page_of(person), "coming")

    assert [re.split(r" \d+:", row)[0] for row in found] == [
        "First Webinar You are registered",
        "Round table Community session You are invited",
        "Full Webinar Waitlist, number 2",
    ]


@pytest.mark.parametrize(
    ("rsvp", "words"), [("yes", "You said yes"), ("maybe", "You said maybe"), ("no", "You said no")]
)
def test_answer_to_an_invitation_is_shown(rsvp: str, words: str) -> None:
    agency = make_agency()
    person = make_member(agency)
    session = make_session(make_community(agency), starts_at=SOON)
    Invitation.objects.create(
        session=session, person=person, invited_at=NOW, rsvp=rsvp, answered_at=NOW
    )

    [row] = rows(page_of(person), "coming")

    assert words in row


def test_canceled_place_and_closed_webinar_are_not_shown() -> None:
    person = make_user()
    make_registration(make_webinar(starts_at=SOON), person, state="cancelled", cancelled_at=NOW)
    make_registration(make_webinar(starts_at=SOON, visibility="members"), person)

    assert rows(page_of(person), "coming") == []


def test_canceled_webinar_says_so() -> None:
    person = make_user()
    webinar = make_webinar(starts_at=SOON, state="cancelled", cancelled_at=NOW)
    make_registration(webinar, person)

    [row] = rows(page_of(person), "coming")

    assert "Webinar Canceled" in row


def test_past_ones_say_whether_the_person_came() -> None:
    person = make_user()
    for title, attended, days in (("Seen", True, 1), ("Missed", False, 2), ("Unknown", None, 3)):
        webinar = make_webinar(starts_at=LONG_AGO - timedelta(days=days), title=title)
        make_registration(webinar, person, attended=attended)
        Attendance.objects.create(webinar=webinar, person=person, attended=bool(attended))
    waited = make_webinar(starts_at=LONG_AGO)
    make_registration(waited, person, state="waitlisted")
    page = page_of(person)

    assert rows(page, "past") == [
        "Seen Webinar You came",
        "Missed Webinar You were registered",
        "Unknown Webinar You were registered",
    ]
    assert page.select(".panel .totals dd")[0].get_text() == "1"


def test_date_without_hours_invents_none() -> None:
    person = make_user()
    webinar = make_webinar(starts_at=None, held_on=SOON.date())
    make_registration(webinar, person)

    [row] = rows(page_of(person), "coming")

    assert "The time of day is not on record." in row


def test_times_stand_in_the_readers_zone_too() -> None:
    person = make_user(time_zone="America/Los_Angeles")
    starts_at = datetime(SOON.year + 1, 1, 14, 18, 0, tzinfo=UTC)
    make_registration(make_webinar(starts_at=starts_at), person)

    [row] = rows(page_of(person), "coming")

    assert "1:00 to 2:15 p.m. Eastern. Your time: " in row
    assert "10:00 to 11:15 a.m. Pacific." in row


@pytest.mark.parametrize(
    ("state", "words"),
    [("draft", "0 of 1 questions answered for Alder"), ("submitted", "Submitted")],
)
def test_survey_to_fill_in_comes_first(state: str, words: str) -> None:
    agency, survey = make_agency(name="Alder"), make_survey()
    make_question(survey)
    soon = datetime.now(UTC) + timedelta(days=3)
    wave = make_wave(survey, title="Practice survey", opens_at=LONG_AGO, closes_at=soon)
    submitted_at = NOW if state == "submitted" else None
    make_response(wave, agency, state=state, submitted_at=submitted_at)

    panel = page_of(make_member(agency)).select("main section")[0]

    assert words in " ".join(panel.get_text(" ").split())


def test_request_that_waits_says_so() -> None:
    person = make_user()
    Membership.objects.create(person=person, agency=make_agency(name="Alder"), asked_at=NOW)

    [panel] = page_of(person).select(".panel--tint")

    assert "Alder, CA Waiting for approval" in " ".join(panel.get_text(" ").split())


def offered(person: User, speaker: User, **fields: Any) -> Webinar:
    """Let a coordinator ask this person to come to a webinar, and return it."""
    webinar = make_webinar(**{"starts_at": SOON} | fields)
    agency = speaker.memberships.get().agency
    now = datetime.now(UTC)
    offering.ask_colleagues(webinar=webinar, agency=agency, people=[person], by=speaker, now=now)
    return webinar


def team() -> tuple[User, User]:
    """Return a coordinator and somebody of the same agency."""
    agency = make_agency()
    return make_member(agency, role="coordinator", name="Cy Coordinator"), make_member(
        agency, time_zone="America/Los_Angeles"
    )


def test_seat_that_a_colleague_wants_one_to_take_is_answered_here() -> None:
    speaker, person = team()
    webinar = offered(person, speaker, title="Liens")
    until = webinar.offers.get().until.astimezone(ZoneInfo("America/Los_Angeles"))
    page = page_of(person)
    [section] = page.select("section[aria-labelledby=seats]")
    text = " ".join(section.get_text(" ").split())
    client, [form] = browser_of(person), section.select("form")

    answer = client.post(str(form["action"]), {"take": "yes", "back": "my"}, follow=True)

    assert "Cy Coordinator asks you to come, and a seat is kept for you." in text
    assert re.search(rf"Please answer by .*{until.day}, .* Pacific \(.* Eastern\)\.", text)
    assert (answer.redirect_chain, webinar.registrations.seated().get().person) == (
        [("/my/", 302)],
        person,
    )


def test_seats_that_cannot_be_taken_are_not_shown() -> None:
    speaker, person = team()
    offered(person, speaker).offers.update(until=LONG_AGO)
    offered(person, speaker, visibility="members")
    Membership.objects.filter(person=person).update(status="ended", ended_at=NOW)

    assert page_of(person).select("section[aria-labelledby=seats]") == []


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_fifteen_questions(count: int, django_assert_num_queries) -> None:
    agency, survey = make_agency(), make_survey()
    person, speaker = make_member(agency), make_member(agency, role="coordinator")
    for days in range(count):
        make_registration(make_webinar(starts_at=SOON), person, state="waitlisted")
        make_registration(make_webinar(starts_at=LONG_AGO), person)
        offered(person, speaker)
        session = make_session(make_community(agency), starts_at=SOON)
        Invitation.objects.create(session=session, person=person, invited_at=NOW)
        closes_at = datetime.now(UTC) + timedelta(days=days + 1)
        make_response(make_wave(survey, opens_at=LONG_AGO, closes_at=closes_at), agency)
    client = Client()
    client.force_login(person)

    with django_assert_num_queries(15):
        client.get("/my/")

    assert Webinar.objects.count() == 3 * count
