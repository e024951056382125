"""Agencies learn from each other in a real browser: compare, ask, answer, read; with keys only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from agencies.models import Membership
from surveys import mutual
from surveys.models import Answer, Inquiry, Response, Wave
from tests.browser.entrance import enter, verified
from tests.factories import (
    make_agency,
    make_answer,
    make_inquiry,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_topic,
    make_wave,
)

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]


@pytest.fixture
def wave() -> Wave:
    """A survey about collections under a topic; its wave is open."""
    survey = make_survey(title="Practice survey")
    liens = make_question(
        survey,
        key="liens",
        label="Do you file liens?",
        help="On property of the employer.",
        type="yes_no_in_progress",
        choices=("yes", "in_progress", "no"),
        section="collections",
    )
    matrix = {"choices": ("often", "no_authority"), "rows": ("visits", "subpoenas")}
    make_question(survey, key="tools", type="matrix", section="collections", **matrix)
    liens.section.topics.add(make_topic(slug="liens", name="Liens"))
    now = datetime.now(UTC)
    return make_wave(survey, opens_at=now - timedelta(days=9), closes_at=now + timedelta(days=9))


@pytest.fixture
def theirs(wave: Wave) -> Answer:
    """Harbor's answer, which members may read."""
    agency = make_agency(name="Harbor", slug="harbor")
    response = make_response(wave, agency, state="submitted", submitted_at=datetime.now(UTC))
    tools = {"visits": "often", "subpoenas": "no_authority"}
    make_answer(response, wave.survey.questions.get(key="tools"), tools)
    return make_answer(response, wave.survey.questions.get(key="liens"), "yes")


def person(name: str, response: Response, role: Membership.Role) -> User:
    """Make somebody of the response's agency whose address is verified."""
    return verified(make_member(response.agency, name=name, role=role))


@pytest.fixture
def ann(wave: Wave) -> User:
    """Staff of an agency that has not answered yet."""
    mine = make_response(wave, make_agency(name="Alder", slug="alder"))
    return person("Ann", mine, Membership.Role.STAFF)


@pytest.fixture
def casey(theirs: Answer) -> User:
    """Harbor's coordinator."""
    return person("Casey", theirs.response, Membership.Role.COORDINATOR)


@pytest.fixture
def plain(new_context: CreateContextCallback, live_server: LiveServer) -> Page:
    """A browser without scripts."""
    return new_context(java_script_enabled=False, base_url=live_server.url).new_page()


def test_an_agency_asks_another_one_with_keys_only(
    visit: Visit, sign_in: SignIn, wave: Wave, theirs: Answer, ann: User, casey: User
) -> None:
    sign_in(ann)
    page = visit(f"/surveys/{wave.slug}/findings/")
    cell = page.locator("table.matrix td a").first
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/harbor/liens/")
    expect(page.locator("main")).to_contain_text("On property of the employer.")

    page = visit(f"/surveys/{wave.slug}/findings/harbor/liens/")
    page.get_by_label("Your question").focus()
    page.keyboard.type("Who signs them?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/surveys/questions/**")

    expect(page.locator("main")).to_contain_text("The agency's coordinators have your question.")
    inquiry = Inquiry.objects.get()
    assert (inquiry.text, inquiry.asked_by) == ("Who signs them?", ann)


def test_a_coordinator_answers_without_scripts_and_all_members_read_it(
    plain: Page, visit: Visit, sign_in: SignIn, theirs: Answer, ann: User, casey: User
) -> None:
    inquiry = make_inquiry(theirs, ann, text="Who signs them?", asked_at=datetime.now(UTC))
    plain.goto("/accounts/login/")
    enter(plain, casey)
    plain.goto("/surveys/questions/")
    plain.get_by_role("link", name="Who signs them?").click()
    plain.get_by_role("button", name="Send the answer").click()
    expect(plain.locator(".error-summary")).to_contain_text("Write the answer, or say")
    plain.get_by_label("Your agency's answer").fill("Counsel, each Monday.")
    plain.get_by_text("Show question and answer beside your survey answer").click()
    plain.get_by_role("button", name="Send the answer").click()
    expect(plain.locator("main")).to_contain_text("Your answer is on its way to who asked.")

    sign_in(ann)
    page = visit(inquiry.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Counsel, each Monday.")
    page = visit(f"/surveys/{theirs.response.wave.slug}/findings/harbor/liens/")
    notes = page.get_by_role("region", name="Practice notes")
    expect(notes).to_contain_text("Counsel, each Monday.")
    expect(notes).not_to_contain_text("Ann")
    visit("/surveys/questions/")


def test_a_visitor_sees_the_public_part(
    visit: Visit, wave: Wave, theirs: Answer, casey: User
) -> None:
    Answer.objects.filter(pk=theirs.pk).update(sharing="public")
    make_inquiry(theirs, state="answered", reply="Counsel, each Monday.")

    page = visit("/topics/liens/")
    page.get_by_role("link", name="Harbor, CA").first.click()
    page.wait_for_url("**/findings/harbor/")
    expect(page.locator("main")).to_contain_text("Do you file liens?")
    page = visit(f"/surveys/{wave.slug}/findings/")
    expect(page.locator("table.matrix")).to_contain_text("Harbor, CA")
    expect(page.locator("table.matrix")).not_to_contain_text("Often")
    page = visit(f"/surveys/{wave.slug}/findings/harbor/liens/")
    expect(page.locator("main")).to_contain_text("Counsel, each Monday.")
    expect(page.locator("main")).not_to_contain_text("Casey")
    page = visit("/agencies/harbor/")
    expect(page.get_by_role("region", name="Practices")).to_contain_text("Do you file liens?")


def test_a_member_gives_before_getting(
    visit: Visit, sign_in: SignIn, wave: Wave, theirs: Answer, ann: User
) -> None:
    mutual.choose(wave=wave, sections=[theirs.question.section])
    sign_in(ann)

    page = visit(f"/surveys/{wave.slug}/findings/")
    page.get_by_role("link", name="Answer for your agency").click()

    page.wait_for_url(f"**/surveys/{wave.slug}/respond/?agency=alder&section=collections")


def test_no_power_is_never_drawn_as_a_gap(
    visit: Visit, sign_in: SignIn, wave: Wave, theirs: Answer, ann: User
) -> None:
    sign_in(ann)
    page = visit(f"/surveys/{wave.slug}/findings/")
    row = page.get_by_role("row", name="Subpoenas")
    expect(row.locator(".tag")).to_have_text("Not our power")
    expect(row.locator(".supp, svg")).to_have_count(0)

    page = visit("/agencies/harbor/")

    practices = page.get_by_role("region", name="Practices")
    expect(practices.locator(".tag--line")).to_have_text("Not our power")
