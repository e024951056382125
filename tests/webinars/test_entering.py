"""A seat that one is asked to take asks what registering asks, on the same page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from agencies.models import Membership
from tests.browsers import Client
from tests.factories import make_agency, make_member, make_registration, make_webinar
from tests.webinars.test_pages import SOON, browser_of, said
from tests.webinars.test_questions import wanted
from webinars import offering, personal, questions, registration
from webinars.models import AccessNeed, Offer, Registration, Webinar

State = Registration.State


def asked_by_coordinator(**fields: Any) -> tuple[Webinar, User]:
    """Return a webinar with a required question, and who a coordinator wants to come."""
    webinar, agency = make_webinar(starts_at=SOON, **fields), make_agency()
    speaker = make_member(agency, role=Membership.Role.COORDINATOR)
    person = make_member(agency)
    ask(webinar)
    now = datetime.now(UTC)
    offering.ask_colleagues(webinar=webinar, agency=agency, people=[person], by=speaker, now=now)
    return webinar, person


def asked_as_substitute(**fields: Any) -> tuple[Webinar, User]:
    """Return a webinar with a required question, and who is asked to come in another's stead."""
    webinar, agency = make_webinar(starts_at=SOON, **fields), make_agency()
    seated, person = make_member(agency), make_member(agency)
    make_registration(webinar, seated)
    ask(webinar)
    offering.name_substitute(
        webinar=webinar, person=seated, colleague=person, frees_seat=False, now=datetime.now(UTC)
    )
    return webinar, person


def asked_from_the_line(**fields: Any) -> tuple[Webinar, User]:
    """Return a webinar that has begun to ask, and the first of its line."""
    now = datetime.now(UTC)
    webinar = make_webinar(starts_at=now + timedelta(hours=1), capacity=1, **fields)
    seated, waits = (make_registration(webinar, state=one) for one in ("registered", "waitlisted"))
    ask(webinar)
    registration.cancel(webinar=webinar, person=seated.person, now=now)
    return webinar, waits.person


def ask(webinar: Webinar) -> None:
    """Ask one question that must be answered."""
    questions.ask(owner=webinar, wanted=[wanted("Used liens?", "yes_no", is_required=True)])


EVERY_WAY = [asked_by_coordinator, asked_as_substitute, asked_from_the_line]


@pytest.mark.parametrize("scene", EVERY_WAY)
def test_no_seat_is_taken_without_the_required_answer(scene) -> None:
    webinar, person = scene()
    path = personal.path(webinar, person)

    page = said(Client().post(path, {"take": "yes"}))

    assert "Answer this question." in page or "This field is required." in page
    assert not webinar.registrations.seated().filter(person=person).exists()
    assert Offer.objects.get(person=person).state == Offer.State.OPEN


@pytest.mark.parametrize("scene", EVERY_WAY)
def test_seat_is_taken_with_the_answer(scene) -> None:
    webinar, person = scene()
    path, question = personal.path(webinar, person), webinar.questions.get()
    shown = said(Client().get(path))

    page = said(Client().post(path, {"take": "yes", f"question_{question.pk}": "yes"}, follow=True))

    place = webinar.registrations.seated().get(person=person)
    assert ("Used liens?" in shown, "The seat is yours." in page) == (True, True)
    assert [str(answer) for answer in place.answers.all()] == ["yes"]


@pytest.mark.parametrize("scene", EVERY_WAY)
def test_no_needs_no_answers(scene) -> None:
    webinar, person = scene()

    page = said(Client().post(personal.path(webinar, person), {"decline": "yes"}, follow=True))

    assert "Thank you for saying so." in page


def test_who_waits_and_has_answered_is_not_asked_again() -> None:
    webinar, person = asked_from_the_line()
    place, question = webinar.registrations.get(person=person), webinar.questions.get()
    place.answers.create(question=question, values=["no"])
    path = personal.path(webinar, person)
    shown = said(Client().get(path))

    page = said(Client().post(path, {"take": "yes"}, follow=True))

    assert ("Used liens?" in shown, "The seat is yours." in page) == (False, True)
    assert [str(answer) for answer in place.answers.all()] == ["no"]


def test_needs_are_asked_of_newcomers_and_kept(organiser: User) -> None:
    webinar, person = asked_by_coordinator(access_contact=organiser)
    path, question = personal.path(webinar, person), webinar.questions.get()
    data = {"take": "yes", f"question_{question.pk}": "no", "access": ["cart"]}
    shown = said(Client().get(path))

    Client().post(path, data)

    assert "What you need to take part" in shown
    assert AccessNeed.objects.get().registration.person == person


def test_needs_are_not_shown_to_whoever_has_the_link(organiser: User) -> None:
    webinar, person = asked_from_the_line(access_contact=organiser, access_hours=0)
    place, question = webinar.registrations.get(person=person), webinar.questions.get()
    place.access_needs.create(kind="asl", note="Close up", asked_at=datetime.now(UTC))
    path = personal.path(webinar, person)

    page = said(Client().get(path))
    Client().post(path, {"take": "yes", f"question_{question.pk}": "no"})

    assert ("Used liens?" in page, "Close up" in page) == (True, False)
    assert AccessNeed.objects.get().note == "Close up"


def test_page_of_the_webinar_leads_to_the_questions() -> None:
    webinar, person = asked_by_coordinator()
    client = browser_of(person)

    page = client.get(webinar.get_absolute_url())
    declined = client.post(personal.path(webinar, person), {"decline": "yes", "back": "webinar"})

    assert "Answer and take the seat" in said(page)
    assert declined.headers["Location"] == webinar.get_absolute_url()


def test_press_comes_back_to_no_address_but_ours() -> None:
    webinar, person = asked_by_coordinator()
    path = personal.path(webinar, person)

    answer = Client().post(path, {"decline": "yes", "back": "https://evil.example.org/"})

    assert answer.headers["Location"] == path
