"""The door of a webinar in a browser, which holds forms to rules that no test client knows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.entrance import verified
from tests.factories import make_registration, make_series, make_user, make_webinar
from webinars import join_links, speaker_links
from webinars.models import Presenter, Webinar

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]


@pytest.fixture
def webinar(live_server: LiveServer) -> Webinar:
    """A webinar that begins in ten minutes; its tool is the portal under another origin."""
    port = urlsplit(live_server.url).port
    other = "localhost" if "127.0.0.1" in live_server.url else "127.0.0.1"
    start = datetime.now(UTC) + timedelta(minutes=10)
    tool = f"http://{other}:{port}/accessibility/"
    return make_webinar(starts_at=start, title="Liens", join_url=tool)


def go_in(page: Page, webinar: Webinar) -> None:
    """Press the button and wait for the tool."""
    page.get_by_role("button", name="Join the webinar").click()
    page.wait_for_url(webinar.join_url)


def test_personal_link_leads_to_the_tool(visit: Visit, page: Page, webinar: Webinar) -> None:
    place = make_registration(webinar)

    visit(urlsplit(join_links.url(place)).path)
    go_in(page, webinar)

    place.refresh_from_db()
    assert place.entered_at is not None


def test_signed_in_reader_reaches_the_tool(
    visit: Visit, sign_in: Callable[[User], None], page: Page, webinar: Webinar
) -> None:
    person = verified(make_registration(webinar).person)
    sign_in(person)

    visit("/my/").click(f"main a[href='{webinar.get_absolute_url()}join/']")
    visit(f"{webinar.get_absolute_url()}join/")
    go_in(page, webinar)


def test_speaker_answers_and_reaches_the_tool(visit: Visit, page: Page, webinar: Webinar) -> None:
    speaker = Presenter.objects.create(webinar=webinar, name="Ann", email="ann@example.org")

    visit(urlsplit(speaker_links.url(speaker)).path)
    page.get_by_text("My slides are in").click()
    page.get_by_text("Yes, I agree").click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=Saved. You can come back and change it.")
    page.get_by_role("link", name="Join as a speaker").click()
    go_in(page, webinar)

    speaker.refresh_from_db()
    assert (speaker.consent, speaker.slides_at is not None) == ("given", True)


def test_pages_of_planning_are_sound(
    visit: Visit, sign_in: Callable[[User], None], webinar: Webinar
) -> None:
    series = make_series(name="Liens and bonds")
    canceled = make_webinar(
        starts_at=webinar.starts_at, state="cancelled", cancelled_at=webinar.starts_at
    )
    draft = make_webinar(state="draft", published_at=None, series=series)
    Presenter.objects.create(webinar=webinar, name="Ann", email="ann@example.org")
    sign_in(verified(make_user(is_organiser=True)))

    for path in ("", "new/", f"{series.slug}/", f"{series.slug}/edit/"):
        visit(f"/manage/series/{path}")
    for one, word in ((draft, ""), (draft, "publish/"), (canceled, "reinstate/")):
        visit(f"/manage/webinars/{one.slug}/{word}")
    visit(f"/manage/webinars/{webinar.slug}/speakers/")
    visit("/join/cut-off/")
    visit("/speaking/cut-off/")
