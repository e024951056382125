"""One of everything, and one of everybody who may or may not see it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from agencies import membership
from agencies.models import Agency, Community, Membership
from ciwo_portal import agenda
from jobs import queue
from jobs.kinds import Order
from library.models import Resource, ResourceVersion, Topic
from notifications import unsubscribing
from notifications.models import Category
from records.models import Attendance, Certificate, Recording
from sessions import answer_links
from sessions import drafts as session_drafts
from sessions.models import PracticeSession
from surveys.models import (
    Answer,
    AnswerFile,
    Figure,
    Question,
    Release,
    Response,
    Section,
    SectionWork,
)
from tests.browsers import Client
from tests.factories import (
    PASSWORD,
    make_agency,
    make_answer,
    make_community,
    make_inquiry,
    make_member,
    make_question,
    make_registration,
    make_resource,
    make_response,
    make_series,
    make_session,
    make_survey,
    make_topic,
    make_user,
    make_wave,
    make_webinar,
)
from webinars import drafts as webinar_drafts
from webinars import join_links, personal, speaker_links
from webinars.models import Mailing, Presenter, Webinar

# From the fewest rights to the most, and last who has lost them: the columns of every table
# about access.
PEOPLE = (
    "visitor",
    "participant",
    "outsider",  # staff of another agency
    "facilitator",
    "staff",
    "coordinator",
    "organiser",
    "administrator",
    "former",  # staff of the first agency until a moment ago, still signed in
)


INTERNAL = "Internal-note-on-an-agency"  # organisers read it, and nobody else anywhere


@dataclass
class Scene:
    """The people by their column, and what stands for each word in an address."""

    people: dict[str, User | AnonymousUser]
    words: dict[str, str] = field(default_factory=dict)


def build() -> Scene:
    """Make the agency and the community that the tables are about, and the rest of the world."""
    home = make_agency(slug="home", domain="home.example.gov", internal_note=INTERNAL)
    other = make_agency(slug="other", internal_note=INTERNAL)
    topic = make_topic(slug="topic")
    scene = Scene(_people(home, other))
    community = make_community(home, slug="community", name="Community-listed")
    hidden = make_community(home, slug="unlisted", name="Community-unlisted", is_listed=False)
    make_community(other)
    for one in (community, hidden):
        one.facilitators.add(scene.people["facilitator"])  # type: ignore[arg-type] # no visitor
    _webinars(topic, community)
    make_series(slug="series")
    _sessions(topic, community, hidden)
    scene.words |= _materials(topic, community) | _survey(home, other)
    handed_in = Answer.objects.get(response__wave__slug="done")
    scene.words["inquiry"] = str(make_inquiry(handed_in, _user(scene, "outsider")).uid)
    token = unsubscribing.url(_user(scene, "participant"), Category.REMINDERS)
    key = {"name": "Laptop", "credential": {}}
    key_of_another = Authenticator.objects.create(user=make_user(), type="webauthn", data=key)
    draft = Mailing.objects.create(
        webinar=Webinar.objects.get(slug="public"), audience="seated", subject="A", text="B"
    )
    scene.words["mailing"] = str(draft.uid)
    scene.words["key"] = str(key_of_another.pk)
    scene.words |= _places(_user(scene, "participant"))
    scene.words["token"] = _last_part(token)
    place = make_registration(Webinar.objects.get(slug="public"), make_user())
    agenda.open_feed(_user(scene, "participant"))
    scene.words["agenda"] = agenda.address(_user(scene, "participant")).rpartition("/")[2]
    scene.words["join"] = _last_part(join_links.url(place))
    speaker = Presenter.objects.create(webinar=place.webinar, name="Ann", email="a@example.org")
    scene.words |= {"speaking": speaker_links.token(speaker), "speaker": str(speaker.pk)}
    scene.words |= _records(_user(scene, "participant"))
    scene.words |= _drafts(topic, community, _user(scene, "organiser"))
    scene.words["job"] = _job(_user(scene, "staff"))
    scene.words |= _leave(home, _user(scene, "former"))
    scene.words["answer"] = _answer(_user(scene, "staff"))
    scene.words["former_answer"] = _answer(_user(scene, "former"))
    return scene


def _answer(person: User) -> str:
    """Return the last part of the link by which this person answers an invitation."""
    session, asked = PracticeSession.objects.get(slug="s-inner"), {"invited_at": timezone.now()}
    invitation, _ = session.invitations.get_or_create(person=person, defaults=asked)
    return _last_part(answer_links.path(invitation))


def _drafts(topic: Topic, community: Community, organiser: User) -> dict[str, str]:
    """Prepare drafts, then delete two of them; return the links that exist by then."""
    words, now = {}, timezone.now()
    make_webinar(slug="deleted", title="Webinar-deleted", state="draft", topics=(topic,))
    make_session(community, slug="s-deleted", title="Session-deleted", state="draft")
    for word in ("draft", "dropped", "deleted"):
        webinar, session = (
            Webinar.objects.get(slug=word),
            PracticeSession.objects.get(slug=f"s-{word}"),
        )
        speaker = Presenter.objects.create(webinar=webinar, name="Bo", email="b@example.org")
        words[f"{word}_speaking"] = speaker_links.token(speaker)
        words[f"{word}_place"] = _last_part(personal.path(webinar, organiser))
        words[f"{word}_file"] = _prepared(f"Material-{word}", webinar, topic, visibility="public")
        closed = {"visibility": "community", "community": community}
        words[f"s_{word}_file"] = _prepared(f"Material-inner{word}", session, topic, **closed)
    webinar_drafts.delete(webinar=Webinar.objects.get(slug="deleted"), now=now)
    session_drafts.delete(session=PracticeSession.objects.get(slug="s-deleted"), by=organiser)
    return words


def _prepared(title: str, event: Webinar | PracticeSession, topic: Topic, **fields: Any) -> str:
    """Hang a file on an event that it was added for; return the name of its address."""
    file = ContentFile(b"%PDF-", name="slides.pdf")
    given = make_resource(title=title, link="", file=file, is_unannounced=True, **fields)
    given.topics.add(topic)
    event.resources.add(given)
    return str(given.uid)


def _job(person: User) -> str:
    """Let the person have asked for a table that is not made yet; return its word."""
    table = Order("surveys/table", {"wave": 0, "table": "answers"}, "A table", "/my/")
    return str(queue.ask(person=person, order=table, now=timezone.now()).uid)


def _leave(home: Agency, person: User) -> dict[str, str]:
    """Let the person take part in everything, then leave the agency; return the links they keep."""
    now = timezone.now()
    slugs = (
        "public",
        "canceled",
        "members",
        "closed",
        "past-public",
        "past-members",
        "past-closed",
    )
    webinars = {slug: Webinar.objects.get(slug=slug) for slug in slugs}
    places = {slug: make_registration(webinar, person) for slug, webinar in webinars.items()}
    for slug in ("past-members", "past-closed"):
        Attendance.objects.create(webinar=webinars[slug], person=person, attended=True)
    yes = {"person": person, "rsvp": "yes", "invited_at": now, "answered_at": now}
    for session in PracticeSession.objects.announced():
        session.invitations.create(**yes)
    response = Response.objects.get(wave__slug="wave", agency=home)
    work = {"section": Section.objects.get(survey=response.wave.survey, key="basics")}
    SectionWork.objects.create(response=response, owner=person, given_at=now, **work)
    agenda.open_feed(person)
    membership.end(membership=person.memberships.get(), by=person, now=now)
    return {
        "former_agenda": agenda.address(person).rpartition("/")[2],
        "former_join": _last_part(join_links.url(places["members"])),
        "former_place": _last_part(personal.path(webinars["closed"], person)),
    }


def _last_part(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def _records(person: User) -> dict[str, str]:
    """Let the person have attended a past webinar, and put recordings up; return their words."""
    now, held = timezone.now(), Webinar.objects.get(slug="past-public")
    attended = Attendance.objects.create(webinar=held, person=person, attended=True)
    words = {"name": "Pat", "title": held.title, "held_on": held.held_on, "minutes": 80}
    shown = Certificate.objects.create(webinar=held, person=person, issued_at=now, **words)
    for slug in ("past-public", "past-members"):
        Recording.objects.create(
            webinar=Webinar.objects.get(slug=slug),
            link="https://video.example.org/1",
            captions="WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
            consented_at=now,
            published_at=now,
        )
    return {"attendance": str(attended.pk), "certificate": shown.code}


def _user(scene: Scene, name: str) -> User:
    person = scene.people[name]
    assert isinstance(person, User)
    return person


def _people(home: Agency, other: Agency) -> dict[str, User | AnonymousUser]:
    return {
        "visitor": AnonymousUser(),
        "participant": make_user(),
        "outsider": make_member(other),
        "facilitator": make_user(),
        "staff": make_member(home),
        "coordinator": make_member(home, role=Membership.Role.COORDINATOR),
        "organiser": make_user(is_organiser=True),
        "administrator": make_user(is_organiser=True, is_staff=True, is_superuser=True),
        "former": make_member(home),
    }


def _states(now: datetime) -> dict[str, dict[str, Any]]:
    """Return what is not simply published: a draft, one called off as a draft, and one after."""
    return {
        "draft": {"state": "draft"},
        "dropped": {"state": "cancelled", "cancelled_at": now, "published_at": None},
        "canceled": {"state": "cancelled", "cancelled_at": now},
    }


def _webinars(topic: Topic, community: Community) -> None:
    """Make a coming and a past webinar of each kind; the title's last word names the kind."""
    now = timezone.now()
    kinds: dict[str, dict[str, Any]] = {
        "public": {"visibility": "public"},
        "members": {"visibility": "members"},
        "closed": {"visibility": "community", "community": community},
        **_states(now),
        "scheduled": {"state": "draft", "publish_at": now + timedelta(days=1)},
    }
    for kind, fields in kinds.items():
        for when, start in (("", now + timedelta(days=9)), ("past-", now - timedelta(days=9))):
            title = f"Webinar-{kind}"
            make_webinar(
                topics=(topic,), slug=f"{when}{kind}", title=title, starts_at=start, **fields
            )


def _places(person: User) -> dict[str, str]:
    """Return what a mail's link would hold about the public and the closed webinar."""
    links = {"place": "public", "closed_place": "closed"}
    paths = {
        word: personal.path(Webinar.objects.get(slug=slug), person) for word, slug in links.items()
    }
    return {word: path.rstrip("/").rpartition("/")[2] for word, path in paths.items()}


def _sessions(topic: Topic, community: Community, hidden: Community) -> None:
    """Make a coming and a past session of each kind; one of them has a public summary."""
    now = timezone.now()
    kinds: dict[str, dict[str, Any]] = {
        "summary": {"has_public_summary": True},
        "inner": {},
        "unlisted": {"community": hidden, "has_public_summary": True},
        **{kind: fields | {"has_public_summary": True} for kind, fields in _states(now).items()},
    }
    for kind, fields in kinds.items():
        for when, start in (("", now + timedelta(days=9)), ("past-", now - timedelta(days=9))):
            given: dict[str, Any] = {"community": community, "title": f"Session-{kind}"} | fields
            session = make_session(
                slug=f"{when}s-{kind}", starts_at=start, description="Inside-only", **given
            )
            session.topics.add(topic)


def _materials(topic: Topic, community: Community) -> dict[str, str]:
    """Make a file for each audience, under the topic."""
    words = {}
    for audience in Resource.Visibility.values:
        closed = {"community": community} if audience == "community" else {}
        resource = make_resource(
            title=f"Material-{audience}",
            link="",
            file=ContentFile(b"%PDF-", name="slides.pdf"),
            visibility=audience,
            **closed,
        )
        resource.topics.add(topic)
        words[f"{audience}_file"] = str(resource.uid)
        earlier = ResourceVersion.objects.create(
            resource=resource,
            file=ContentFile(b"%PDF-", name="old.pdf"),
            replaced_at=timezone.now(),
        )
        words[f"{audience}_version"] = str(earlier.uid)
    return words


def _survey(home: Agency, other: Agency) -> dict[str, str]:
    """Ask both agencies; the wave `wave` was asked of the home agency only, and is answered."""
    survey, now = make_survey(), timezone.now()
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=30)}
    make_question(survey, key="q")
    make_question(make_survey(key="draft"), key="q")
    file = make_question(survey, key="file", type="file")
    make_question(survey, key="amount", type="number")
    wave = make_wave(survey, slug="wave", title="Wave-open", **times)
    unsent = make_wave(survey, slug="unsent", title="Wave-unsent", fielded_at=None, **times)
    response = make_response(wave, home)
    make_response(unsent, home)
    release = Release.objects.create(wave=unsent, number=1, published_at=now)
    Figure.objects.create(release=release, question=survey.questions.get(key="amount"))
    done = make_wave(survey, slug="done", title="Wave-done", **times)
    handed_in = make_response(done, home, state="submitted", submitted_at=now)
    make_response(make_wave(survey, slug="theirs", title="Wave-theirs", **times), other)
    return {
        "answer_file": _file(response, file),
        "done_file": _file(handed_in, file),
    }


def _file(response: Response, question: Question) -> str:
    """Add a file to an answer, and return the name of its address."""
    given = AnswerFile.objects.create(
        response=response,
        question=question,
        name="budget.pdf",
        size=5,
        file=ContentFile(b"%PDF-", name="budget.pdf"),
        added_at=timezone.now(),
    )
    value = [{"file": str(given.uid), "name": given.name, "bytes": 5}]
    make_answer(response, question, value, sharing="organisers")
    return str(given.uid)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Scene]:
    """One of everything, with files in a folder of its own; refusals are not logged.

    It takes seconds to make, so that a file's tests share it: what each of them changes is undone.
    """
    changed = {"MEDIA_ROOT": tmp_path_factory.mktemp("media"), "ACCOUNT_RATE_LIMITS": False}
    with override_settings(**changed), django_db_blocker.unblock(), transaction.atomic():
        logging.disable()
        made = build()
        connection.check_constraints()  # once, not after each test
        yield made
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


def browser(person: Any, *, is_sure: bool = False, uses_factor: bool = True) -> Client:
    """Return a browser in which the person is signed in; a moment ago with the password."""
    client = Client()
    if isinstance(person, User):
        client.force_login(person, uses_factor=uses_factor)
        if is_sure:
            client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
