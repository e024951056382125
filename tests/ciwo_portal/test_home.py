"""The first page: what is coming, the newest year on record, the topics."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from ciwo_portal import directory, programme
from ciwo_portal.management.commands import import_agencies, import_programme
from tests.browsers import Client
from tests.factories import make_topic, make_webinar, midday

SOON = midday(10)


@pytest.fixture
def _record() -> None:
    directory.load(import_agencies.DOCUMENT)
    programme.load(import_programme.DOCUMENT)


def home(client: Client) -> Any:
    return BeautifulSoup(client.get("/").content, "html.parser")


@pytest.mark.usefixtures("_record")
def test_home_shows_the_year_on_record(client: Client):
    soup = home(client)

    webinars, sessions = [kind.get_text("", strip=True) for kind in soup.select(".ystrip .k")]
    partner = "in partnership with the Center for Law and Social Policy"
    assert webinars == f"5 webinars, {partner}, with 100-120 participants on average"
    assert sessions == "4 community sessions, small-group conversations"
    days = [
        [link.find(string=True, recursive=False) for link in half.select("a")]
        for half in soup.select(".ystrip tbody")
    ]
    assert days == [["7", "3", "6", "31", "20"], ["2", "6", "26", "19"]]
    assert len(soup.select(".places li")) == 7
    assert len(soup.select(".places a")) == 6
    assert "a.m." not in soup.main.text
    assert "p.m." not in soup.main.text


@pytest.mark.usefixtures("_record")
def test_home_counts_what_hangs_on_each_topic(client: Client):
    counted = {
        item.h3.text: item.select_one(".small").text.strip()
        for item in home(client).select("li:has(> h3)")
    }

    assert counted == {
        "Intake, complaint and triage": "1 webinar",
        "Investigations": "1 webinar",
        "Collections": "1 webinar, 1 session",
        "Settlement agreement content and negotiation": "1 session",
        "Joint employer liability and multi-jurisdictional cooperation": "1 session",
        "Protecting vulnerable workers from retaliation": "1 webinar, 1 session",
        "Strategic enforcement": "1 webinar",
        "Co-enforcement": "Nothing held yet",
    }


def test_home_shows_the_next_webinar_and_those_after_it(client: Client):
    for number in (3, 1, 2):
        make_webinar(title=f"Number {number}", starts_at=SOON + timedelta(days=number))
    make_webinar(title="For members", starts_at=SOON, visibility="members")

    hero = home(client).select_one(".hero .stack")

    assert [link.text for link in hero.select("a")] == [
        "Number 1",
        "See details and register",
        "Number 2",
        "Number 3",
        "All webinars",
    ]


def test_home_says_that_the_next_webinar_is_canceled(client: Client):
    make_webinar(title="Liens", starts_at=SOON, state="cancelled", cancelled_at=SOON)

    ticket = home(client).select_one(".ticket")

    assert [tag.text for tag in ticket.select(".tag")] == ["Canceled"]
    assert ticket.select_one(".usa-button").text == "See details"


def test_home_of_an_empty_portal_helps(client: Client):
    soup = home(client)

    assert "None is announced yet." in soup.select_one(".ticket").text
    assert [heading.text for heading in soup.select("main h2")] == [
        "Topics",
        "Who takes part",
        "How to join",
    ]


@pytest.mark.usefixtures("_record")
def test_home_shows_what_was_held_after_the_year_on_record(client: Client):
    make_webinar(title="Bonds", starts_at=None, held_on=date(2018, 3, 1))

    latest = home(client).select_one("[aria-labelledby=latest-h]")

    assert [heading.text for heading in latest.select("h3")] == ["Bonds"]


def test_home_shows_times_in_the_zone_of_who_is_signed_in(client: Client, participant: User):
    participant.time_zone = "America/Los_Angeles"
    participant.save()
    make_webinar(starts_at=datetime(SOON.year + 1, 1, 14, 18, tzinfo=UTC))
    client.force_login(participant)

    own = home(client).select_one(".yourtime").text

    assert own.endswith("10:00 to 11:15 a.m. Pacific")


def test_sign_up_is_for_those_without_an_account(client: Client, participant: User):
    visitor = home(client).select("main a[href='/accounts/signup/']")
    client.force_login(participant)
    signed_in = home(client).select("main a[href='/accounts/signup/']")

    assert (len(visitor), len(signed_in)) == (1, 0)


def test_topics_page_lists_all_of_them(client: Client):
    make_topic(name="Second", position=2)
    make_topic(name="First", position=1)

    soup = BeautifulSoup(client.get("/topics/").content, "html.parser")

    assert [heading.text for heading in soup.select("main h3")] == ["First", "Second"]
