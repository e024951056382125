"""Every public page asks the database a few questions, as many for much data as for little."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Community
from ciwo_portal import sitting
from library.models import Topic
from sessions.models import PracticeSession
from surveys import releasing
from surveys.models import Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_community,
    make_member,
    make_question,
    make_resource,
    make_response,
    make_session,
    make_topic,
    make_wave,
    make_webinar,
)
from webinars.models import Presenter, Webinar

MOST, MOST_SIGNED_IN = 8, 16
SLIP = "/library/?q=labour+town"  # nothing has both words, so it looks for what is close
MOST_OF = {SLIP: 11}
PAGES = (
    *("/", "/topics/", "/topics/topic/", "/library/", "/library/?q=labor&topic=topic&year=2017"),
    *(SLIP, "/library/?page=2", "/webinars/", "/webinars/?page=2", "/webinars/webinar/"),
    *("/communities/", "/communities/circle/", "/communities/circle/session/", "/agencies/"),
    *("/agencies/?q=town", "/agencies/agency/", "/accessibility/", "/privacy/"),
    *("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-webinars-1.xml"),
    *("/webinars/calendar.ics", "/webinars/webinar/calendar.ics", "/webinars/feed/"),
    *("/robots.txt", "/nothing/"),
)
FEW, MANY = 10, 1000


@pytest.fixture(autouse=True)
def _nobody_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine the minute would pass after which a session is written again."""
    monkeypatch.setattr(sitting, "NOTED_EVERY", timedelta(hours=1))


@pytest.fixture
def _little() -> None:
    """One of each, and ten past and ten coming webinars with topics and speakers."""
    topic, agency = make_topic(slug="topic"), make_agency(slug="agency")
    circle = make_community(agency, slug="circle")
    start = timezone.now() + timedelta(days=9)
    webinar = make_webinar(slug="webinar", topics=(topic,), starts_at=start)
    webinar.resources.add(make_resource())
    for has_passed, starts_at in ((True, start - timedelta(days=900)), (False, start)):
        session = make_session(circle, has_public_summary=True, starts_at=starts_at)
        session.topics.add(topic)
        session.resources.add(make_resource())
        if has_passed:
            PracticeSession.objects.filter(pk=session.pk).update(slug="session")
    _survey(topic)
    fill(FEW)


def _survey(topic: Topic) -> None:
    """A survey under the topic, which agencies answer in public, with published totals."""
    question = make_question(key="q", type="yes_no_in_progress", choices=("yes", "no"))
    question.section.topics.add(topic)
    wave = make_wave(question.survey, slug="wave")
    _answer(wave, FEW)
    releasing.publish(wave=wave, by=None, now=timezone.now())


def _answer(wave: Wave, number: int) -> None:
    """Let so many more agencies answer."""
    question, now = wave.survey.questions.get(), timezone.now()
    for n in range(number):
        response = make_response(wave, state="submitted", submitted_at=now)
        make_answer(response, question, "no" if n % 3 else "yes", sharing="public")


THROUGH = (
    Webinar.topics.through,
    PracticeSession.topics.through,
    Community.agencies.through,
)


def fill(number: int) -> None:
    """Add so many past webinars and sessions, and ten of them to come."""
    topic, agency = Topic.objects.get(slug="topic"), Agency.objects.get(slug="agency")
    circle, now = Community.objects.get(slug="circle"), timezone.now()
    done = Webinar.objects.count()
    out: dict[str, Any] = {"state": "published", "published_at": now}
    kinds: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Webinar, out),
        (PracticeSession, out | {"community": circle, "has_public_summary": True}),
    )
    for model, own in kinds:
        made = model.objects.bulk_create(
            model(
                slug=f"{model.__name__.lower()}-{n}",
                title=f"Labor in town {n}",
                held_on=(now + timedelta(days=(n % 500) - 490)).date(),
                **own,
            )
            for n in range(done, done + number)
        )
        through = model.topics.through
        key = f"{model._meta.model_name}_id"
        through.objects.bulk_create(through(topic=topic, **{key: one.pk}) for one in made)
        if model is Webinar:
            Presenter.objects.bulk_create(
                Presenter(webinar=one, name="Sam", agency=agency) for one in made
            )
    Topic.objects.bulk_create(
        Topic(slug=f"t{done}-{n}", name=f"Topic {n}") for n in range(number // 10)
    )
    towns = Agency.objects.bulk_create(
        Agency(slug=f"a{done}-{n}", name=f"Town {n}", level="city", jurisdiction="Town", state="CA")
        for n in range(number)
    )
    circle.agencies.add(*towns[: number // 10])
    _answer(Wave.objects.get(slug="wave"), number // 50)
    with connection.cursor() as cursor:
        for model in (Webinar, PracticeSession, Presenter, Topic, Agency, *THROUGH):
            # As the database does by itself a minute later.
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def asked(client: Client) -> dict[str, int]:
    """Return how many questions each page asks."""
    counted = {}
    for path in PAGES:
        cache.clear()  # so that what is kept for half a minute is as fresh for every page
        client.get(path)  # what is asked once per process is not the page's
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counted[path] = len(queries)
    return counted


@pytest.mark.usefixtures("_little")
def test_public_pages_ask_at_most_eight_questions_however_much_there_is(client: Client):
    few = asked(client)

    fill(MANY)

    assert {path: n for path, n in few.items() if n > MOST_OF.get(path, MOST)} == {}
    assert asked(client) == few


@pytest.mark.usefixtures("_little")
def test_pages_of_agency_staff_ask_no_more_with_more_data(client: Client):
    staff: User = make_member(Agency.objects.get(slug="agency"))
    client.force_login(staff)
    few = asked(client)

    fill(MANY)

    assert {path: number for path, number in few.items() if number > MOST_SIGNED_IN} == {}
    assert asked(client) == few
