"""What people enter by mistake, in a real browser: what was saved stays, what was typed stays."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from surveys import authoring, drafting
from surveys.entries import Entry
from surveys.models import Response
from tests.browser.entrance import enter, verified
from tests.factories import make_member
from tests.surveys import practice
from tests.surveys.scenes import make_open_response

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def response() -> Response:
    """An agency is asked the real instrument."""
    return make_open_response(authoring.load(document=practice.instrument()))


@pytest.fixture
def dana(response: Response) -> User:
    """Somebody of the agency whose address is verified."""
    return verified(make_member(response.agency, name="Dana"))


@pytest.fixture
def page(new_context: CreateContextCallback, live_server: LiveServer, dana: User) -> Page:
    """A browser in which that person is signed in."""
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/accounts/login/")
    enter(page, dana)
    page.wait_for_url("**/my/")
    return page


def open_section(page: Page, response: Response, key: str) -> None:
    """Open one section to fill in."""
    page.goto(f"{response.wave.get_absolute_url()}?section={key}")


def says(response: Response, key: str) -> Any:
    """Return what stands in an answer; None without one."""
    answer = response.answers.filter(question__key=key).first()
    return answer and answer.value


def save_as(person: User, response: Response, key: str, value: Any) -> None:
    """Let somebody save the first answer to a question meanwhile."""
    drafting.save_answer(
        response=response,
        question=response.wave.survey.questions.get(key=key),
        entry=Entry(value),
        seen=0,
        operation=practice.operation(),
        by=person,
        now=datetime.now(UTC),
    )


def test_going_back_to_what_was_saved_takes_the_error_away(page: Page, response: Response) -> None:
    open_section(page, response, "intake")
    number, status = (
        page.locator("[name='value.complaints_received']"),
        page.locator("#save-status"),
    )
    number.fill("1250")
    expect(status).to_contain_text("Saved at")

    number.fill("about 30")
    expect(page.locator("#q-complaints_received-error")).to_contain_text("Use digits only")
    expect(page.locator("#q-complaints_received [data-who]")).to_be_hidden()
    number.fill("1250")

    expect(page.locator("#q-complaints_received-error")).to_be_hidden()
    expect(page.locator("#q-complaints_received [data-who]")).to_be_visible()
    expect(status).to_have_text("Saved")


def test_a_day_that_is_typed_in_part_does_not_blank_the_answer(
    page: Page, response: Response, dana: User
) -> None:
    save_as(dana, response, "immigrant_protocol", "yes")
    save_as(dana, response, "immigrant_protocol_date", "2025-03-31")
    open_section(page, response, "retaliation")
    day = page.locator("[name='value.immigrant_protocol_date']")

    day.focus()
    page.keyboard.press("Backspace")
    expect(day).to_have_value("")
    expect(page.locator("#save-status")).to_contain_text("Not saved: one answer needs")
    page.get_by_role("button", name="Save and finish later").click()
    expect(page.locator("#q-immigrant_protocol_date-error")).to_contain_text("Enter the whole day")
    assert says(response, "immigrant_protocol_date") == "2025-03-31"

    day.fill("2025-04-30")
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    assert says(response, "immigrant_protocol_date") == "2025-04-30"


def test_the_answer_chosen_after_sending_the_form_saves_at_once(
    page: Page, response: Response
) -> None:
    open_section(page, response, "intake")
    page.route("**/answers/**", lambda route: route.abort())
    page.fill("[name='value.complaints_received']", "41")
    save_as(make_member(response.agency, name="Lee"), response, "complaints_received", 40)
    page.get_by_role("button", name="Save and go to section 3").click()
    expect(page.locator(".error-summary")).to_contain_text("Another answer was saved meanwhile.")
    page.unroute("**/answers/**")

    page.get_by_role("button", name="Use mine").click()

    expect(page.locator("#save-status")).to_contain_text("Saved at")
    assert says(response, "complaints_received") == 41


def test_one_is_told_of_ones_own_other_window(page: Page, response: Response, dana: User) -> None:
    open_section(page, response, "intake")
    save_as(dana, response, "complaints_received", 40)

    page.fill("[name='value.complaints_received']", "41")

    clash = page.locator("#q-complaints_received [data-theirs]")
    expect(clash).to_contain_text("You saved another answer on")
    expect(clash).to_contain_text("in another window")


def test_leaving_with_a_comment_that_was_not_added_asks_first(
    page: Page, response: Response
) -> None:
    open_section(page, response, "intake")
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)

    page.locator("#q-complaints_received details:has(textarea) summary").click()
    page.fill("[name='comment.complaints_received']", "Ask Lee.")
    page.get_by_role("link", name="Who does what").first.click()
    page.wait_for_url("**/overview/**")

    assert asked == ["beforeunload"]
