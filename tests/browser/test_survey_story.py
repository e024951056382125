"""An agency fills in the practice survey in a real browser, with scripts and without."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from agencies.models import Membership
from surveys import authoring, drafting
from surveys.entries import Entry
from surveys.models import Response
from tests.browser.entrance import enter, verified
from tests.factories import make_member
from tests.surveys import practice
from tests.surveys.scenes import make_open_response

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
ROOT = Path(__file__).parents[2]
JS = ROOT / "frontend" / "src" / "js"
CASES = json.loads((ROOT / "tests" / "surveys" / "condition_cases.json").read_text("utf-8"))


@pytest.fixture
def response() -> Response:
    """An agency is asked the real instrument."""
    return make_open_response(authoring.load(document=practice.instrument()))


@pytest.fixture
def casey(response: Response) -> User:
    """The agency's coordinator, whose address is verified."""
    return verified(make_member(response.agency, name="Casey", role=Membership.Role.COORDINATOR))


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


def test_the_coordinator_answers_for_the_agency_and_submits(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    survey = response.wave.survey
    survey.questions.exclude(key="complaints_received").update(is_required=False)
    sign_in(casey)
    page = visit("/surveys/")
    page.get_by_role("link", name="Start").click()
    page.get_by_role("navigation", name="Survey sections").get_by_role("button").click()
    page.get_by_role("link", name="Intake").click()

    page.fill(field("complaints_received"), "1,250")
    page.get_by_role("button", name="Save and go to section 3").click()
    page.wait_for_url("**section=investigations")
    page = visit(f"/surveys/{response.wave.slug}/review/")
    page.get_by_role("button", name="Submit for the agency").click()
    page.get_by_text("Submitted. Thank you for answering for your agency.").wait_for()

    response.refresh_from_db()
    assert (response.state, response.submitted_by) == (Response.State.SUBMITTED, casey)


def test_none_of_these_stands_alone(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    sign_in(casey)
    page = visit(section(response, "collections"))
    tools = page.locator("#q-collection_tools")

    tools.get_by_text("Wage bonds").click()
    tools.get_by_text("None of these").click()
    expect(page.locator("#save-status")).to_contain_text("Saved at")

    expect(tools.locator(":checked")).to_have_count(2)  # with who may see it
    assert says(response, "collection_tools") == ["none"]


def test_an_ended_session_keeps_what_a_form_brought(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    sign_in(casey)
    page = visit(section(response, "intake"))
    Session.objects.all().delete()

    page.fill(field("complaints_received"), "12")
    page.get_by_role("button", name="Save and go to section 3").click()
    page.wait_for_url("**/accounts/login/**")
    enter(page, casey)

    expect(page.locator(field("complaints_received"))).to_have_value("12")
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    assert says(response, "complaints_received") == 12


@pytest.fixture
def plain(new_context: CreateContextCallback, live_server: LiveServer, casey: User) -> Page:
    """A browser without scripts in which the coordinator is signed in."""
    page = new_context(java_script_enabled=False, base_url=live_server.url).new_page()
    page.goto("/accounts/login/")
    enter(page, casey)
    return page


def test_without_scripts_a_section_saves_and_errors_keep_what_was_typed(
    plain: Page, response: Response
) -> None:
    plain.goto(section(response, "intake"))

    plain.fill(field("complaints_received"), "many")
    plain.fill(field("intake_languages"), "7")
    plain.get_by_role("button", name="Save and go to section 3").click()
    expect(plain.locator(".error-summary")).to_contain_text("You entered “many”.")
    expect(plain.locator(field("complaints_received"))).to_have_value("many")
    plain.fill(field("complaints_received"), "0")
    plain.get_by_role("button", name="Save and go to section 3").click()
    expect(plain.locator("h1")).to_contain_text("Investigations")

    found = [says(response, key) for key in ("complaints_received", "intake_languages")]
    assert found == [0, 7]


def test_without_scripts_the_person_chooses_between_two_answers(
    plain: Page, response: Response
) -> None:
    plain.goto(section(response, "intake"))
    save_as(make_member(response.agency, name="Dana"), response, "complaints_received", 40)

    plain.fill(field("complaints_received"), "41")
    plain.get_by_role("button", name="Save and go to section 3").click()
    expect(plain.locator("[data-theirs]")).to_contain_text("Dana saved another answer on")
    plain.get_by_role("button", name="Use mine").click()
    expect(plain.locator("h1")).to_contain_text("Investigations")

    assert says(response, "complaints_received") == 41


def test_without_scripts_a_number_can_be_unknown(plain: Page, response: Response) -> None:
    plain.goto(section(response, "intake"))

    plain.select_option("[name='reason.complaints_received']", label="We do not track this")
    plain.get_by_role("button", name="Save and finish later").click()
    expect(plain.locator("main")).to_contain_text("Your answers are saved.")

    assert says(response, "complaints_received") == "not_tracked"


def test_without_scripts_an_ended_session_loses_nothing(
    plain: Page, response: Response, casey: User
) -> None:
    plain.goto(section(response, "intake"))
    Session.objects.all().delete()

    plain.fill(field("complaints_received"), "12")
    plain.get_by_role("button", name="Save and go to section 3").click()
    enter(plain, casey)
    expect(plain.locator("main")).to_contain_text("You were signed out before")
    plain.get_by_role("button", name="Save and go to section 3").click()
    expect(plain.locator("h1")).to_contain_text("Investigations")

    assert says(response, "complaints_received") == 12


def test_the_browser_reads_conditions_as_the_portal_does(page: Page) -> None:
    source = (JS / "survey-conditions.js").read_text("utf-8")
    page.add_script_tag(content=f"{source}\nwindow.isMet = isMet;", type="module")
    page.wait_for_function("() => window.isMet")

    found = {
        case["says"]: page.evaluate(
            "([all, given]) => isMet({ all }, given)", [case["conditions"], case["answers"]]
        )
        for case in CASES
    }

    assert found == {case["says"]: case["holds"] for case in CASES}
