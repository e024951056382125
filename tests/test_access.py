"""Who gets what at every address: one line an address, with the status for each kind of person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver, resolve
from pytest_django import Settings

from tests.addresses import GROUPS, Ask, example, routes, walk
from tests.scene import PEOPLE, Scene
from tests.surveys.access import FINDINGS

pytestmark = pytest.mark.timeout(900)  # hundreds of pages a test, on a loaded machine

# GET, then POST of an empty form. One status stands for everybody; eight are, in this order, for
# visitor, participant, outsider (staff of another agency), facilitator, staff, coordinator,
# organiser and administrator. Whoever was staff until a moment ago gets what a participant gets;
# a ninth status says where not. Words in braces and slugs are those of tests/scene.py.
TABLE = (Path(__file__).parent / "access.txt").read_text()
TABLE += FINDINGS


def sections() -> dict[str, list[str]]:
    """Return the table's lines by their heading."""
    found: dict[str, list[str]] = {}
    for line in TABLE.splitlines():
        if line.startswith("#"):
            lines = found.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line)
    return found


@pytest.fixture(autouse=True)
def _unhurried(settings: Settings) -> None:
    """Who has signed in once for all addresses is sure of it to the last one."""
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600


@pytest.fixture(scope="module")
def ask(world: Scene) -> Iterator[Ask]:
    """Everybody, signed in once for all addresses; every page that they got is valid HTML."""
    asking = Ask(world)
    yield asking
    assert asking.pages.faults() == []


def test_every_address_has_a_row(ask: Ask):
    addresses = [line.split()[0] for lines in sections().values() for line in lines]
    paths = [address.format(**ask.words).partition("?")[0] for address in addresses]

    missing = routes() - {resolve(path).route for path in paths}

    lines = [f"{route}\n    {ask.row(example(route))}" for route in sorted(missing)]
    assert not lines, (
        "No row in tests/access.txt. These say what happens now: add each after checking "
        "that every status is right, with a row for each thing that somebody must not see.\n"
        + "\n".join(lines)
    )


@pytest.mark.parametrize("section", sections())
def test_everybody_gets_what_the_table_says(ask: Ask, section: str):
    lines = sections()[section]

    found = [ask.row(line.split()[0]) for line in lines]

    wrong = [row for row, line in zip(found, lines, strict=True) if row.split() != line.split()]
    assert not wrong, "The table says otherwise. Now:\n" + "\n".join(wrong)


def test_administration_lets_only_administrators_in(ask: Ask):
    pages = [route for route in walk(get_resolver()) if route.startswith(GROUPS)]

    found = {
        frozenset(name for name in PEOPLE if ask.status(name, "GET", f"/{page}") == "200")
        for page in pages
        if "<" not in page and not page.startswith(("admin/log", "admin/jsi18n", "admin/autocom"))
    }

    nobody, last = frozenset[str](), frozenset({"administrator"})
    assert found == {nobody, last}  # nobody: where rows are not added by hand
