"""The door of a webinar: who is let in when, and where its links stand."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache

from events import zones
from notifications import delivering
from tests.browsers import Client
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_messages import calendar_of
from tests.webinars.test_pages import SOON, browser_of, press, said
from webinars import join_links, registration, reminders
from webinars.join_links import Door
from webinars.models import Registration, Webinar


@pytest.fixture(autouse=True)
def _nothing_guessed() -> None:
    """No test counts what another has guessed."""
    cache.clear()


TOOL = "https://meet.example.org/j/42?pwd=secret"


def webinar_in(minutes: float, **fields: Any) -> Webinar:
    """Make a webinar that starts in so many minutes and lasts for an hour."""
    start = datetime.now(UTC) + timedelta(minutes=minutes)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    return make_webinar(**{"join_url": TOOL} | times | fields)


def path_of(place: Registration) -> str:
    """Return the path of a place's join link."""
    return urlsplit(join_links.url(place)).path


@pytest.mark.parametrize(
    ("minutes", "fields", "words"),
    [
        (14, {}, "Join the webinar"),
        (-59, {}, "Join the webinar"),
        (16, {}, "You are early"),
        (-61, {}, "This webinar is over"),
        (14, {"state": "cancelled", "cancelled_at": SOON}, "This webinar was canceled"),
        (14, {"join_url": ""}, "The meeting is not set up yet"),
    ],
)
def test_link_opens_a_quarter_of_an_hour_before(minutes: float, fields, words: str) -> None:
    place = make_registration(webinar_in(minutes, **fields))
    visitor = Client(enforce_csrf_checks=True)

    shown, pressed = visitor.get(path_of(place)), visitor.post(path_of(place))

    is_open = words == "Join the webinar"
    assert words in said(shown)
    assert pressed.get("Location") == (TOOL if is_open else None)
    place.refresh_from_db()
    assert bool(place.entered_at) == is_open


def test_opening_the_link_changes_nothing_and_shows_no_address() -> None:
    place = make_registration(webinar_in(5))

    answer = Client().get(path_of(place))

    token = path_of(place).split("/")[2]
    place.refresh_from_db()
    assert place.entered_at is None
    assert re.fullmatch(r"[^/\s]{40,}", token)  # what logs leave out of an address
    assert [part in answer.content.decode() for part in (TOOL, "meet.example", token)] == [
        False
    ] * 3
    assert {name: answer[name] for name in ("Referrer-Policy", "X-Robots-Tag")} == {
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert "no-store" in answer["Cache-Control"]


def test_too_early_says_when_in_both_zones() -> None:
    start = datetime(SOON.year + 1, 1, 14, 18, tzinfo=UTC)
    webinar = make_webinar(starts_at=start, ends_at=start + timedelta(hours=1), join_url=TOOL)
    place = make_registration(webinar, make_user(time_zone="Pacific/Honolulu"))

    page = said(Client().get(path_of(place)))

    assert re.search(r"You can join on \w+, January 14, \d+, at 7:45 a\.m\. Hawaii", page)
    assert "1:00 to 2:00 p.m. Eastern (organizer's time)" in page
    assert "8:00 to 9:00 a.m. Hawaii" in page


@pytest.mark.parametrize(
    ("zone", "day", "opens"),
    [
        # 1 p.m. in New York; the clocks of most states change in the night before
        ("America/New_York", "2026-03-08", "12:45 p.m. Eastern"),
        ("America/Phoenix", "2026-03-08", "9:45 a.m. Arizona"),
        ("Pacific/Honolulu", "2026-03-08", "6:45 a.m. Hawaii"),
        ("America/Puerto_Rico", "2026-03-08", "12:45 p.m. Atlantic (Puerto Rico)"),
        ("America/Phoenix", "2026-11-01", "10:45 a.m. Arizona"),
        ("Pacific/Honolulu", "2026-11-01", "7:45 a.m. Hawaii"),
        ("America/Puerto_Rico", "2026-11-01", "1:45 p.m. Atlantic (Puerto Rico)"),
    ],
)
def test_door_opens_at_the_readers_time_when_clocks_change(zone: str, day: str, opens: str):
    start = datetime.fromisoformat(f"{day}T13:00").replace(tzinfo=ZoneInfo("America/New_York"))
    webinar = make_webinar(starts_at=start, ends_at=start + timedelta(hours=1), join_url=TOOL)
    opening = join_links.opening(webinar, is_host=False)
    assert opening is not None
    the_day_before = start - timedelta(days=1)

    words = zones.start_in_words(opening, zone, the_day_before)

    doors = [
        join_links.door(webinar, opening - timedelta(seconds=late), is_host=True, place=None)
        for late in (45 * 60 + 1, 45 * 60)
    ]
    assert words == f"tomorrow at {opens}"
    assert doors == [Door.EARLY, Door.OPEN]  # an hour before the start


def test_link_ends_with_the_place_and_a_new_place_has_a_new_one() -> None:
    place = make_registration(webinar_in(5))
    old, now = path_of(place), datetime.now(UTC) - timedelta(minutes=20)
    registration.cancel(webinar=place.webinar, person=place.person, now=now)
    given_up = Client().post(old)

    again = registration.register(webinar=place.webinar, person=place.person, now=now)
    answers = [Client().get(path).status_code for path in (old, path_of(again))]

    assert given_up.status_code == 404
    assert "the seat was given up since" in said(given_up)
    assert answers == [404, 200]


@pytest.mark.parametrize("state", ["waitlisted", "pending"])
def test_who_has_no_seat_is_not_let_in(state: str) -> None:
    place = make_registration(webinar_in(5), state=state)

    answer = Client().post(path_of(place))

    assert "You have no seat in this webinar" in said(answer)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
        lambda token: token.split(".")[0],
        lambda token: "x",
    ],
)
def test_forged_links_open_nothing(spoil) -> None:
    token = path_of(make_registration(webinar_in(5))).split("/")[2]

    answer = Client().post(f"/join/{spoil(token)}/")

    assert (answer.status_code, "This link opens no seat" in said(answer)) == (404, True)


def test_who_may_not_see_the_webinar_any_more_is_not_let_in() -> None:
    gone = make_registration(webinar_in(5, visibility="members"))
    closed = make_registration(webinar_in(5), make_user(is_active=False))

    assert [Client().post(path_of(one)).status_code for one in (gone, closed)] == [404, 404]


def test_guessing_is_slowed_down_and_good_links_are_not() -> None:
    place = make_registration(webinar_in(5))

    guesses = [Client().get(f"/join/{number}/").status_code for number in range(21)]

    assert guesses == [404] * 20 + [429]
    assert Client().get(path_of(place)).status_code == 200


def test_signed_in_reader_joins_without_the_link() -> None:
    webinar = webinar_in(50)
    seated, host, other = (
        browser_of(one)
        for one in (
            make_registration(webinar).person,
            make_user(is_organiser=True),
            make_user(),
        )
    )
    address = f"{webinar.get_absolute_url()}join/"

    early = [said(client.get(address)) for client in (seated, host, other)]
    policy = seated.get(address)["Referrer-Policy"]
    Webinar.objects.update(starts_at=datetime.now(UTC))
    pressed = [client.post(address).get("Location") for client in (seated, host, other)]

    words = ("You are early", "Join the webinar", "You have no seat in this webinar")
    assert [word in page for word, page in zip(words, early, strict=True)] == [True] * 3
    assert pressed == [TOOL, TOOL, None]
    assert policy == "same-origin"  # without a referrer no proof of origin comes with the form


def test_address_of_the_tool_stands_nowhere_but_in_the_form(postbox: Postbox) -> None:
    webinar = webinar_in(14 * 60, slug="liens")
    host, person = browser_of(make_user(is_organiser=True)), make_user()
    client = browser_of(person)
    press(client, webinar)
    reminders.queue_due(now=datetime.now(UTC))
    delivering.drain()
    paths = ("/webinars/liens/", "/my/", "/webinars/liens/join/", "/webinars/")
    feeds = ("/webinars/calendar.ics", "/webinars/liens/calendar.ics", "/webinars/feed/")
    manage = ("/manage/", "/manage/webinars/", "/manage/webinars/liens/")

    pages = [client.get(path).content.decode() for path in (*paths, *feeds)]
    pages += [host.get(path).content.decode() for path in (*paths, *manage)]
    mails = [part for one in postbox.received for part in _texts(one)]

    token = path_of(webinar.registrations.get(person=person)).split("/")[2]
    assert [page for page in (*pages, *mails) if "meet.example.org" in page] == []
    assert [page for page in pages if token in page] == []
    assert len([text for text in mails if token in text.replace("\r\n ", "")]) == len(mails) == 4
    form = host.get("/manage/webinars/liens/edit/").content.decode()
    assert "meet.example.org/j/42" in form


def test_calendar_entry_leads_to_the_personal_link(postbox: Postbox) -> None:
    webinar, person = webinar_in(60 * 24 * 9), make_user()
    place = registration.register(webinar=webinar, person=person, now=datetime.now(UTC))

    delivering.drain()

    [message] = postbox.received
    assert str(calendar_of(message)[1]["location"]) == join_links.url(place)


def test_browser_may_follow_the_button_to_the_tool() -> None:
    answer = Client().get(path_of(make_registration(webinar_in(5))))

    [rule] = re.findall(r"form-action ([^;]+)", answer["Content-Security-Policy"])
    assert set(rule.split()) == {"'self'", "https:", "http:"}
    assert BeautifulSoup(answer.content, "html.parser").select("main form [name]") == []


def _texts(message: Any) -> list[str]:
    """Return each of the message's texts as a reader's program sees it."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    return [part.get_payload(decode=True).decode() for part in parts]
