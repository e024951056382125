"""The stories of the portal's main job, each walked through in a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_session,
)

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
SOON = datetime.now(UTC) + timedelta(days=14)


def verified(person: User) -> User:
    """Let this person sign in without a code."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


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
