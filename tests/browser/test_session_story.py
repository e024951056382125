"""The story of a closed session: planned by its facilitator, answered inside, hidden outside."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from agencies.models import Community
from library.models import Resource
from sessions.models import PracticeSession
from tests.browser.entrance import enter, verified
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_session,
    make_user,
    midday,
)
from tests.files import pdf

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
SOON = midday(14)
PDF = pdf("a checklist")


@pytest.fixture
def circle() -> Community:
    """A community of one agency."""
    return make_community(make_agency(), name="Liens circle")


def facilitator_of(circle: Community) -> User:
    """Return somebody who runs the community's sessions."""
    person = verified(make_user(name="Farah"))
    circle.facilitators.add(person)
    return person


def plan(page: Page, url: str) -> None:
    """Plan a session with an agenda of two parts."""
    page.goto(f"{url}/manage/sessions/new/")
    page.fill("[name=title]", "Our liens")
    page.fill("[name=summary]", "Told to everybody")
    page.fill("[name=held_on]", f"{SOON:%Y-%m-%d}")
    page.fill("[name=start]", "13:00")
    page.select_option("[name=community]", label="Liens circle")
    page.click("label[for=id_has_public_summary]")
    page.fill("[name=agenda-0-title]", "Round of news")
    page.fill("[name=agenda-0-minutes]", "15")
    page.fill("[name=agenda-1-title]", "One hard case")
    press(page, "Save the draft")


def too_large(folder: Path) -> Path:
    """Return a file that no material may be."""
    with (folder / "large.pdf").open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    return folder / "large.pdf"


def share(page: Page, folder: Path) -> None:
    """Add a file from the session's page."""
    (folder / "checklist.pdf").write_bytes(PDF)
    page.click("main >> text=Add a material")
    page.fill("[name=title]", "Lien checklist")
    page.select_option("[name=kind]", label="Toolkit")
    page.set_input_files("[name=file]", too_large(folder))
    page.get_by_role("button", name="Add it").click()  # what was typed stays
    expect(page.get_by_role("alert")).to_contain_text("“large.pdf” is larger than 50 MB.")
    page.set_input_files("[name=file]", folder / "checklist.pdf")
    press(page, "Add it")


def press(page: Page, words: str) -> None:
    """Press the button with these words and wait for the next page."""
    page.get_by_role("button", name=words).first.click()
    page.wait_for_load_state()


def found_inside(page: Page) -> list[bool]:
    """Return whether the page shows the agenda, the material and a question for an answer."""
    words = ("One hard case", "Lien checklist", "Are you coming?")
    return [text in page.inner_text("main") for text in words]


def statuses(page: Page, url: str) -> list[int]:
    """Return what the closed addresses of the one session answer."""
    session, resource = PracticeSession.objects.get(), Resource.objects.get()
    closed = (resource.get_absolute_url(), f"{session.get_absolute_url()}calendar.ics")
    return [page.request.get(url + path).status for path in closed]


def test_facilitator_plans_and_a_member_answers(
    visit: Visit, sign_in: SignIn, page: Page, circle: Community, tmp_path: Path
) -> None:
    sign_in(facilitator_of(circle))
    url = visit("/manage/sessions/new/").url.partition("/manage/")[0]
    plan(page, url)
    share(page, tmp_path)
    press(page, "Publish and invite")
    session = PracticeSession.objects.get()
    for path in ("", "edit/"):
        visit(f"/manage/sessions/{session.slug}/{path}")
    page.context.clear_cookies()

    sign_in(verified(make_member(circle.agencies.get())))
    inside = found_inside(visit(session.get_absolute_url()))
    page.click("main label >> text=Maybe")
    press(page, "Send my answer")

    assert inside == [True, True, True]
    assert "Your answer: Maybe" in page.inner_text("main")
    assert statuses(page, url) == [200, 200]


def test_outsider_reads_the_summary_only(
    visit: Visit, sign_in: SignIn, page: Page, circle: Community, tmp_path: Path
) -> None:
    sign_in(facilitator_of(circle))
    url = page.url.partition("/my/")[0]
    plan(page, url)
    share(page, tmp_path)
    press(page, "Publish and invite")
    page.context.clear_cookies()
    sign_in(verified(make_member(make_agency())))

    visit(PracticeSession.objects.get().get_absolute_url())

    assert "Told to everybody" in page.inner_text("main")
    assert found_inside(page) == [False, False, False]
    assert statuses(page, url) == [404, 404]


def test_closed_session_stays_in_the_room(
    visit: Visit, sign_in: SignIn, page: Page, circle: Community
) -> None:
    session = make_session(
        circle, starts_at=SOON, description="Spoken inside", has_public_summary=True
    )
    outside = visit(session.get_absolute_url()).inner_text("main")

    sign_in(verified(make_member(circle.agencies.get())))
    inside = visit(session.get_absolute_url()).inner_text("main")

    assert ["Spoken inside" in text for text in (outside, inside)] == [False, True]


def test_story_needs_no_script(
    new_context: CreateContextCallback, live_server: LiveServer, circle: Community, tmp_path: Path
) -> None:
    runs, member = (new_context(java_script_enabled=False).new_page() for _ in range(2))
    runs.goto(f"{live_server.url}/accounts/login/")
    enter(runs, facilitator_of(circle))
    plan(runs, live_server.url)
    share(runs, tmp_path)
    press(runs, "Publish and invite")

    member.goto(f"{live_server.url}/accounts/login/")
    enter(member, verified(make_member(circle.agencies.get())))
    member.goto(live_server.url + PracticeSession.objects.get().get_absolute_url())
    inside = found_inside(member)
    file = member.get_by_role("link", name="Lien checklist").get_attribute("href") or ""
    taken = member.request.get(live_server.url + file).body()
    member.click("main label >> text=Yes")
    press(member, "Send my answer")

    assert inside == [True, True, True]
    assert taken == PDF
    assert "Your answer: Yes" in member.inner_text("main")
