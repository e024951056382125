"""Three people of one agency fill a survey in at once, one of them offline; a fourth signs off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from agencies.models import Membership
from surveys import authoring
from surveys.models import Response, SectionWork
from tests.browser.entrance import enter, verified
from tests.factories import make_answer, make_member, make_response, make_wave
from tests.surveys import practice
from tests.surveys.scenes import make_open_response

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
OpenAs = Callable[[User], Page]
KEPT = ("intake", "investigations")  # sections: enough for two people


@pytest.fixture
def response() -> Response:
    """An agency is asked two sections of the real instrument, of which nothing must be answered."""
    survey = authoring.load(document=practice.instrument())
    survey.questions.exclude(section__key__in=KEPT).delete()
    survey.questions.update(is_required=False)
    return make_open_response(survey)


def colleague(response: Response, name: str, role: str = Membership.Role.STAFF) -> User:
    """Make somebody of the agency whose address is verified."""
    return verified(make_member(response.agency, name=name, role=role))


@pytest.fixture
def casey(response: Response) -> User:
    """The agency's coordinator."""
    return colleague(response, "Casey", Membership.Role.COORDINATOR)


@pytest.fixture
def open_as(new_context: CreateContextCallback, live_server: LiveServer) -> OpenAs:
    """Open a browser of their own for each person."""

    def go(person: User) -> Page:
        page = new_context(base_url=live_server.url).new_page()
        page.goto("/accounts/login/")
        enter(page, person)
        page.wait_for_url("**/my/")
        return page

    return go


def address(response: Response, *parts: str) -> str:
    """Return the address of one of the agency's pages."""
    return "/".join([f"/surveys/{response.wave.slug}", *parts, ""])


def section(response: Response, key: str) -> str:
    """Return the address of one section to fill in."""
    return f"{response.wave.get_absolute_url()}?section={key}"


def field(key: str) -> str:
    """Return how to find a question's field."""
    return f"[name='value.{key}']"


def stages() -> dict[str, str]:
    """Return how far the sections are."""
    works = SectionWork.objects.select_related("section")
    return {work.section.key: work.stage for work in works}


def test_the_coordinator_shares_the_work_out_by_keyboard_alone(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    colleague(response, "Dana")
    sign_in(casey)
    page = visit(address(response, "overview"))

    page.locator("#section-intake summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Dana")
    page.keyboard.press("Tab")
    page.keyboard.type("By May, please.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("Dana has “Intake")
    expect(page.locator("#section-intake")).to_contain_text("By May, please.")
    assert SectionWork.objects.get().owner.name == "Dana"  # type: ignore[union-attr] # it is given


def test_three_at_once_one_of_them_offline(
    response: Response, casey: User, open_as: OpenAs
) -> None:
    dana, lee = (open_as(colleague(response, name)) for name in ("Dana", "Lee"))
    chief = open_as(casey)
    for page, key in ((dana, "intake"), (lee, "intake"), (chief, "investigations")):
        page.goto(section(response, key))

    dana.context.set_offline(True)
    dana.fill(field("complaints_received"), "1,250")
    expect(dana.locator("#save-status")).to_contain_text("Not saved: no connection")
    lee.fill(field("intake_languages"), "7")
    chief.fill(field("investigations_opened"), "40")
    for page in (lee, chief):
        expect(page.locator("#save-status")).to_contain_text("Saved at")
    dana.context.set_offline(False)
    expect(dana.locator("#save-status")).to_contain_text("Saved at", timeout=15000)

    answers = response.answers.select_related("question", "changed_by")
    found = {a.question.key: (a.value, str(a.changed_by)) for a in answers}
    assert found == {
        "complaints_received": (1250, "Dana"),
        "intake_languages": (7, "Lee"),
        "investigations_opened": (40, "Casey"),
    }


def test_a_fourth_signs_off_what_is_ready_and_the_coordinator_submits(
    response: Response, casey: User, open_as: OpenAs
) -> None:
    Response.objects.update(reviewer=colleague(response, "Kim"))
    dana, kim = open_as(colleague(response, "Dana")), open_as(User.objects.get(name="Kim"))

    for key in KEPT:
        dana.goto(section(response, key))
        dana.get_by_role("button", name="Save and mark as ready for sign-off").click()
        dana.get_by_text("is ready for sign-off.").wait_for()
    for key in KEPT:
        kim.goto(address(response, "overview"))
        kim.locator(f"#section-{key}").get_by_role("link", name="Look through and sign").click()
        kim.get_by_role("button", name="Sign off").click()
        kim.get_by_text("is signed off.").wait_for()
    chief = open_as(casey)
    chief.goto(address(response, "review"))
    chief.get_by_role("button", name="Submit for the agency").click()
    chief.get_by_text("Submitted. Thank you").wait_for()

    assert stages() == dict.fromkeys(KEPT, "signed_off")


def test_a_section_comes_back_and_a_colleague_answers_in_a_comment(
    visit: Visit, sign_in: SignIn, response: Response, casey: User, open_as: OpenAs
) -> None:
    part = response.wave.survey.sections.get(key="intake")
    SectionWork.objects.create(
        response=response, section=part, stage="ready", staged_at=datetime.now(UTC)
    )
    sign_in(casey)
    page = visit(address(response, "sections", "intake"))
    page.get_by_label("What is to be looked at again?").fill("Is that for 2026?")
    page.get_by_role("button", name="Return it with this note").click()
    page.get_by_text("is returned.").wait_for()

    dana = open_as(colleague(response, "Dana"))
    dana.goto(section(response, "intake"))
    expect(dana.locator("main")).to_contain_text("Is that for 2026?")
    box = dana.locator("#q-complaints_received")
    box.get_by_text("Comment for colleagues").click()
    box.get_by_label("Say something to your colleagues").fill("Yes, 2026.")
    box.get_by_role("button", name="Add comment").click()
    dana.wait_for_url("**#q-complaints_received")

    page.goto(page.url.partition("#")[0])
    expect(page.locator("main")).to_contain_text("Dana: Yes, 2026.")


def test_still_true_and_a_slip_are_told_as_one_types(
    visit: Visit, sign_in: SignIn, response: Response, casey: User
) -> None:
    opens_at = response.wave.opens_at - timedelta(days=700)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=9)}
    wave = make_wave(response.wave.survey, title="Survey 2024", **times)
    before = make_response(wave, response.agency, state="submitted", submitted_at=opens_at)
    make_answer(before, wave.survey.questions.get(key="complaints_received"), 120)
    sign_in(casey)
    page = visit(section(response, "intake"))
    box = page.locator("#q-complaints_received")

    box.get_by_role("button", name="Still true").click()
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    expect(page.locator(field("complaints_received"))).to_have_value("120")
    page.fill(field("complaints_received"), "12000")
    expect(box).to_contain_text("This is ten times what your agency said in “Survey 2024”, 120")
    page.fill(field("complaints_received"), "130")
    expect(box.locator("[data-doubt]")).to_be_hidden()

    assert [a.value for a in response.answers.all()] == [130]
