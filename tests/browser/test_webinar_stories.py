"""The stories of staff and organisers about webinars, with and without JavaScript."""

from collections.abc import Callable

import pytest
from icalendar import Calendar
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from notifications import delivering
from tests.browser.entrance import enter, verified
from tests.factories import make_member, make_registration, make_user, make_webinar, midday
from tests.postbox import Postbox
from webinars.models import Webinar

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
SOON = midday(14)


@pytest.fixture(autouse=True)
def _always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can wait for the morning does not, at whatever hour the tests run."""
    monkeypatch.setattr(delivering, "DAY", range(24))


def press(page: Page, words: str) -> None:
    """Press the button with these words and wait for the next page."""
    page.get_by_role("button", name=words).first.click()
    page.wait_for_load_state()


def arrived(postbox: Postbox) -> list[tuple[str, str]]:
    """Send what is owed; return each subject with its calendar part's method and sequence."""
    delivering.drain()
    return [(str(one["Subject"]), _calendar(one)) for one in postbox.received]


def _calendar(message) -> str:
    parts = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    if not parts:
        return ""
    calendar = Calendar.from_ical(parts[0].get_payload(decode=True))
    return f"{calendar['method']} {calendar.walk('VEVENT')[0]['sequence']}"


def test_staff_take_a_seat_and_give_it_up(
    visit: Visit, page: Page, live_server: LiveServer, postbox: Postbox
) -> None:
    webinar, person = make_webinar(starts_at=SOON, title="Liens"), verified(make_member())
    visit(webinar.get_absolute_url()).click("main a >> text=Sign in to register")
    enter(page, person)
    press(page, "Register for this webinar")
    page.wait_for_selector("text=Your seat is held.")
    visit(webinar.get_absolute_url())
    assert "Liens" in visit("/my/").inner_text("main")
    assert arrived(postbox) == [("You are registered: Liens", "REQUEST 0")]

    page.goto(live_server.url + webinar.get_absolute_url())
    press(page, "Cancel my registration")

    assert "Register for this webinar" in page.inner_text("main")
    assert arrived(postbox)[1:] == [("You are no longer registered: Liens", "CANCEL 0")]


def test_staff_wait_in_line_and_move_up(
    visit: Visit, sign_in: SignIn, page: Page, postbox: Postbox
) -> None:
    webinar = make_webinar(starts_at=SOON, title="Liens", capacity=1)
    first, _second = (make_registration(webinar, state=s) for s in ("registered", "waitlisted"))
    sign_in(verified(make_member()))

    press(visit(webinar.get_absolute_url()), "Join the waitlist")

    assert "You are number 2 on the waitlist." in page.inner_text("main")
    assert "Waitlist, number 2" in visit("/my/").inner_text("main")
    visit(webinar.get_absolute_url())
    assert arrived(postbox) == [("You are number 2 on the waitlist: Liens", "")]
    assert first.webinar.registrations.seated().count() == 1


def _plan(page: Page, url: str) -> None:
    page.goto(f"{url}/manage/webinars/new/")
    page.fill("[name=title]", "Wage bonds")
    page.fill("[name=held_on]", f"{SOON:%Y-%m-%d}")
    page.fill("[name=start]", "13:00")
    press(page, "Save draft")
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_text("Publish it although something is missing").click()
    press(page, "Publish")


def _move(page: Page, address: str) -> None:
    page.goto(f"{address}edit/")
    page.fill("[name=start]", "15:00")
    press(page, "Save")
    page.fill("[name=reason]", "A holiday")
    press(page, "Move it and tell everybody")


def _cancel(page: Page, address: str) -> None:
    page.goto(f"{address}cancel/")
    page.fill("[name=reason]", "Storm")
    press(page, "Cancel the webinar and tell everybody")


def _put_back_on(page: Page, address: str) -> None:
    page.goto(f"{address}reinstate/")
    page.fill("[name=reason]", "Sun")
    press(page, "Put it back on and tell everybody")


MAILS = [
    ("New time: Wage bonds", "REQUEST 1"),
    ("Canceled: Wage bonds", "CANCEL 2"),
    ("On again: Wage bonds", "REQUEST 3"),
]


def test_organiser_plans_publishes_moves_cancels_and_returns(
    visit: Visit, sign_in: SignIn, page: Page, live_server: LiveServer, postbox: Postbox
) -> None:
    sign_in(verified(make_user(is_organiser=True)))
    visit("/manage/webinars/new/")
    _plan(page, live_server.url)
    webinar = Webinar.objects.get()
    make_registration(webinar)
    for word in ("", "edit/", "speakers/", "materials/", "deliveries/", "cancel/"):
        visit(f"/manage/webinars/{webinar.slug}/{word}")

    page.set_viewport_size({"width": 1280, "height": 900})
    address = f"{live_server.url}/manage/webinars/{webinar.slug}/"
    told = []
    for act in (_move, _cancel, _put_back_on):
        act(page, address)
        told.append(arrived(postbox))

    assert told == [MAILS[:1], MAILS[:2], MAILS]
    assert "1 person who has a place is told by e-mail." in page.inner_text("main")
    for path in ("/manage/", "/manage/webinars/", webinar.get_absolute_url()):
        visit(path)


@pytest.fixture
def plain(new_context: CreateContextCallback) -> Callable[[], Page]:
    """Open a window in which no script runs."""
    return lambda: new_context(java_script_enabled=False).new_page()


def test_organiser_needs_no_script(
    plain: Callable[[], Page], live_server: LiveServer, postbox: Postbox
) -> None:
    page = plain()
    page.goto(f"{live_server.url}/accounts/login/")
    enter(page, verified(make_user(is_organiser=True)))
    _plan(page, live_server.url)
    webinar = make_registration(Webinar.objects.get()).webinar

    for act in (_move, _cancel, _put_back_on):
        act(page, f"{live_server.url}/manage/webinars/{webinar.slug}/")

    # Told of nothing meanwhile, people hear what is new to them: the time at which it is on now.
    assert arrived(postbox) == [("New time: Wage bonds", "REQUEST 3")]


def test_staff_need_no_script(plain: Callable[[], Page], live_server: LiveServer) -> None:
    webinar, person = make_webinar(starts_at=SOON), verified(make_member())
    page = plain()
    page.goto(live_server.url + webinar.get_absolute_url())
    page.click("main a >> text=Sign in to register")
    enter(page, person)

    press(page, "Register for this webinar")
    registered = page.inner_text("main")
    press(page, "Cancel my registration")

    assert "Your seat is held." in registered
    assert "Your place is canceled." in page.inner_text("main")
