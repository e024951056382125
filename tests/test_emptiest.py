"""Every address that names something, asked for the emptiest things of its kind: none fails."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, Membership
from records.models import Attendance, Recording
from surveys import authoring
from surveys.documents import CHOOSING
from surveys.models import Question, Release, Survey
from tests.addresses import routes
from tests.browsers import Client
from tests.factories import (
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
    make_wave,
    make_webinar,
)
from webinars.models import Mailing, Presenter

Words = dict[str, Any]

LITTLE = {"title": "T", "summary": "", "description": ""}  # what an event cannot do without
OTHERS = ("accounts/", "admin/")  # of packages; tests/test_access.py asks for these

UNKNOWN = {"slug": "none", "int": 1, "uuid": uuid4(), "str": "1"}  # what there is not


def _event(make: Any, state: str, days: int, *, has_hour: bool = True, **fields: Any) -> Any:
    """Make an event of which as little is said as can be."""
    now = timezone.now()
    moment = now + timedelta(days=days)
    fields |= {"starts_at": moment if has_hour else None, "held_on": moment.date()}
    if state == "cancelled":
        fields["cancelled_at"] = now
    return make(state=state, **LITTLE | fields)


def _webinars() -> Iterator[Words]:
    """Yield webinars without anything, and with the emptiest of what may hang on one."""
    for state, days in (("draft", 9), ("published", 9), ("published", -9), ("cancelled", 9)):
        yield {"slug": _event(make_webinar, state, days, capacity=None).slug}
    yield {"slug": _event(make_webinar, "published", -9, capacity=None, has_hour=False).slug}
    for days in (9, -9):
        webinar = _event(make_webinar, "published", days, capacity=None)
        speaker = Presenter.objects.create(webinar=webinar)
        mailing = Mailing.objects.create(webinar=webinar, audience="seated")
        attended = Attendance.objects.create(
            webinar=webinar, person=make_registration(webinar).person
        )
        Recording.objects.create(webinar=webinar)
        pk = attended.pk if days < 0 else speaker.pk
        yield {"slug": webinar.slug, "uid": mailing.uid, "pk": pk}


def _sessions() -> Iterator[Words]:
    """Yield sessions without anything, of communities with and without an agency."""
    for circle in (make_community(), make_community(make_agency())):
        for state, days in (("draft", 9), ("published", 9), ("published", -9), ("cancelled", 9)):
            session = _event(make_session, state, days, community=circle, has_hour=days > 0)
            yield {"slug": session.slug, "community": circle.slug}


def _surveys() -> list[Survey]:
    """Make surveys without sections, without questions, and with one of each type, unanswered."""
    bare, unasked, unanswered = (make_survey(not_reported=[]) for _ in range(3))
    unasked.sections.create(key="none", title="", position=1)
    for kind in Question.Type.values:
        choices = ("a",) if kind in CHOOSING else ()
        rows = ("a",) if kind == Question.Type.MATRIX else ()
        make_question(unanswered, section="none", key=kind, type=kind, choices=choices, rows=rows)
    make_question(unanswered, section="none", key="none")
    return [bare, unasked, unanswered]


def _waves(surveys: list[Survey], agency: Agency) -> Iterator[Words]:
    """Yield a wave that asks nobody, and some that ask one agency, which has not looked."""
    now, (bare, unasked, unanswered) = timezone.now(), surveys
    for survey, days, asks in (
        (bare, 3, False),
        (bare, -9, True),
        (unasked, -3, True),
        (unanswered, -3, True),
    ):
        opens_at = now + timedelta(days=days)
        wave = make_wave(survey, opens_at=opens_at, closes_at=opens_at + timedelta(days=6))
        authoring.freeze(survey=survey, now=now)
        if asks:
            make_response(wave, agency)
            Release.objects.create(wave=wave, number=1, published_at=now)
        yield {"slug": wave.slug, "agency": agency.slug, "key": "none"}


def _inquiry(agency: Agency, asker: Any) -> Any:
    """Ask about an answer that says nothing."""
    now = timezone.now()
    response = make_response(agency=agency, state="submitted", submitted_at=now)
    return make_inquiry(make_answer(response, make_question(response.wave.survey)), asker)


def things(agency: Agency, person: Any) -> dict[str, list[Words]]:
    """Return what each beginning of an address may name."""
    webinars, sessions, surveys = list(_webinars()), list(_sessions()), _surveys()
    waves = list(_waves(_surveys(), agency))
    resource, inquiry = {"uid": make_resource().uid}, {"uid": _inquiry(agency, person).uid}
    circles = [{"slug": one["community"], "agency": "none", "pk": person.pk} for one in sessions]
    agencies = [{"slug": one.slug} for one in (agency, make_agency(jurisdiction=""))]
    instruments = [
        {"key": one.key, "version": one.version, "section": "none", "question": key}
        for one in surveys
        for key in ("none", *one.questions.values_list("key", flat=True))
    ]
    seats = [
        {"seat": f"{one.key}/{one.version}/preview/{role}", "section": "none", "key": "none"}
        for one, role in product(surveys, ("coordinator", "member", "organiser"))
    ]
    return {
        "agencies/": agencies,
        "communities/<slug:community>/": sessions,
        "communities/<slug:slug>/": circles,
        "files/": [resource],
        "manage/agencies/": agencies,
        "manage/communities/": circles,
        "manage/resources/": [resource],
        "manage/series/": [{"slug": make_series().slug}],
        "manage/sessions/": sessions,
        "manage/surveys/": waves,
        "manage/surveys/instruments/<seat": seats,
        "manage/surveys/instruments/<slug": instruments,
        "manage/surveys/questions/": [inquiry],
        "manage/texts/": [{"name": "webinar-receipt"}],
        "manage/webinars/": webinars,
        "my/agency/": agencies,
        "surveys/": waves,
        "surveys/questions/": [inquiry],
        "topics/": [{"slug": make_topic().slug}],
        "webinars/": webinars,
    }


def addresses(named: dict[str, list[Words]]) -> Iterator[str]:
    """Yield each address of the portal that names something, for each such thing."""
    for route in sorted(routes()):
        if "<" not in route or route.startswith(OTHERS):
            continue
        beginning = max((one for one in named if route.startswith(one)), key=len, default="")
        made = {_fill(route, words) for words in named.get(beginning, [{}])}
        yield from sorted(made)


def _fill(route: str, words: Words) -> str:
    def word(found: re.Match[str]) -> str:
        kind, name = found[1].split(":")
        return str(words.get("seat") if kind == "seat" else words.get(name, UNKNOWN[kind]))

    return "/" + re.sub(r"<([^>]+)>", word, route)


@pytest.fixture
def _quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("part", ["console", "rest"])
def test_no_address_fails_on_the_emptiest_thing_of_its_kind(part: str):
    agency = make_agency(slug="none")
    is_organiser = part == "console"
    person = make_member(agency, role=Membership.Role.COORDINATOR, is_organiser=is_organiser)
    asked = list(addresses(things(agency, person)))
    client = Client()
    client.force_login(person)

    found = {
        address: _status(client, address)
        for address in asked
        if address.startswith("/manage/") == is_organiser
    }

    failed = [address for address, status in found.items() if status >= 500]
    assert failed == [], "\n".join(failed)


def _status(client: Client, address: str) -> int:
    """Return the worse of what the address answers, asked and sent nothing; then undo it."""
    statuses = []
    for ask in (client.get, client.post):
        with transaction.atomic():
            statuses.append(ask(address).status_code)
            transaction.set_rollback(True)
    return max(statuses)
