"""An organizer looks at a questionnaire as everybody who will meet it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from surveys.models import Answer, Response, Survey, Wave
from surveys.previewing import PAGES
from tests.browser.entrance import verified
from tests.factories import make_question
from tests.surveys.test_preview_views import address

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
IF_YES = {"all": [{"question": "q", "operator": "equals", "value": "yes"}]}


@pytest.fixture
def survey() -> Survey:
    """A draft of two sections, whose second asks more after a yes in the first."""
    first = make_question(key="q", type="yes_no_in_progress", choices=("yes", "no"))
    survey = first.survey
    make_question(survey, key="why", show_if=IF_YES, default_sharing="public")
    make_question(survey, key="since", type="year", show_if=IF_YES, section="more")
    make_question(survey, key="tools", type="multiple_choice", choices=("a", "b"), section="more")
    return survey


def seen(page: Page) -> list[str]:
    """Return the questions that a person sees."""
    boxes = page.locator("[data-question]:visible").all()
    return [str(box.get_attribute("data-question")) for box in boxes]


def press(page: Page, what: str) -> None:
    """Press a link or button that leads to another page."""
    with page.expect_navigation():
        page.locator(what).first.click()


def look_as(page: Page, role: str) -> None:
    """Press the bar's button for a role."""
    press(page, f"[data-preview] button[formaction*='/{role}/']")


def enter(page: Page, button: str) -> None:
    """Press a button by keyboard."""
    page.get_by_role("button", name=button).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_answers_decide_what_follows_and_go_along(
    page: Page, live_server: LiveServer, survey: Survey, organiser: User, sign_in: SignIn
) -> None:
    sign_in(verified(organiser))
    page.goto(f"{live_server.url}{address(survey, 'colleague', 'respond')}")
    blank = seen(page)

    page.locator("label", has_text="yes").click()
    page.fill("[name='value.why']", "Since the law says so")
    followed = seen(page)
    press(page, ".qnav a[href*='section=more']")
    elsewhere = seen(page)
    look_as(page, "coordinator")
    press(page, "main .section a:has-text('Review and submit')")
    page.select_option("#level-why", "organisers")
    press(page, "button:has-text('Save who may see what')")
    review = page.locator("main").inner_text()
    look_as(page, "visitor")

    assert (blank, followed, elsewhere) == (["q"], ["q", "why"], ["since", "tools"])
    assert "Since the law says so" in review
    assert "Nothing to read" in page.locator("h1").inner_text()
    assert [model.objects.count() for model in (Wave, Response, Answer)] == [0, 0, 0]


def test_without_javascript_and_mouse_enter_shows_what_follows(
    typing: Page, survey: Survey
) -> None:
    typing.goto(address(survey, "colleague", "respond"))

    typing.locator("[name='value.q']").first.focus()
    typing.keyboard.press("Space")
    with typing.expect_navigation():
        typing.keyboard.press("Enter")
    typing.locator("[name='value.why']").focus()
    typing.keyboard.type("Typed")
    enter(typing, "Save and go to section 2")
    follows = seen(typing)
    enter(typing, "another agency's staff")

    assert follows == ["since", "tools"]
    assert "Typed" in typing.locator("main").inner_text()


def test_every_page_of_a_preview_is_fit_for_everybody(
    visit: Visit, survey: Survey, organiser: User, sign_in: SignIn
) -> None:
    sign_in(verified(organiser))

    for name, role in {name: role for role, pages in PAGES.items() for name in pages}.items():
        visit(address(survey, role, name))

    assert Response.objects.count() == 0
