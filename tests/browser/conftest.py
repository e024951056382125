"""The system's Chromium against a running portal; skipped, with the reason, where it is missing."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from tests.browser.entrance import enter, verified

# The browser's driver runs a loop beside the tests, which Django would otherwise refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = Path("/usr/bin/chromium")
# WCAG 2.2 AA has it, axe does not look for it unasked: 24 pixels to hit.
RULES = {"rules": {"target-size": {"enabled": True}}}
SHOTS = Path(__file__).parents[2] / ".shots"
expect.set_options(timeout=30_000)  # milliseconds: a loaded machine is slow, not wrong
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Mark this folder's tests; skip them without Chromium unless it is demanded."""
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists() and os.environ.get("CIWO_REQUIRE_BROWSER", "0") == "0":
                item.add_marker(pytest.mark.skip(reason=f"{CHROMIUM} is not installed"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the system's browser; none is downloaded."""
    return {"executable_path": str(CHROMIUM), "args": FLAGS.split()}


@pytest.fixture(autouse=True)
def _answered(_database: None) -> Iterator[None]:
    """Let the portal end what it was asked before the tables are emptied: it holds locks."""
    yield
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(30)


@pytest.fixture
def visit(page: Page, live_server: LiveServer) -> Callable[[str], Page]:
    """Open a page once, look for faults with axe at both widths, and for what is too wide.

    With CIWO_SHOTS set, its pictures are kept in .shots/.
    """

    def go(path: str) -> Page:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{live_server.url}{path}")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found = [one["id"] for one in Axe().run(page, options=RULES).response["violations"]]
            assert (path, width, found) == (path, width, [])
            _keep_picture(page, path, width)
        page.set_viewport_size({"width": 320, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert (path, wide) == (path, False)
        return page

    return go


def _keep_picture(page: Page, path: str, width: int) -> None:
    if os.environ.get("CIWO_SHOTS"):
        name = path.strip("/").replace("/", "_").replace("?", "_") or "home"
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> Callable[[User], None]:
    """Sign somebody in by the form, as people do."""

    def go_in(person: User) -> None:
        page.goto(f"{live_server.url}/accounts/login/")
        enter(page, person)
        page.wait_for_url(f"{live_server.url}/my/")

    return go_in


@pytest.fixture
def typing(
    new_context: CreateContextCallback,
    page: Page,
    live_server: LiveServer,
    organiser: User,
    sign_in: Callable[[User], None],
) -> Page:
    """An organiser's browser without JavaScript."""
    sign_in(verified(organiser))
    state = page.context.storage_state()
    return new_context(
        base_url=live_server.url, storage_state=state, java_script_enabled=False
    ).new_page()
