"""What counts as covered: the lines that tests hold, not those that many tests merely pass.

Tests that ask for every address, drive a browser or start programs pass nearly all lines, and would
hide the ones that nothing else tests. To trace them also costs three quarters of their time again.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from coverage import Coverage

import ciwo_portal.urls  # noqa: F401 else a test of these might be the first to import all views

UNCOUNTED = {
    *("test_access.py", "test_guards.py", "test_hidden.py", "test_words.py"),
    *("browser", "faults"),
}
MADE_FIRST = {"django_db_setup"}  # migrations are not counted either


@contextmanager
def uncounted() -> Iterator[None]:
    """Leave out what happens meanwhile, if anything is measured at all."""
    measuring = Coverage.current()
    if measuring:
        measuring.stop()
    try:
        yield
    finally:
        if measuring:
            measuring.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Count neither such a test nor its fixtures."""
    is_left_out = UNCOUNTED & {*item.path.parts}
    with uncounted() if is_left_out else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Make what all tests need first without counting it, for whichever test is the first."""
    with uncounted() if fixturedef.argname in MADE_FIRST else nullcontext():
        return (yield)
