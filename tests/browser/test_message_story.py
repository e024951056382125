"""The pages about messages: what organisers see of them, and what their readers do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from notifications import suppressing, unsubscribing
from notifications.models import Category, Notification, Suppression
from tests.browser.entrance import verified
from tests.factories import make_member, make_registration, make_series, make_user, make_webinar
from tests.webinars.test_colleagues import team
from tests.webinars.test_mailing import draft, send
from tests.webinars.test_questions import ask
from webinars import personal, registration
from webinars.models import Webinar

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
PARTS = ("messages", "messages/new", "reminders", "questions", "access", "rules", "approvals")
SERIES = ("reminders/", "questions/", "rules/", "remove/")


def with_failures() -> Webinar:
    """Make a webinar whose confirmations failed; one of the addresses rests."""
    webinar = make_webinar(starts_at=NOW + timedelta(days=14), title="Liens", slug="liens")
    people = [make_user(name=name) for name in ("Ann Ames", "Bo Burke", "Cy Cole")]
    for person in people:
        registration.register(webinar=webinar, person=person, now=NOW)
    reason = "554 5.7.1 Service unavailable; client host blocked"
    Notification.objects.all().finish(Notification.State.FAILED, reason=reason)
    bounce = Suppression.Reason.BOUNCE
    suppressing.suppress(address=people[0].email, reason=bounce, now=NOW)
    return webinar


def test_organiser_sends_again_what_failed(visit: Visit, sign_in: SignIn, page: Page) -> None:
    with_failures()
    sign_in(verified(make_user(is_organiser=True)))
    visit("/manage/webinars/liens/deliveries/")

    page.get_by_role("button", name="Send 2 again").click()
    page.wait_for_load_state()

    assert "2 messages are sent once more." in page.inner_text("main")
    assert "1 message did not reach its reader" in page.inner_text("main")
    states = Notification.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "pending", "pending"]


def test_organisers_pages_about_messages_have_no_faults(visit: Visit, sign_in: SignIn) -> None:
    webinar, series = with_failures(), make_series()
    drafted, sent = draft(webinar), send(draft(webinar), NOW - timedelta(minutes=11))
    sign_in(verified(make_user(is_organiser=True)))

    for path in ("deliveries/", "texts/", "texts/webinar-reminder-hour/"):
        visit(f"/manage/{path}")
    visit(f"/manage/deliveries/?q={make_user().email}")
    for part in PARTS:
        visit(f"/manage/webinars/{webinar.slug}/{part}/")
    for path in (
        *(one.get_absolute_url() for one in (drafted, sent)),
        f"{drafted.get_absolute_url()}edit/",
    ):
        visit(path)
    for part in SERIES:
        visit(f"/manage/series/{series.slug}/{part}")


def test_text_with_a_fault_is_explained_without_faults(
    sign_in: SignIn, page: Page, live_server: LiveServer
) -> None:
    sign_in(verified(make_user(is_organiser=True)))
    page.goto(f"{live_server.url}/manage/texts/webinar-reminder-hour/")

    page.fill("[name=text]", "Dear {{ persn.name }}")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_load_state()

    assert "Did you mean {{ person.name }}?" in page.inner_text("main")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []


def test_readers_pages_about_messages_have_no_faults(visit: Visit, sign_in: SignIn) -> None:
    webinar = make_webinar(starts_at=NOW + timedelta(minutes=10))
    person = verified(make_member())
    make_registration(webinar, person)

    visit(urlsplit(unsubscribing.url(person, Category.REMINDERS)).path)
    visit(personal.path(webinar, person))
    sign_in(person)
    for path in ("/my/notifications/", f"/webinars/{webinar.slug}/substitute/"):
        visit(path)


def test_pages_of_who_registers_others_have_no_faults(visit: Visit, sign_in: SignIn) -> None:
    webinar = make_webinar(starts_at=NOW + timedelta(days=14))
    ask(webinar)
    _agency, coordinator, _people = team(2)
    sign_in(verified(coordinator))

    for word in ("colleagues/", "register/"):
        visit(f"{webinar.get_absolute_url()}{word}")
