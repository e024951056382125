"""The page that a mail opens: it says how things stand, and only a press changes them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from notifications import delivering
from tests.browsers import Client
from tests.factories import make_agency, make_member, make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_messages import words_of
from tests.webinars.test_pages import SOON, browser_of, said
from webinars import offering, personal, registration
from webinars.models import Registration, Webinar

State = Registration.State


def path_of(place: Registration) -> str:
    """Return the path of the place's page."""
    return personal.path(place.webinar, place.person)


def press(path: str, button: str) -> str:
    """Press a button in a browser that nobody is signed in with; return what the page says."""
    return said(Client().post(path, {button: "yes"}, follow=True))


def test_link_in_the_confirmation_opens_the_page_and_changes_nothing(postbox: Postbox) -> None:
    webinar, person = make_webinar(starts_at=SOON), make_user(name="Pat Doe")
    registration.register(webinar=webinar, person=person, now=datetime.now(UTC))
    delivering.drain()
    [path] = re.findall(r"http://127.0.0.1:8000(/places/\S+)", words_of(postbox.received[0]))

    page = Client().get(path)

    assert "This is the place of Pat Doe." in said(page)
    assert "Give up my place" in said(page)
    assert "no-store" in page.headers["Cache-Control"]
    assert Registration.objects.get().state == State.REGISTERED


@pytest.mark.parametrize("state", [State.REGISTERED, State.WAITLISTED])
def test_press_gives_the_place_up(state: str) -> None:
    place = make_registration(make_webinar(starts_at=SOON), state=state)

    page = press(path_of(place), "leave")

    assert "Your place is canceled." in page
    assert "You have no place in this webinar." in page
    assert Registration.objects.get().state == State.CANCELLED


def test_page_asks_for_the_token_that_every_form_carries() -> None:
    place = make_registration(make_webinar(starts_at=SOON))

    answer = Client(enforce_csrf_checks=True).post(path_of(place), {"leave": "yes"})

    assert (answer.status_code, Registration.objects.get().state) == (403, State.REGISTERED)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts_at": SOON - timedelta(days=20)}, "The webinar is over."),
        ({"state": "cancelled", "cancelled_at": SOON}, "This webinar was canceled"),
    ],
)
def test_page_that_comes_too_late_says_so(fields, words: str) -> None:
    place = make_registration(make_webinar(**{"starts_at": SOON} | fields))

    page = Client().get(path_of(place))

    assert words in said(page)
    assert b"<button" not in page.content.partition(b"<main")[2].partition(b"</main>")[0]


def test_press_that_comes_too_late_changes_nothing() -> None:
    place = make_registration(make_webinar(starts_at=SOON - timedelta(days=20)))

    page = press(path_of(place), "leave")

    assert "Nothing was changed: it is too late for that." in page
    assert Registration.objects.get().state == State.REGISTERED


@pytest.mark.parametrize("forge", [lambda token: token[:-1] + "A" * 2, lambda token: "none"])
def test_forged_link_opens_nothing(forge) -> None:
    token = path_of(make_registration(make_webinar(starts_at=SOON))).split("/")[2]

    assert Client().get(f"/places/{forge(token)}/").status_code == 404


def test_link_of_somebody_who_may_not_know_the_webinar_opens_nothing() -> None:
    webinar, person = make_webinar(starts_at=SOON, visibility="members"), make_user()

    assert Client().get(personal.path(webinar, person)).status_code == 404


def test_who_left_the_agency_can_still_give_up_the_seat() -> None:
    place = make_registration(make_webinar(starts_at=SOON, visibility="members"))

    assert "Your place is canceled." in press(path_of(place), "leave")
    assert Registration.objects.get().state == State.CANCELLED


def late() -> tuple[Webinar, User]:
    """Return a webinar in an hour and somebody to whom its free seat is offered."""
    now = datetime.now(UTC)
    webinar = make_webinar(starts_at=now + timedelta(hours=1), capacity=1)
    seated, waits = (make_registration(webinar, state=one) for one in ("registered", "waitlisted"))
    registration.cancel(webinar=webinar, person=seated.person, now=now)
    return webinar, waits.person


@pytest.mark.parametrize(
    ("button", "words", "state"),
    [
        ("take", "The seat is yours.", State.REGISTERED),
        ("decline", "Thank you for saying so.", State.CANCELLED),
    ],
)
def test_offer_is_answered_from_the_mail(button: str, words: str, state: str) -> None:
    webinar, person = late()
    path = personal.path(webinar, person)
    shown = said(Client().get(path))

    page = press(path, button)

    assert "A seat is free, and it is kept for you." in shown
    assert (words in page, webinar.registrations.get(person=person).state) == (True, state)


def test_offer_that_has_lapsed_is_not_given() -> None:
    webinar, person = late()
    webinar.offers.update(until=datetime.now(UTC))

    assert "The seat is not kept for you any more" in press(personal.path(webinar, person), "take")


def colleagues() -> tuple[Webinar, User, User]:
    """Return a webinar, who has a seat, and a colleague."""
    webinar, agency = make_webinar(starts_at=SOON), make_agency()
    seated, colleague = make_member(agency), make_member(agency, name="Kim Colleague")
    make_registration(webinar, seated)
    return webinar, seated, colleague


def test_substitute_is_named_on_a_page_and_answers_on_another() -> None:
    webinar, seated, colleague = colleagues()
    client, address = browser_of(seated), f"{webinar.get_absolute_url()}substitute/"

    named = said(client.post(address, {"colleague": colleague.pk}, follow=True))
    asked = said(Client().get(personal.path(webinar, colleague)))
    page = press(personal.path(webinar, colleague), "take")

    assert "Kim Colleague is asked by e-mail." in named
    assert "cannot come and asks you to take the seat." in asked
    assert "The seat is yours." in page
    assert [place.person for place in webinar.registrations.seated()] == [colleague]


def test_substitute_page_names_nobody_of_another_agency() -> None:
    webinar, seated, _ = colleagues()
    stranger = make_member(name="Sal Stranger")
    client, address = browser_of(seated), f"{webinar.get_absolute_url()}substitute/"

    page = client.post(address, {"colleague": stranger.pk})

    assert "Sal Stranger" not in said(page)
    assert webinar.offers.count() == 0


def test_seat_can_be_kept_after_all() -> None:
    webinar, seated, colleague = colleagues()
    client, address = browser_of(seated), f"{webinar.get_absolute_url()}substitute/"
    client.post(address, {"colleague": colleague.pk})

    page = said(client.post(address, {"keep": "yes"}, follow=True))

    assert "The seat stays yours." in page
    with pytest.raises(offering.NoOffer):
        offering.accept(webinar=webinar, person=colleague, now=datetime.now(UTC))


def test_who_has_no_seat_cannot_give_one() -> None:
    webinar = make_webinar(starts_at=SOON)

    page = said(browser_of(make_member()).get(f"{webinar.get_absolute_url()}substitute/"))

    assert "You hold no seat in this webinar." in page
