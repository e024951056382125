"""Demonstration data: people, agencies, a community and events, all marked as demo."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User
from agencies.models import Agency, Community, EmailDomain, Membership
from ciwo_portal import demo_events
from ciwo_portal.demo_logins import LOGINS, PASSWORD
from library.models import Resource
from sessions.models import PracticeSession
from surveys import demo as surveys_demo
from webinars.models import Series, Webinar

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
    demo_events.load(agencies=agencies, community=community, people=people, now=now)
    return agencies


@transaction.atomic
def unload() -> dict[str, int]:
    """Remove all demonstration data and nothing else; return how many of each kind there were.

    Raises InUse, and removes nothing, while something real hangs on it.
    """
    removed = {}
    surveys_demo.unload()
    for material in Resource.objects.filter(is_demo=True).exclude(file=""):
        transaction.on_commit(partial(material.file.storage.delete, str(material.file.name)))
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
        said = {"name": name, "has_chosen_zone": True}
        person = User.objects.create_user(email, PASSWORD, is_demo=True, **said)
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
