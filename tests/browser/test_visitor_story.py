"""The visitor's story: look around, search as one types, filter, find nothing and find on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from ciwo_portal import directory, programme
from ciwo_portal.management.commands import import_agencies, import_programme

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
THIRD_SESSION = (
    "Developing Protocols for State and Local Agencies to Protect Immigrant Workers and "
    "Labor Law Enforcement Efforts"
)
PAGES = (
    *("/", "/topics/", "/topics/collections/", "/library/", "/webinars/", "/communities/"),
    *("/agencies/", "/agencies/ca-san-francisco-office-of-labor-standards-enforcement/"),
    *("/webinars/2017-10-31-improved-collections/", "/accessibility/", "/privacy/", "/nothing/"),
)


@pytest.fixture(autouse=True)
def _record() -> None:
    directory.load(import_agencies.DOCUMENT)
    programme.load(import_programme.DOCUMENT)


def test_visitor_looks_around(visit: Visit, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    for path in PAGES:
        visit(path)

    assert [text for text in said if "404" not in text] == []


def test_visitor_finds_a_session_by_an_unfinished_word(visit: Visit) -> None:
    page = visit("/")
    page.fill("#q", "immigrant enforc")
    page.click("main form button[type=submit]")

    page.wait_for_selector("main mark")
    marked = page.locator("main mark").all_inner_texts()
    page.click("main .ledger h3 a >> nth=0")

    assert marked == ["Immigrant", "Enforcement"]
    assert page.inner_text("h1") == THIRD_SESSION
    assert "Thursday, October 26, 2017" in page.inner_text("main")


def test_visitor_filters_on_a_phone_and_takes_the_filter_off(visit: Visit) -> None:
    page = visit("/library/?q=collections")
    page.set_viewport_size({"width": 390, "height": 900})
    page.click("text=Filters")
    page.click("label[for=kind-session]")
    page.click("text=Apply filters")

    page.wait_for_selector("text=Filters: 1 on")
    found = page.locator("main .ledger h3").all_inner_texts()
    page.click(".chips a:has-text('Community session')")
    page.wait_for_selector("text=2 results")

    assert found == ["Collections strategies"]
    assert page.input_value("#id_q") == "collections"


def test_visitor_finds_nothing_and_goes_on(visit: Visit) -> None:
    page = visit("/library/?q=retaliation&year=1999")

    page.click("text=Search without filters")

    page.wait_for_selector("text=Protecting vulnerable immigrant workers against retaliation")


def test_visitor_chooses_a_state_on_the_map(visit: Visit) -> None:
    page = visit("/agencies/")

    page.click(".tilemap a:has-text('NY')")

    page.wait_for_url("**/agencies/?state=NY*")
    assert page.locator("main table .group").all_inner_texts() == ["New York"]


def test_library_works_without_javascript(
    new_context: CreateContextCallback, live_server: LiveServer
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{live_server.url}/library/")
    page.fill("#id_q", "collecti")
    page.click("text=Filters")
    page.select_option("#id_year", "2017")
    page.click("text=Apply filters")

    page.wait_for_selector("text=2 results")

    assert page.locator(".chips li").count() == 2


def test_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("/library/")

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent.trim()")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    assert first == "Skip to main content"
    assert page.evaluate("document.activeElement.id") == "id_q"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
