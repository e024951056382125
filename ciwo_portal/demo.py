"""Demonstration data: people, agencies, a community and events, all marked as demo."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User
from agencies.models import Agency, Community, EmailDomain, Membership
from ciwo_portal import demo_records
from ciwo_portal.demo_logins import LOGINS, PASSWORD
from library.models import Resource, Topic
from sessions.models import AgendaItem, PracticeSession
from surveys import demo as surveys_demo
from webinars.models import Series, Webinar

ZONE = "America/New_York"
HOME = "alder-falls"  # the agency of the demo staff and coordinator
ANOTHER = "north-bay"  # that of a coordinator whom the others can ask
MEMBERS = 5  # agencies in the demo community


class NotHere(Exception):
    """Demonstration data is off, or other people reach this portal."""


class InUse(Exception):
    """Something real refers to demonstration data; the text names both."""


@transaction.atomic
def load(document: dict[str, Any], now: datetime) -> dict[str, Agency]:
    """Load what is missing of the demonstration; return its agencies by their ids.

    Raises NotHere where its people, whose password is published, may not sign in.
    """
    if not settings.ADMITS_DEMO_PEOPLE:
        raise NotHere
    agencies = {row["id"]: _agency(row) for row in document["agencies"]}
    people = {login.role: _person(login.email, login.name) for login in LOGINS}
    people["organizer"].is_organiser = True
    people["organizer"].save(update_fields=["is_organiser"])
    administrator = people["site administrator"]
    administrator.is_organiser = administrator.is_staff = administrator.is_superuser = True
    administrator.save(update_fields=["is_organiser", "is_staff", "is_superuser"])
    for role in ("agency staff", "colleague"):
        _membership(people[role], agencies[HOME], Membership.Role.STAFF, now)
    _membership(people["agency coordinator"], agencies[HOME], Membership.Role.COORDINATOR, now)
    another = people["another agency's coordinator"]
    _membership(another, agencies[ANOTHER], Membership.Role.COORDINATOR, now)
    community = _community(list(agencies.values())[:MEMBERS], people["facilitator"])
    _events(community, now)
    _held(people, now)
    return agencies


@transaction.atomic
def unload() -> dict[str, int]:
    """Remove all demonstration data and nothing else; return how many of each kind there were.

    Raises InUse, and removes nothing, while something real hangs on it.
    """
    removed = {}
    surveys_demo.unload()
    for model in (Webinar, Series, PracticeSession, Resource, Community, Agency, User):
        rows = model.objects.filter(is_demo=True)
        removed[str(model._meta.verbose_name_plural)] = rows.count()
        try:
            rows.delete()
        except ProtectedError as fault:
            real = sorted(f"{one._meta.verbose_name} “{one}”" for one in fault.protected_objects)
            raise InUse(f"{real[0]} is real and belongs to a demonstration entry") from None
    return removed


def _agency(row: dict[str, Any]) -> Agency:
    agency, _ = Agency.objects.update_or_create(
        slug=f"demo-{row['id']}",
        defaults={
            "name": row["name"],
            "level": row["level"],
            "jurisdiction": row["name"].replace(" (demo)", ""),
            "state": row["state"],
            "population_band": row["population_band"],
            "founded_in": row["began"],
            "note": "Demonstration data: a fictional agency in a fictional state.",
            "is_demo": True,
        },
    )
    EmailDomain.objects.get_or_create(domain=row["domain"], defaults={"agency": agency})
    return agency


def _person(email: str, name: str) -> User:
    person = User.objects.filter(email=email).first()
    if person is None:
        person = User.objects.create_user(email, PASSWORD, name=name, is_demo=True)
    EmailAddress.objects.get_or_create(user=person, email=email, verified=True, primary=True)
    return person


def _membership(person: User, agency: Agency, role: str, now: datetime) -> None:
    long_ago = now - timedelta(days=90)  # before the webinars that are over
    Membership.objects.get_or_create(
        person=person,
        agency=agency,
        defaults={"role": role, "status": "active", "asked_at": long_ago, "decided_at": long_ago},
    )


def _community(agencies: list[Agency], facilitator: User) -> Community:
    community, _ = Community.objects.update_or_create(
        slug="demo-collections-circle",
        defaults={
            "name": "Collections circle (demo)",
            "summary": "Demonstration: five fictional agencies compare how they collect.",
            "is_demo": True,
        },
    )
    community.agencies.set(agencies)
    community.facilitators.set([facilitator])
    return community


def _events(community: Community, now: datetime) -> None:
    """Two webinars and one session in the weeks to come; those that are there stay."""
    topics = list(Topic.objects.order_by("position")[:3])
    _webinar("demo-liens-and-bonds", "Liens and wage bonds, step by step (demo)", now, 15, 200)
    _webinar("demo-small-room", "A small room: one seat (demo)", now, 22, 1)
    for webinar in Webinar.objects.filter(is_demo=True):
        webinar.topics.set(topics[:2])
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
    Webinar.objects.filter(slug="demo-liens-and-bonds", series=None).update(series=series)
    session, is_new = PracticeSession.objects.get_or_create(
        slug="demo-first-lien",
        defaults=_times(now, 29)
        | {
            "title": "Our first lien (demo)",
            "summary": "Demonstration: what everybody may read of a closed session.",
            "description": "Demonstration: what only the community's agencies read.",
            "community": community,
            "has_public_summary": True,
            "join_url": "https://meet.example.org/demo-first-lien",
        },
    )
    if is_new:
        session.topics.set(topics[:1])
        for position, title in enumerate(("Round of news", "One case", "Questions"), start=1):
            AgendaItem.objects.create(session=session, position=position, title=title)
        session.resources.add(_material(community, now))


def _material(community: Community, now: datetime) -> Resource:
    return Resource.objects.create(
        title="Lien checklist (demo)",
        kind=Resource.Kind.TEMPLATE,
        link="https://files.example.org/demo-lien-checklist",
        community=community,
        added_at=now,
        is_demo=True,
    )


def _held(people: dict[str, User], now: datetime) -> None:
    """Two webinars that are over: one that is closed, and one to close by hand."""
    organiser, seated = people["organizer"], [people["participant"], people["agency coordinator"]]
    for slug, title, days in (
        ("demo-held", "Collecting what is owed (demo)", -12),
        ("demo-to-close", "Complaints from many languages (demo)", -1),
    ):
        webinar, is_new = _webinar(slug, title, now, days, 200)
        if is_new:
            webinar.topics.set(Topic.objects.order_by("position")[:2])
            demo_records.seat(webinar, seated)
        if is_new and slug == "demo-held":
            demo_records.close(webinar, organiser, now)


def _webinar(slug: str, title: str, now: datetime, days: int, seats: int) -> tuple[Webinar, bool]:
    return Webinar.objects.get_or_create(
        slug=slug,
        defaults=_times(now, days)
        | {
            "title": title,
            "summary": "Demonstration: an invented webinar that you can register for.",
            "capacity": seats,
            "join_url": f"https://meet.example.org/{slug}",
            "access_information": "Live captions (demo).",
        },
    )


def _times(now: datetime, days: int) -> dict[str, Any]:
    day = (now + timedelta(days=days)).astimezone(ZoneInfo(ZONE))
    starts_at = day.replace(hour=13, minute=0, second=0, microsecond=0)
    return {
        "held_on": starts_at.date(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=75),
        "time_zone": ZONE,
        "state": Webinar.State.PUBLISHED,
        "published_at": now,
        "is_demo": True,
    }
