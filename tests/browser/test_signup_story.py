"""From a webinar to an account, to a seat and to a place in the agency, as people walk it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback as NewContext

from accounts.models import User
from agencies.models import Membership
from notifications import delivering
from tests.browser.entrance import enter, verified
from tests.factories import PASSWORD, app_code, make_agency, make_member, make_user, make_webinar
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
MAILS = [
    "Your code for the CIWO Learning Community",
    "You are registered: Liens",
    "Ana Torres would like to join Alder Office",
    "You are in: Alder Office",
]


def narrow(page: Page) -> None:
    """Refuse what scrolls sideways on the narrowest screen."""
    page.set_viewport_size({"width": 320, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert (page.url, wide) == (page.url, False)


def look(page: Page) -> None:
    """Refuse also what axe, which needs scripts, finds at both widths."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found = [one["id"] for one in Axe().run(page).response["violations"]]
        assert (page.url, width, found) == (page.url, width, [])
    narrow(page)


def submit(page: Page, **fields: str) -> None:
    """Fill in the page's form and send it."""
    for name, value in fields.items():
        page.fill(f"main [name={name}]", value)
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_load_state()


def code_in(postbox: Postbox) -> str:
    """Send what is owed, and return the code in the newest mail."""
    delivering.drain()
    body = postbox.received[-1].get_body(("plain",))
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", body.get_content() if body else "")
    assert found
    return found[0]


def sign_up(page: Page, email: str, postbox: Postbox, check: Check) -> None:
    """Sign up on the way to a seat, with the code from the mail."""
    page.get_by_role("link", name="Sign in to register").click()
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    check(page)
    if not page.input_value("[name=time_zone]"):  # without a script nothing is chosen beforehand
        page.select_option("[name=time_zone]", "America/Denver")
    submit(page, name="Ana Torres", email=email, password1=PASSWORD)
    page.wait_for_url("**/accounts/confirm-email/")
    check(page)
    submit(page, code=code_in(postbox))
    page.wait_for_url("**/my/agency/**")


@pytest.mark.parametrize(
    ("browser_zone", "kept"),
    [
        ("America/Los_Angeles", "America/Los_Angeles"),
        ("America/Chicago", "America/Chicago"),
        ("Pacific/Honolulu", "Pacific/Honolulu"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", ""),  # says a browser that hides where it is
    ],
)
def test_sign_up_begins_with_the_browsers_zone(
    new_context: NewContext, live_server: LiveServer, browser_zone: str, kept: str
) -> None:
    page = new_context(timezone_id=browser_zone).new_page()

    page.goto(f"{live_server.url}/accounts/signup/")

    assert page.input_value("[name=time_zone]") == kept


def test_one_press_takes_the_browsers_zone_or_keeps_the_own(
    new_context: NewContext, live_server: LiveServer
) -> None:
    person = verified(make_user(time_zone="America/New_York"))
    page = new_context(timezone_id="America/Los_Angeles").new_page()
    page.goto(f"{live_server.url}/accounts/login/?next=/my/agency/")
    enter(page, person)

    offer = page.get_by_role("region", name="Your time zone")
    look(page)
    offer.get_by_role("button", name="Keep Eastern").click()
    page.wait_for_load_state()
    kept = offer.is_visible()
    page.evaluate("localStorage.clear()")
    page.reload()
    seen = press(page, "Show my times in Pacific Time", "Pacific")

    person.refresh_from_db()
    assert (kept, seen, offer.is_visible()) == (False, True, False)
    assert (page.url, person.time_zone) == (f"{live_server.url}/my/agency/", "America/Los_Angeles")


def press(page: Page, words: str, answer: str) -> bool:
    """Press the button with these words; tell whether the next page gives this answer."""
    page.get_by_role("button", name=words).first.click()
    page.wait_for_load_state()
    return answer in page.inner_text("main")


def approve(page: Page, address: str, coordinator: User, check: Check) -> bool:
    """Sign in with the second step, and let the colleague in who waits."""
    EmailAddress.objects.create(
        user=coordinator, email=coordinator.email, verified=True, primary=True
    )
    page.goto(f"{address}/accounts/login/?next=/my/agency/")
    submit(page, login=coordinator.email, password=PASSWORD)
    submit(page, code=app_code())
    page.wait_for_url("**/my/agency/")
    check(page)
    page.locator("label", has_text="Select Ana Torres").click()
    return press(page, "Approve", "1 person approved.")


def told(postbox: Postbox) -> list[str]:
    """Send what is owed, and return the subjects of all mails."""
    delivering.drain()
    return [str(mail["Subject"]) for mail in postbox.received]


# An address each: no second code goes to one address within three minutes.
@pytest.mark.parametrize(("script", "email"), [(True, "ana"), (False, "ana.torres")])
def test_colleague_signs_up_for_a_webinar_and_is_let_into_the_agency(
    new_context: NewContext, live_server: LiveServer, postbox: Postbox, script: bool, email: str
) -> None:
    check = look if script else narrow
    agency = make_agency(name="Alder Office", domain="alder.example.gov")
    boss = make_member(agency, role=Membership.Role.COORDINATOR)
    make_webinar(slug="liens", title="Liens", starts_at=timezone.now() + timedelta(days=9))
    hers, theirs = (new_context(java_script_enabled=script).new_page() for _ in "12")

    hers.goto(f"{live_server.url}/webinars/liens/")
    sign_up(hers, f"{email}@alder.example.gov", postbox, check)
    check(hers)
    seen = [press(hers, "Join this agency", "Waiting for approval")]
    check(hers)
    hers.get_by_role("link", name="Continue to where you wanted to go").click()
    seen.append(press(hers, "Register for this webinar", "Your seat is held"))
    delivering.drain()
    seen.append(approve(theirs, live_server.url, boss, check))
    hers.goto(f"{live_server.url}/my/agency/")
    seen.append("since" in hers.inner_text("main"))

    assert (seen, told(postbox)) == ([True] * 4, MAILS)
