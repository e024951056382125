"""What is said in the room stays in the room: no answer to anybody outside holds a closed word."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import TestCase
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from accounts.models import User
from agencies.models import Community
from library.models import Resource
from notifications import delivering
from sessions import invitations, reminders, scheduling
from sessions.models import AgendaItem, PracticeSession
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_resource,
    make_topic,
    make_user,
)
from tests.factories import make_session as make
from tests.postbox import Postbox
from tests.sessions.conftest import browser_of

MARK = "zqxclosed"
BEGINNING = "zqxclo"  # what people search for: a page says the words again that it was asked for
NOW = datetime.now(UTC).replace(microsecond=0)
INSIDE = ("member", "facilitator")
OUTSIDE = ("visitor", "participant", "other agency", "other facilitator")


@pytest.fixture(autouse=True)
def _places(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Keep files apart, and visitors' pages as in production."""
    settings.MEDIA_ROOT = tmp_path
    settings.VISITOR_CACHE_SECONDS = 30
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def community() -> Community:
    """A community with sessions past and to come, each with a mark in all that is closed."""
    community = make_community(make_agency(), slug="circle")
    topic = make_topic(slug="liens")
    for number, days in enumerate((-300, 5)):
        for is_public in (True, False):
            starts_at = NOW + timedelta(days=days + number)
            _closed(community, f"s{number}{is_public:d}", is_public, starts_at).topics.add(topic)
    make_resource(title=f"{MARK} template", visibility="community", community=community).topics.add(
        topic
    )
    return community


def _closed(
    community: Community, slug: str, is_public: bool, starts_at: datetime
) -> PracticeSession:
    """Make a session; without a public summary its title and summary are closed too."""
    closed = f"{MARK} words"
    session = make(
        community,
        slug=slug,
        starts_at=starts_at,
        has_public_summary=is_public,
        title="Open words" if is_public else closed,
        summary="Open words" if is_public else closed,
        description=closed,
        join_url=f"https://meet.example.org/{MARK}",
    )
    AgendaItem.objects.create(session=session, title=closed, who=closed, text=closed)
    material = make_resource(title=f"{MARK} slides", visibility="community", community=community)
    session.resources.add(material)
    return session


def people(community: Community) -> dict[str, User | AnonymousUser]:
    """Return who asks."""
    facilitator, other = make_user(name="Farah"), make_user(name="Otto")
    community.facilitators.add(facilitator)
    make_community(make_agency()).facilitators.add(other)
    return {
        "member": make_member(community.agencies.get(), name="Mia"),
        "facilitator": facilitator,
        "visitor": AnonymousUser(),
        "participant": make_user(name="Pat"),
        "other agency": make_member(name="Sam"),
        "other facilitator": other,
    }


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every address pattern of the portal."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def addresses() -> list[str]:
    """Return every address without a part to fill in, and those about the closed things."""
    skipped = ("admin/", "accounts/", "healthz", "readyz", "metrics")
    plain = [
        f"/{route}"
        for route in routes(get_resolver())
        if "<" not in route and "(" not in route and not route.startswith(skipped)
    ]
    sessions = [one.get_absolute_url() for one in PracticeSession.objects.all()]
    files = [one.get_absolute_url() for one in Resource.objects.all()]
    asked = [f"/library/?q={BEGINNING}", "/library/?q=words&topic=liens"]
    asked += ["/library/?kind=session", f"/manage/resources/?q={BEGINNING}"]
    agency = Community.objects.get(slug="circle").agencies.get()
    known = ["/topics/liens/", "/communities/circle/", agency.get_absolute_url()]
    runs = [f"/manage/sessions/{one.slug}/" for one in PracticeSession.objects.all()]
    calendars = [f"{address}calendar.ics" for address in sessions]
    return [*plain, *asked, *known, *sessions, *calendars, *runs, *files]


def found(person: User | AnonymousUser) -> list[str]:
    """Return the addresses whose answers to this person hold the mark."""
    client = browser_of(person)
    return [address for address in addresses() if _holds(client, address)]


def _holds(client: Client, address: str) -> bool:
    answer: Any = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return MARK in content.decode(errors="replace").lower() + str(dict(answer.items())).lower()


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_answer_to_anybody_outside_holds_a_closed_word(community: Community, name: str):
    assert found(people(community)[name]) == []


@pytest.mark.parametrize("name", INSIDE)
def test_those_inside_find_it_so_the_test_above_could_fail(community: Community, name: str):
    person = people(community)[name]
    for session in PracticeSession.objects.filter(starts_at__gt=NOW):
        invitations.answer(session=session, person=person, rsvp="yes", now=NOW)  # type: ignore[arg-type] # no visitor

    holding = found(person)

    expected = {
        f"/library/?q={BEGINNING}",
        "/topics/liens/",
        "/communities/circle/",
        "/library/",
        "/communities/circle/s11/",
        "/communities/circle/s10/",
        "/communities/circle/s11/calendar.ics",
    }
    assert expected - set(holding) == set()


@pytest.mark.parametrize("name", OUTSIDE)
def test_counts_do_not_tell_of_closed_words(community: Community, name: str):
    client = browser_of(people(community)[name])

    totals = [
        client.get("/library/", {"q": words}).context["page"].paginator.count
        for words in (MARK, "open words")
    ]

    assert totals == [0, 1]


@pytest.mark.parametrize("end", ["membership", "agency", "account"])
def test_permission_ends_on_the_next_request(community: Community, end: str):
    member = people(community)["member"]
    assert isinstance(member, User)
    client, asked = browser_of(member), addresses()
    before = _holds(client, "/communities/circle/s10/")

    if end == "membership":
        member.memberships.update(status="ended", ended_at=NOW)
    elif end == "agency":
        community.agencies.clear()
    else:
        User.objects.filter(pk=member.pk).update(is_active=False)

    assert before
    assert [address for address in asked if _holds(client, address)] == []


def test_session_that_is_closed_again_is_gone_for_visitors_at_once(community: Community):
    session = PracticeSession.objects.get(slug="s11")
    open_before = Client().get(session.get_absolute_url()).status_code
    said = {name: getattr(session, name) for name in scheduling.Plan.__dataclass_fields__}

    with TestCase.captureOnCommitCallbacks(execute=True):
        scheduling.change(
            session=session,
            seen=session.changed_at,
            details=scheduling.Plan(**said | {"has_public_summary": False}),
            topics=session.topics.all(),
            parts=[],
            reason="",
            now=NOW,
        )

    assert (open_before, Client().get(session.get_absolute_url()).status_code) == (200, 404)


def test_mails_go_to_those_inside_only(community: Community, postbox: Postbox):
    asked = people(community)
    session = make(
        community, starts_at=NOW + timedelta(hours=20), title=f"{MARK} title", state="draft"
    )

    scheduling.publish(session=session, now=NOW)
    invitations.invite_newcomers(now=NOW)
    session.invitations.update(invited_at=NOW - timedelta(days=9))
    reminders.queue_due(now=NOW)
    delivering.drain()

    inside = {person.email for name, person in asked.items() if name in INSIDE}  # type: ignore[union-attr] # nobody inside is a visitor
    assert {message["To"] for message in postbox.received} == inside
    assert all(MARK in message.as_string() for message in postbox.received)
