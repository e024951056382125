"""The stories of the portal's main job, each walked through in a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from ciwo_portal import directory, programme
from ciwo_portal.management.commands import import_agencies, import_programme
from notifications import delivering
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_session,
    make_user,
    make_webinar,
)
from tests.postbox import Postbox
from webinars.models import Webinar

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
SOON = datetime.now(UTC) + timedelta(days=14)


def verified(person: User) -> User:
    """Let this person sign in without a code."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def test_visitor_finds_a_past_webinar(visit: Visit) -> None:
    directory.load(import_agencies.DOCUMENT)
    programme.load(import_programme.DOCUMENT)

    for path in ("/", "/topics/", "/topics/collections/", "/webinars/", "/agencies/"):
        visit(path)
    page = visit("/library/?q=immigr")
    page.click("main .ledger a >> nth=0")

    assert page.inner_text("h1") == (
        "Developing Protocols for State and Local Agencies to Protect Immigrant Workers and "
        "Labor Law Enforcement Efforts"
    )


def test_staff_register_and_cancel_by_one_press(
    visit: Visit, sign_in: SignIn, live_server: LiveServer, postbox: Postbox
) -> None:
    webinar = make_webinar(starts_at=SOON, title="Liens on property")
    sign_in(verified(make_member()))

    page = visit(webinar.get_absolute_url())
    page.click("text=Register for this webinar")
    page.wait_for_selector("text=Your seat is held.")
    assert "Liens on property" in visit("/my/").inner_text("main")
    page.goto(live_server.url + webinar.get_absolute_url())
    page.click("text=Cancel my place")
    page.wait_for_selector("text=Register for this webinar")
    delivering.drain()

    assert [message["Subject"] for message in postbox.received] == [
        "You are no longer registered: Liens on property"
    ]


def test_organiser_plans_and_publishes_a_webinar(visit: Visit, sign_in: SignIn) -> None:
    sign_in(verified(make_user(is_organiser=True)))

    page = visit("/manage/webinars/new/")
    page.fill("[name=title]", "Wage bonds")
    page.fill("[name=held_on]", f"{SOON:%Y-%m-%d}")
    page.fill("[name=start]", "13:00")
    page.click("main form button[type=submit]")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_selector("text=Published: people can see it and register.")

    assert Webinar.objects.get().state == "published"
    for path in ("/manage/", "/manage/webinars/", "/manage/deliveries/", "/manage/people/"):
        visit(path)


def test_closed_session_stays_in_the_room(
    visit: Visit, sign_in: SignIn, page: Page, live_server: LiveServer
) -> None:
    agency = make_agency()
    session = make_session(
        make_community(agency),
        starts_at=SOON,
        description="Spoken inside",
        has_public_summary=True,
    )
    outside = visit(session.get_absolute_url()).inner_text("main")

    sign_in(verified(make_member(agency)))
    inside = visit(session.get_absolute_url())
    inside.check("text=Maybe")
    inside.click("text=Send my answer")
    inside.wait_for_selector("text=your answer is noted")

    assert ["Spoken inside" in text for text in (outside, inside.inner_text("main"))] == [
        False,
        True,
    ]


def test_everything_works_without_javascript(browser: Any, live_server: LiveServer) -> None:
    webinar, person = make_webinar(starts_at=SOON), verified(make_user())
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/accounts/login/?next={webinar.get_absolute_url()}")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", "a-long-test-passphrase")
    page.click("main form button[type=submit]")

    page.click("text=Register for this webinar")

    assert "Your seat is held." in page.inner_text("main")
