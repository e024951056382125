"""The demonstration's webinars and sessions, past and to come, as their document tells them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile

from accounts.models import User
from agencies.models import Agency, Community
from ciwo_portal import demo_records
from library.models import Resource, Topic
from sessions.models import AgendaItem, Invitation, PracticeSession
from surveys.demo import docx
from webinars.models import Presenter, Registration, Series, Webinar

DATA = Path(__file__).resolve().parent / "data"
ZONE = "America/New_York"
INVITED = ("agency staff", "colleague", "agency coordinator", "another agency's coordinator")
TO_CLOSE = "demo-to-close"  # is over, and left to close by hand

Row = dict[str, Any]


def load(
    *,
    agencies: Mapping[str, Agency],
    community: Community,
    people: Mapping[str, User],
    now: datetime,
) -> None:
    """Load the events that are missing; those that have a description stay as they are."""
    document = json.loads((DATA / "demo_events.json").read_text())
    for row in document["webinars"]:
        webinar, is_bare = _event(Webinar, row, _of_webinar(row), now)
        if is_bare:
            _present(webinar, row, agencies)
            _hold(webinar, row, people, now)
            _seat(webinar, [people[role] for role in row.get("seated", ())], now)
    for row in document["sessions"]:
        session, is_bare = _event(PracticeSession, row, _of_session(row, community), now)
        if is_bare:
            _plan(session, row, community, now)
            _invite(session, people, now)


def _event(model: Any, row: Row, own: Row, now: datetime) -> tuple[Any, bool]:
    """Return the event with its topics, and whether it still lacks what hangs on it."""
    told = {name: row[name] for name in ("title", "summary", "description")}
    values = _times(now, row["day"]) | told | own
    event, is_new = model.objects.get_or_create(slug=row["slug"], defaults=values)
    event.topics.set(Topic.objects.filter(slug__in=row["topics"]))
    is_bare = is_new or not event.description
    if is_bare and not is_new:  # of an earlier version, which had titles and times alone
        model.objects.filter(pk=event.pk).update(**told)
    return event, is_bare


def _of_webinar(row: Row) -> Row:
    return {
        "capacity": row["seats"],
        "partner": row.get("partner", ""),
        "series": _series() if row.get("is_in_series") else None,
        "join_url": f"https://meet.example.org/{row['slug']}",
        "access_information": "Live captions and a transcript; tell us what else you need (demo).",
    }


def _of_session(row: Row, community: Community) -> Row:
    return {
        "community": community,
        "has_public_summary": True,
        "join_url": f"https://meet.example.org/{row['slug']}",
    }


def _series() -> Series:
    series, _ = Series.objects.get_or_create(
        slug="demo-collections-series",
        defaults={
            "name": "Collections, step by step (demo)",
            "summary": "Demonstration: an invented series of webinars.",
            "capacity": 200,
            "partner": "CLASP (demo)",
            "access_information": "Live captions (demo).",
            "is_demo": True,
        },
    )
    return series


def _present(webinar: Webinar, row: Row, agencies: Mapping[str, Agency]) -> None:
    """Name the speakers and put up the materials."""
    Presenter.objects.bulk_create(
        Presenter(
            webinar=webinar,
            position=position,
            name=speaker["name"],
            title=speaker["title"],
            biography=speaker["biography"],
            agency=agencies.get(speaker.get("agency", "")),
        )
        for position, speaker in enumerate(row.get("speakers", ()))
    )
    announced_at = webinar.published_at
    for given in row.get("materials", ()):
        material = _material(given, added_at=announced_at, visibility=Resource.Visibility.PUBLIC)
        material.topics.set(webinar.topics.all())
        webinar.resources.add(material)


def _hold(webinar: Webinar, row: Row, people: Mapping[str, User], now: datetime) -> None:
    """Let a past webinar have been held: people came and, but for one, it is closed."""
    if row["day"] >= 0 or webinar.registrations.exists():
        return
    demo_records.seat(webinar, [people["participant"], people["agency coordinator"]])
    if webinar.slug == TO_CLOSE:
        return
    then = min(now, webinar.ends_at + timedelta(days=1)) if webinar.ends_at else now
    demo_records.close(webinar, people["organizer"], then)
    if kept := row.get("recording"):
        captions, chapters = (DATA / kept["captions"]).read_text(), kept["chapters"]
        demo_records.record(
            webinar, people["organizer"], then, captions=captions, chapters=chapters
        )


def _seat(webinar: Webinar, people: list[User], now: datetime) -> None:
    """Let these people have registered for a webinar that is to come."""
    Registration.objects.bulk_create(
        [
            Registration(webinar=webinar, person=one, state="registered", joined_at=now)
            for one in people
        ],
        ignore_conflicts=True,
    )


def _invite(session: PracticeSession, people: Mapping[str, User], now: datetime) -> None:
    """Ask the people of the agency to try to a session that is to come; nobody has answered."""
    if session.starts_at and session.starts_at > now:
        Invitation.objects.bulk_create(
            [Invitation(session=session, person=people[role], invited_at=now) for role in INVITED],
            ignore_conflicts=True,
        )


def _plan(session: PracticeSession, row: Row, community: Community, now: datetime) -> None:
    """Write the agenda and put up the materials; what is there stays."""
    if not session.agenda.exists():
        AgendaItem.objects.bulk_create(
            AgendaItem(session=session, position=position, **item)
            for position, item in enumerate(row["agenda"], start=1)
        )
    if not session.resources.exists():
        for given in row.get("materials", ()):
            session.resources.add(_material(given, added_at=now, community=community))


def _material(given: Row, **where: Any) -> Resource:
    content = docx(*given["lines"])
    return Resource.objects.create(
        title=given["title"],
        kind=given["kind"],
        file=ContentFile(content, given["file"]),
        file_name=given["file"],
        file_size=len(content),
        is_demo=True,
        **where,
    )


def _times(now: datetime, days: int) -> Row:
    day = (now + timedelta(days=days)).astimezone(ZoneInfo(ZONE))
    starts_at = day.replace(hour=13, minute=0, second=0, microsecond=0)
    return {
        "held_on": starts_at.date(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=75),
        "time_zone": ZONE,
        "state": Webinar.State.PUBLISHED,
        "published_at": min(now, starts_at - timedelta(days=21)),
        "is_demo": True,
    }
