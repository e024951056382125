"""Ask for addresses as each of the people: what tests/test_access.py compares its table with."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import URLResolver, get_resolver

from tests.browsers import Client
from tests.nu import Pages
from tests.scene import INTERNAL, PEOPLE, Scene, browser

# Addresses of others that are tested as one: only who is named gets in.
GROUPS = ("admin/",)
FORM = "application/x-www-form-urlencoded"
PARTICIPANT, FORMER = PEOPLE.index("participant"), PEOPLE.index("former")
PROGRAMME = ("organiser", "administrator")  # who reads what is internal


class Ask:
    """Ask for addresses as each of the people; what a request changes is undone."""

    def __init__(self, world: Scene) -> None:
        self.words = world.words
        self.cookies: dict[str, str] = {}
        self.pages = Pages()
        for name, person in world.people.items():
            self.sign_in(name, person)

    def sign_in(self, name: str, person: Any, *, uses_factor: bool = True) -> None:
        """Let this person ask under a name; without a factor rights over others do not count."""
        client = browser(person, is_sure=True, uses_factor=uses_factor)
        self.cookies[name] = client.cookies.output(header="", sep=";").strip()

    def status(self, name: str, method: str, address: str) -> str:
        """Return the status that this person gets."""
        return self.answer(name, method, address)[0]

    def answer(
        self, name: str, method: str, address: str, body: bytes = b"", kind: str = FORM
    ) -> tuple[str, str, bytes]:
        """Return the status, the address that the answer leads to, and what it says."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies[name])
        with transaction.atomic():
            answer = client.generic(
                method,
                address.format(**self.words),
                body,
                content_type=kind,
            )
            transaction.set_rollback(True)
        streamed: Any = answer  # reading all of it closes the file
        told = b"".join(streamed.streaming_content) if answer.streaming else answer.content
        assert name in PROGRAMME or INTERNAL.encode() not in told, f"{name} reads it: {address}"
        self.pages.keep(f"{method} {address} as {name}", told)
        return str(answer.status_code), answer.get("Location", ""), told

    def row(self, address: str) -> str:
        """Return the line of the table that an address would have as things are."""
        cells = []
        for method in ("GET", "POST"):
            found = [self.status(name, method, address) for name in PEOPLE]
            if len(set(found)) == 1:
                found = found[:1]
            elif found[FORMER] == found[PARTICIPANT]:
                del found[FORMER]
            cells.append(" ".join(found))
        return f"{address:<43} {cells[0]:<31} | {cells[1]}"


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every address pattern."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, route)
        else:
            yield route


def routes() -> set[str]:
    """Return every address pattern of the portal, but for those of the groups."""
    return {route for route in walk(get_resolver()) if not route.startswith(GROUPS)}


def example(route: str) -> str:
    """Return an address for a pattern, of things in tests/scene.py where it can guess them."""
    slugs = {"webinars": "public", "sessions": "s-summary", "topics": "topic", "surveys": "wave"}
    subject = next((part for part in route.split("/") if part in slugs), "")
    known = {
        "slug:slug": slugs.get(subject, "community" if "communities" in route else "home"),
        "slug:community": "community",
        "slug:agency": "home",
        "slug:key": "q",
        "uuid:uid": str(uuid4()),
        "str:token": "{token}",
        "int:pk": "1",
    }
    return "/" + re.sub(r"<([^>]+)>", lambda found: known.get(found[1], "1"), route)
