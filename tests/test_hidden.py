"""What pages, feeds, searches and counts tell: only what the reader may know of."""

import re
from collections.abc import Iterable
from typing import Any

from bs4 import BeautifulSoup

from tests.browsers import site_map
from tests.scene import PEOPLE, Scene, browser

# Who may know of what, and which pages tell of it: nobody else finds it there, nor in a count.
EVERYBODY = frozenset(PEOPLE)
PROGRAMME = frozenset({"organiser", "administrator"})
MEMBERS = PROGRAMME | {"outsider", "facilitator", "staff", "coordinator"}
COMMUNITY = PROGRAMME | {"facilitator", "staff", "coordinator"}
MAY_KNOW = {
    "Webinar-public": EVERYBODY,
    "Webinar-members": MEMBERS,
    "Webinar-closed": COMMUNITY,
    "Webinar-canceled": EVERYBODY,
    **dict.fromkeys(("Webinar-draft", "Webinar-scheduled", "Webinar-dropped"), PROGRAMME),
    "Session-summary": EVERYBODY,
    "Session-inner": COMMUNITY,
    "Session-unlisted": COMMUNITY,
    "Session-canceled": EVERYBODY,
    **dict.fromkeys(("Session-draft", "Session-dropped"), PROGRAMME | {"facilitator"}),
    "Material-public": EVERYBODY,
    "Material-members": MEMBERS,
    "Material-community": COMMUNITY,
    "Material-organisers": PROGRAMME,
    **dict.fromkeys(("Material-draft", "Material-dropped"), PROGRAMME),
    **dict.fromkeys(("Material-innerdraft", "Material-innerdropped"), PROGRAMME | {"facilitator"}),
    "Community-listed": EVERYBODY,
    "Community-unlisted": COMMUNITY,
    "Wave-open": frozenset({"staff", "coordinator"}),
    "Wave-done": frozenset({"staff", "coordinator"}),
    "Wave-theirs": frozenset({"outsider"}),
}
# What pages list of what was announced; a draft, also one that was called off, stands on none.
WEBINARS = {"Webinar-public", "Webinar-canceled", "Webinar-members", "Webinar-closed"}
SESSIONS = {"Session-summary", "Session-canceled", "Session-inner", "Session-unlisted"}
MATERIALS = {thing for thing in MAY_KNOW if thing.startswith("Material-")}
COMMUNITIES = {"Community-listed", "Community-unlisted"}
DRAFTS = ("draft", "scheduled", "dropped", "deleted")
TOLD: dict[str, set[str]] = {
    "/library/": WEBINARS | SESSIONS,
    "/library/?q=webinar": WEBINARS,
    "/library/?q=session": SESSIONS,
    "/library/?q=canceled": {"Webinar-canceled", "Session-canceled"},
    **{f"/library/?q={word}": set() for word in DRAFTS},
    "/topics/topic/": WEBINARS | SESSIONS | MATERIALS,
    "/webinars/": WEBINARS,
    "/communities/": COMMUNITIES,
    "/communities/community/": {
        "Community-listed",
        "Session-summary",
        "Session-canceled",
        "Session-inner",
        "Material-community",
    },
    "/surveys/": {"Wave-open", "Wave-done", "Wave-theirs"},
}
FED = ("/webinars/calendar.ics", "/webinars/feed/", "/topics/topic/calendar.ics")  # whoever asks
NAMED = re.compile(r"(?:Webinar|Session|Material|Community|Wave)-[a-z]+")


def test_pages_tell_everybody_only_what_they_may_know(world: Scene):
    found = {
        (name, path, thing)
        for name in PEOPLE
        for path, things in told(world.people[name], TOLD).items()
        for thing in things
    }

    assert found == {
        (name, path, thing)
        for path, things in TOLD.items()
        for thing in things
        for name in MAY_KNOW[thing]
    }


def test_first_page_tells_nothing_that_is_hidden(world: Scene):
    found = {name: told(world.people[name], ["/"])["/"] for name in PEOPLE}

    hidden = {(name, thing) for name in PEOPLE for thing in found[name]}
    assert {pair for pair in hidden if pair[0] not in MAY_KNOW[pair[1]]} == set()


def test_feeds_tell_everybody_what_is_public(world: Scene):
    found = [told(world.people[name], FED) for name in PEOPLE]

    assert found == [{path: {"Webinar-public", "Webinar-canceled"} for path in FED}] * len(PEOPLE)


def test_sitemap_lists_what_visitors_may_know(world: Scene):
    listed = site_map(browser(world.people["visitor"]))

    slugs = re.findall(r"/(?:webinars|communities/[a-z]+)/(?:past-)?([a-z-]+)/<", listed)
    assert {*slugs} == {"public", "canceled", "s-summary", "s-canceled"}


def test_who_has_left_an_agency_keeps_what_is_public(world: Scene):
    """They held seats, said yes to sessions and had a part of a survey; then they left."""
    paths = ("/my/", f"/my/calendar/{world.words['former_agenda']}")

    found = told(world.people["former"], paths)

    public = {"Webinar-public", "Webinar-canceled"}
    assert found == dict.fromkeys(paths, public)


def test_words_said_inside_are_found_by_insiders_only(world: Scene):
    path = "/library/?q=inside"

    found = {name: told(world.people[name], [path])[path] for name in PEOPLE}

    assert found == {name: SESSIONS if name in COMMUNITY else set() for name in PEOPLE}


def test_counts_do_not_betray_what_is_hidden(world: Scene):
    found = {name: counts(world.people[name]) for name in PEOPLE}

    past = WEBINARS | SESSIONS
    known = {name: sum(name in MAY_KNOW[thing] for thing in past) for name in PEOPLE}
    assert found == {name: [known[name]] * 3 for name in PEOPLE}


def told(person: Any, paths: Iterable[str]) -> dict[str, set[str]]:
    """Return the names of things on each page."""
    client = browser(person)
    pages = {path: client.get(path).content.decode() for path in paths}
    return {path: set(NAMED.findall(plain(page))) for path, page in pages.items()}


def plain(page: str) -> str:
    """Return what a page says, without marks around what was searched for."""
    return re.sub(r"</?mark>", "", page)


def counts(person: Any) -> list[int]:
    """Return how many past events a person's pages count: in all, under the topic, of the year."""
    page = BeautifulSoup(browser(person).get("/library/").content, "html.parser")
    facets = page.select("[name=topic], [name=year]")
    counted = [found for facet in facets for found in re.findall(r"\((\d+)\)", facet.text)]
    total = re.findall(r"(\d+) results?", page.select("main")[0].text)
    return [int(number) for number in (*total, *counted)]
