"""What people see and press on a webinar's page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from ciwo_portal.middleware import BusyMiddleware
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_registration,
    make_user,
    make_webinar,
    midday,
)
from webinars import registration, scheduling
from webinars.models import Presenter, Registration, Webinar

SOON = midday(14)


def browser_of(person: User, *, is_proved: bool = True) -> Client:
    """Return a browser in which this person is signed in."""
    EmailAddress.objects.create(user=person, email=person.email, verified=is_proved, primary=True)
    client = Client()
    client.force_login(person)
    return client


def said(response) -> str:
    """Return the page's words without its head and foot, spaces joined."""
    [main] = BeautifulSoup(response.content, "html.parser").select("main")
    return " ".join(main.get_text(" ").split())


def press(client: Client, webinar: Webinar, word: str = "register") -> str:
    """Press a button of the webinar's page and return what the next page says."""
    return said(client.post(f"{webinar.get_absolute_url()}{word}/", follow=True))


def test_one_press_gives_a_seat_and_says_so() -> None:
    webinar, person = (
        make_webinar(starts_at=SOON, join_url="https://join.example.org/"),
        make_user(),
    )

    page = press(browser_of(person), webinar)

    assert f"A confirmation is on its way to {person.email}." in page
    assert "Your seat is held." in page
    assert "Join the webinar" in page


def test_place_in_line_is_said_and_the_join_link_is_not() -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1, join_url="https://join.example.org/")
    make_registration(webinar)
    for _ in range(2):
        make_registration(webinar, state="waitlisted")

    page = press(browser_of(make_user()), webinar)

    assert "All seats are taken. You are number 3 in line." in page
    assert "Join the webinar" not in page


def test_canceling_and_registering_again_are_one_press_each() -> None:
    webinar, client = make_webinar(starts_at=SOON), browser_of(make_user())
    press(client, webinar)

    assert "Your place is canceled." in press(client, webinar, "cancel")
    assert "Your seat is held." in press(client, webinar)


def test_visitor_is_led_through_sign_in_and_back() -> None:
    webinar = make_webinar(starts_at=SOON)
    address = f"{webinar.get_absolute_url()}register/"

    asked = Client().post(address)
    back = browser_of(make_user()).get(address, follow=True)

    assert asked.headers["Location"] == f"/accounts/login/?next={address}"
    assert "Register for this webinar" in said(back)


def test_unproved_address_is_told_to_prove_it_first() -> None:
    webinar = make_webinar(starts_at=SOON)

    page = press(browser_of(make_user(), is_proved=False), webinar)

    assert "Prove your e-mail address first, then register." in page
    assert webinar.registrations.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "cancelled", "cancelled_at": SOON}, "This webinar was canceled meanwhile."),
        ({"starts_at": SOON - timedelta(days=15)}, "Registration has closed."),
    ],
)
def test_too_late_is_said(fields, words: str) -> None:
    webinar = make_webinar(**{"starts_at": SOON} | fields)

    page = press(browser_of(make_user()), webinar)

    assert (words in page, webinar.registrations.count()) == (True, 0)


def test_place_in_a_webinar_that_is_over_stays() -> None:
    place = make_registration(make_webinar(starts_at=SOON - timedelta(days=15)))

    page = press(browser_of(place.person), place.webinar, "cancel")

    assert "The webinar is over: nothing was changed." in page
    assert Registration.objects.get().state == "registered"


@pytest.mark.parametrize("word", ["", "register/", "cancel/"])
@pytest.mark.parametrize("visibility", ["members", "community"])
def test_closed_webinar_is_not_there_for_others(visibility: str, word: str) -> None:
    community = make_community(make_agency())
    webinar = make_webinar(starts_at=SOON, visibility=visibility, community=community)

    answer = browser_of(make_user()).get(webinar.get_absolute_url() + word)

    assert answer.status_code == 404


def test_agency_staff_register_for_what_is_theirs() -> None:
    webinar = make_webinar(starts_at=SOON, visibility="members")

    assert "Your seat is held." in press(browser_of(make_member()), webinar)


def test_join_link_is_for_seats_and_organisers_until_the_end() -> None:
    live, past = (
        make_webinar(starts_at=datetime.now(UTC) - timedelta(hours=hours)) for hours in (1, 3)
    )
    person = make_registration(live).person
    make_registration(past, person)
    seated, organiser, other = (
        browser_of(one) for one in (person, make_user(is_organiser=True), make_user())
    )

    shown = [
        ["Join the webinar" in said(client.get(one.get_absolute_url())) for one in (live, past)]
        for client in (seated, organiser, other)
    ]

    assert shown == [[True, False], [True, False], [False, False]]


def test_offered_seat_is_taken_by_a_press() -> None:
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(hours=1), capacity=1)
    seated, waits = (make_registration(webinar, state=one) for one in ("registered", "waitlisted"))
    registration.cancel(webinar=webinar, person=seated.person, now=datetime.now(UTC))
    client = browser_of(waits.person)

    offered = said(client.get(webinar.get_absolute_url()))

    assert "A seat is free, and it is kept for you." in offered
    assert "Your seat is held." in press(client, webinar)


@contextmanager
def somebody_holds(webinar: Webinar) -> Iterator[None]:
    """Hold the webinar's row from another connection."""
    is_held, may_end = Event(), Event()

    def run() -> None:
        with transaction.atomic():
            registration.hold(webinar)
            is_held.set()
            may_end.wait(30)
        connection.close()

    other = Thread(target=run)
    other.start()
    is_held.wait(30)
    try:
        yield
    finally:
        may_end.set()
        other.join()


@pytest.mark.django_db(transaction=True)
def test_turn_that_did_not_come_loses_nothing() -> None:
    webinar, client = make_webinar(starts_at=SOON), browser_of(make_user())
    address = f"{webinar.get_absolute_url()}register/"
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")

    with somebody_holds(webinar):
        busy = client.post(address, {"kept": ["what", "I wrote"]})
    sent = BeautifulSoup(busy.content, "html.parser").select(
        "main > :not([data-zone-offer]) input[type=hidden]"
    )
    again = {one["name"]: one["value"] for one in sent if one["name"] == "kept"}
    page = said(client.post(address, again, follow=True))

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert [one["value"] for one in sent[1:]] == ["what", "I wrote"]
    assert "Your seat is held." in page
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def test_other_faults_of_the_database_are_not_called_busy() -> None:
    middleware = BusyMiddleware(lambda request: HttpResponse())

    assert [
        middleware.process_exception(RequestFactory().get("/"), fault)
        for fault in (OperationalError("gone"), ValueError("else"))
    ] == [None, None]


@pytest.fixture
def webinar_with() -> Callable[[int], Webinar]:
    """Make a webinar with so many places, presenters and topics."""

    def make(rows: int) -> Webinar:
        webinar = make_webinar(starts_at=SOON)
        for _ in range(rows):
            make_registration(webinar)
            Presenter.objects.create(webinar=webinar, name="Ann", agency=make_agency())
        return webinar

    return make


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_one_asks_nine_questions(rows: int, webinar_with, django_assert_num_queries):
    webinar, client = webinar_with(rows), browser_of(make_user())

    with django_assert_num_queries(9):
        client.get(webinar.get_absolute_url())


@pytest.mark.parametrize("rows", [1, 3])
def test_pressing_register_asks_nine_questions(rows: int, django_assert_num_queries):
    webinar, client = make_webinar(starts_at=SOON, capacity=5), browser_of(make_user())
    for _ in range(rows):
        make_registration(webinar)

    with django_assert_num_queries(9 + 2):  # and where the change begins and ends
        client.post(f"{webinar.get_absolute_url()}register/")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_six_questions(rows: int, django_assert_num_queries):
    for days in range(rows):
        make_webinar(starts_at=SOON + timedelta(days=days))
        make_webinar(starts_at=SOON - timedelta(days=20 + days))

    with django_assert_num_queries(6):
        Client().get("/webinars/?page=1")


def test_canceled_webinar_says_why() -> None:
    webinar = make_webinar(starts_at=SOON)
    scheduling.cancel(webinar=webinar, reason="A storm.", now=datetime.now(UTC))

    page = said(Client().get(webinar.get_absolute_url()))

    assert "This webinar was canceled" in page
    assert "A storm." in page
    assert "Register for this webinar" not in page


def test_headings_of_a_description_stand_below_one_of_the_page(client: Client):
    webinar = make_webinar(description="# What we will cover\n\nLiens.")

    page = BeautifulSoup(client.get(webinar.get_absolute_url()).content, "html.parser")

    assert [one.name for one in page.select("main h1, main h2, main h3")][:3] == ["h1", "h2", "h3"]
