"""A colleague takes the seat that a coordinator keeps for them; questions follow the answers."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.entrance import verified
from tests.factories import make_agency, make_member, make_webinar
from tests.webinars.test_pages import SOON
from tests.webinars.test_questions import ask
from webinars import offering
from webinars.models import Webinar

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]


@pytest.fixture
def asked() -> tuple[Webinar, User]:
    """A webinar that asks, and somebody whom a coordinator wants to come."""
    webinar, agency = make_webinar(starts_at=SOON, title="Liens"), make_agency()
    speaker = make_member(agency, role="coordinator")
    person = make_member(agency, time_zone="America/Los_Angeles")
    verified(person)
    ask(webinar)
    now = datetime.now(UTC)
    offering.ask_colleagues(webinar=webinar, agency=agency, people=[person], by=speaker, now=now)
    return webinar, person


def test_colleague_answers_what_is_asked_and_takes_the_seat(
    page: Page, visit: Visit, sign_in: SignIn, asked: tuple[Webinar, User]
) -> None:
    webinar, person = asked
    sign_in(person)
    visit("/my/")
    page.click("text=Answer and take the seat")
    follow_up, cars = page.get_by_text("On what?", exact=True), page.get_by_label("Which cars?")

    expect(follow_up).to_be_hidden()
    page.click("label:has-text('Yes') >> nth=0")
    expect(follow_up).to_be_visible()
    page.click("label:has-text('Cars')")
    cars.fill("Vans")
    page.click("label:has-text('No') >> nth=0")
    expect(cars).to_be_hidden()
    page.click("label:has-text('Yes') >> nth=0")
    expect(cars).to_have_value("Vans")
    page.click("text=Yes, I take the seat")

    expect(page.locator("main")).to_contain_text("The seat is yours.")
    place = webinar.registrations.seated().get(person=person)
    assert [str(answer) for answer in place.answers.order_by("pk")] == ["yes", "Cars", "Vans"]
