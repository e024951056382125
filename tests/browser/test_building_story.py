"""An organiser builds a survey by keyboard without JavaScript, and looks at it on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from surveys import authoring
from surveys.models import Question, Survey
from tests.browser.entrance import verified
from tests.surveys import practice

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
BASE = "/manage/surveys/instruments"


def enter(page: Page, field: str, text: str) -> None:
    """Type into a field and press Enter, as one does without a mouse."""
    page.focus(field)
    page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    """Press a link or button by keyboard."""
    page.locator("main").get_by_text(name).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_building_needs_no_mouse_and_no_javascript(typing: Page) -> None:
    typing.goto(f"{BASE}/new/")
    enter(typing, "[name=title]", "Practice")
    follow(typing, "Add a section")
    enter(typing, "[name=title]", "Staff")
    follow(typing, "Add a question")
    follow(typing, "Several choices")
    typing.fill("[name=label]", "Which tools?")
    typing.fill("#options-1-label", "Liens")
    typing.fill("#options-2-label", "None of these")
    typing.focus("#options-2-alone")
    typing.keyboard.press("Space")
    follow(typing, "More rows")
    typing.locator("#options-2-label").focus()
    with typing.expect_navigation():
        typing.keyboard.press("Enter")

    question = Question.objects.get()
    assert [(c.label, c.is_exclusive) for c in question.choices.order_by("position")] == [
        ("Liens", False),
        ("None of these", True),
    ]
    assert typing.url.endswith(f"{BASE}/practice/1/#q-which_tools")


def test_the_pages_are_fit_for_everybody(visit: Visit, organiser: User, sign_in: SignIn) -> None:
    survey = authoring.load(document=practice.instrument())
    sign_in(verified(organiser))

    for act in ("", "edit/", "sections/settlements/add/", "questions/laws_enforced/", "anew/"):
        visit(f"{BASE}/{survey.key}/{survey.version}/{act}")
    visit(f"{BASE}/import/")

    assert Survey.objects.count() == 1
