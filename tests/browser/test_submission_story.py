"""An agency reads, prints and compares what it has submitted, after organizers opened it again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from surveys import authoring, submitting
from surveys.models import Response
from tests.browser.entrance import verified
from tests.factories import make_user
from tests.surveys import practice
from tests.surveys.scenes import make_coordinator, make_open_response, save

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def response() -> Response:
    """An agency is asked the real instrument, of which nothing must be answered."""
    survey = authoring.load(document=practice.instrument())
    survey.questions.update(is_required=False)
    return make_open_response(survey)


@pytest.fixture
def casey(response: Response) -> User:
    """The coordinator, who has submitted twice: organizers opened it again in between."""
    person = make_coordinator(response, name="Casey")
    verified(person)
    question = response.wave.survey.questions.get(key="payment_plan_months")
    save(response, question, 120, by=person)
    submitting.submit(response=response, by=person, now=datetime.now(UTC))
    again: dict[str, Any] = {
        "reason": "A zero too many?",
        "by": make_user(),
        "now": datetime.now(UTC),
    }
    submitting.reopen(response=response, **again)
    save(response, question, 12, by=person, seen=1)
    submitting.submit(response=response, by=person, now=datetime.now(UTC))
    return person


def test_both_submissions_stay_readable(
    visit: Callable[[str], Page], sign_in: Callable[[User], None], response: Response, casey: User
) -> None:
    sign_in(casey)
    address = f"/surveys/{response.wave.slug}/submissions/"

    page = visit(address)
    expect(page.locator("#submission-1")).to_contain_text("A zero too many?")
    page = visit(f"{address}2/print/")
    expect(page.locator("main")).to_contain_text("Changed. Before: 120 months")
    page = visit(f"{address}2/")
    expect(page.locator("#q-payment_plan_months")).to_contain_text("Changed. Before: 120 months")
    page.get_by_role("link", name="The submission before").click()

    row = page.locator("#q-payment_plan_months")
    expect(row).to_contain_text("120 months")
    expect(row).not_to_contain_text("Changed.")
