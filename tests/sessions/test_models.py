"""Who may know of a session, who may read it, and where a search may look."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from library import search
from sessions.models import PracticeSession
from tests.factories import NOW, make_community, make_session
from tests.sessions.conftest import Circle, browser_of

Named = Callable[[Circle], User | AnonymousUser]
PEOPLE: dict[str, Named] = {
    "visitor": lambda circle: AnonymousUser(),
    "outsider": lambda circle: circle.outsider,
    "stranger": lambda circle: circle.stranger,
    "member": lambda circle: circle.member,
    "facilitator": lambda circle: circle.facilitator,
}


def rights(circle: Circle) -> dict[str, str]:
    """Return what each person may do with the only session: know, read, run."""
    sessions = PracticeSession.objects
    asked = (("know", sessions.visible_to), ("read", sessions.open_to), ("run", sessions.run_by))
    return {
        name: " ".join(word for word, filtered in asked if filtered(person(circle)).exists())
        for name, person in PEOPLE.items()
    }


@pytest.mark.parametrize("state", ["published", "cancelled"])
def test_closed_session_is_known_inside_only(circle: Circle, state: str):
    cancelled_at = NOW if state == "cancelled" else None
    make_session(circle.community, state=state, cancelled_at=cancelled_at)

    assert rights(circle) == {
        "visitor": "",
        "outsider": "",
        "stranger": "",
        "member": "know read",
        "facilitator": "know read run",
    }


def test_public_summary_is_known_to_all_and_read_inside(circle: Circle):
    make_session(circle.community, has_public_summary=True)

    assert rights(circle) == {
        "visitor": "know",
        "outsider": "know",
        "stranger": "know",
        "member": "know read",
        "facilitator": "know read run",
    }


def test_draft_is_known_to_who_runs_it(circle: Circle):
    make_session(circle.community, state="draft", has_public_summary=True)

    assert rights(circle) == {
        "visitor": "",
        "outsider": "",
        "stranger": "",
        "member": "",
        "facilitator": "know read run",
    }


def test_unlisted_community_has_no_public_summaries(circle: Circle):
    circle.community.is_listed = False
    circle.community.save()
    make_session(circle.community, has_public_summary=True)

    assert rights(circle) == {
        "visitor": "",
        "outsider": "",
        "stranger": "",
        "member": "know read",
        "facilitator": "know read run",
    }


def test_organiser_runs_all(circle: Circle, organiser: User):
    make_session(make_community(), state="draft")

    assert PracticeSession.objects.run_by(organiser).count() == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("visitor", {"summary": 1, "description": 0}),
        ("outsider", {"summary": 1, "description": 0}),
        ("member", {"summary": 1, "description": 1}),
        ("facilitator", {"summary": 1, "description": 1}),
    ],
)
def test_search_looks_into_closed_words_inside_only(
    circle: Circle, name: str, found: dict[str, int]
):
    make_session(
        circle.community, has_public_summary=True, summary="Openword", description="Closedword"
    )
    sessions = PracticeSession.objects.with_words_for(PEOPLE[name](circle))

    counted = {
        part: sessions.filter(words=search.query(word)).count()  # type: ignore[misc] # an alias
        for part, word in (("summary", "openword"), ("description", "closedword"))
    }

    assert counted == found


@pytest.mark.parametrize(("name", "total"), [("visitor", 0), ("outsider", 0), ("member", 1)])
def test_library_does_not_tell_outsiders_what_a_closed_text_holds(
    circle: Circle, name: str, total: int
):
    make_session(
        circle.community,
        starts_at=NOW - timedelta(days=400),
        has_public_summary=True,
        description="Closedword",
    )
    client = browser_of(PEOPLE[name](circle))

    page = client.get("/library/?q=closedword")

    assert page.context["page"].paginator.count == total


def test_organiser_finds_closed_words(circle: Circle, organiser: User):
    make_session(circle.community, description="Closedword")
    sessions = PracticeSession.objects.with_words_for(organiser)

    assert sessions.filter(words=search.query("closedword")).count() == 1  # type: ignore[misc] # an alias
