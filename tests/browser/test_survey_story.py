"""An agency fills in the practice survey in a real browser, with scripts and without."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from agencies.models import Membership
from surveys import authoring, drafting
from surveys.entries import Entry
from surveys.models import Response
from tests.factories import PASSWORD, make_agency, make_member, make_response, make_wave
from tests.surveys import practice

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]


@pytest.fixture
def response() -> Response:
    """An agency is asked the real instrument."""
    now = datetime.now(UTC)
    survey = authoring.load(document=practice.instrument())
    wave = make_wave(survey, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    return make_response(wave, make_agency())


@pytest.fixture
def casey(response: Response) -> User:
    """The agency's coordinator, whose address is verified."""
    person = make_member(response.agency, name="Casey", role=Membership.Role.COORDINATOR)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def section(response: Response, key: str) -> str:
    """Return the address of one section."""
    return f"{response.wave.get_absolute_url()}?section={key}"


def field(key: str) -> str:
    """Return how to find a question's field."""
    return f"[name='value.{key}']"


def says(response: Response, key: str) -> Any:
    """Return what stands in an answer; None without one."""
    answer = response.answers.filter(question__key=key).first()
    return answer and (answer.not_reported or answer.value)


def save_as(person: User, response: Response, key: str, value: Any, seen: int = 0) -> None:
    """Let a colleague save an answer meanwhile."""
    question = response.wave.survey.questions.get(key=key)
    drafting.save_answer(
        response=response,
        question=question,
        entry=Entry(value),
        seen=seen,
        operation=practice.operation(),
        by=person,
        now=datetime.now(UTC),
    )


def test_an_answer_saves_as_one_types(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    sign_in(casey)
    page = visit(section(response, "intake"))

    page.fill(field("complaints_received"), "many")
    expect(page.locator("#q-complaints_received")).to_contain_text("You entered “many”.")
    expect(page.locator("#save-status")).to_contain_text("Not saved: one answer needs")
    page.fill(field("complaints_received"), "1,250")
    expect(page.locator("#save-status")).to_contain_text("Saved at")

    assert says(response, "complaints_received") == 1250
    expect(page.locator("#section-progress")).to_have_text("1 of 6")


def test_conditions_follow_as_one_answers(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    sign_in(casey)
    page = visit(section(response, "investigations"))
    share, file = page.locator("#q-agency_initiated_share"), page.locator("#q-manual_file")
    expect(share).to_be_hidden()

    page.fill(field("investigations_opened"), "0")
    expect(share).to_be_hidden()
    page.fill(field("investigations_opened"), "7")
    expect(share).to_be_visible()
    page.locator("#q-manual").get_by_text("Yes", exact=True).click()
    expect(file).to_be_visible()


def test_two_answers_stand_side_by_side_and_the_person_chooses(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    sign_in(casey)
    page = visit(section(response, "intake"))
    save_as(make_member(response.agency, name="Dana"), response, "complaints_received", 40)

    page.fill(field("complaints_received"), "41")
    clash = page.locator("#q-complaints_received [data-theirs]")
    expect(clash).to_contain_text("Dana saved another answer on")
    clash.get_by_role("button", name="Use mine").click()
    expect(page.locator("#save-status")).to_contain_text("Saved at")

    assert says(response, "complaints_received") == 41


def test_keeping_a_colleagues_answer_brings_it_to_the_page(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    sign_in(casey)
    page = visit(section(response, "intake"))
    save_as(make_member(response.agency, name="Dana"), response, "complaints_received", 40)

    page.fill(field("complaints_received"), "41")
    page.get_by_role("button", name="Keep theirs").click()

    expect(page.locator(field("complaints_received"))).to_have_value("40")
    expect(page.locator("#save-status")).to_contain_text("answer stays")
    assert says(response, "complaints_received") == 40


def test_a_lost_connection_loses_nothing(
    visit: Visit, sign_in: SignIn, response: Response, casey: User, context: BrowserContext
) -> None:
    sign_in(casey)
    page = visit(section(response, "intake"))

    context.set_offline(True)
    page.fill(field("complaints_received"), "12")
    expect(page.locator("#save-status")).to_contain_text("Not saved: no connection")
    context.set_offline(False)
    expect(page.locator("#save-status")).to_contain_text("Saved at", timeout=15000)

    assert says(response, "complaints_received") == 12


def test_an_ended_session_loses_nothing(
    visit: Visit, sign_in: SignIn, response: Response, casey: User, live_server: LiveServer
) -> None:
    sign_in(casey)
    page = visit(section(response, "intake"))

    Session.objects.all().delete()
    page.fill(field("complaints_received"), "12")
    expect(page.locator("#save-status")).to_contain_text("Not saved. You are signed out.")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    enter(opened.value, casey)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#save-status")).to_contain_text("Saved at")

    assert says(response, "complaints_received") == 12


def enter(page: Page, person: User) -> None:
    """Fill in the sign-in form that stands on the page."""
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
