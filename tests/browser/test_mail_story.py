"""Mails as their readers see them: wide and on a phone, in light and in dark."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import SHOTS
from tests.notifications.test_frame import html_of, life_of_a_webinar
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [600, 360])
def test_mails_can_be_read(page: Page, postbox: Postbox, width: int, scheme: Any) -> None:
    life_of_a_webinar(datetime.now(UTC))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)

    for number, message in enumerate(postbox.received):
        page.set_content(html_of(message))
        found = [one["id"] for one in Axe().run(page, options=RULES).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        SHOTS.mkdir(exist_ok=True)
        name = re.sub(r"\W+", "-", str(message["Subject"]).lower())
        page.screenshot(path=SHOTS / f"mail-{number}-{name}-{width}-{scheme}.png", full_page=True)
        assert (message["Subject"], found, wide) == (message["Subject"], [], False)
