"""A database of the benchmarks' own, with what the community leaves behind in ten years."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

WEBINARS, SESSIONS, COMING, REGISTERED = 1000, 200, 20, 60
SUBJECTS = (
    "Collections after a judgment",
    "Intake in many languages",
    "Retaliation in the fields",
    "Joint employers in warehouses",
    "Strategic enforcement by sector",
    "Settlements that are paid",
)
SUMMARY = (
    "Agencies from across the country compare how they work, from the first call of a worker "
    "to the last payment, and what they would do differently. Number {} of the series."
)


@contextmanager
def filled() -> Iterator[str]:
    """Yield the address of a database with the 2017 record, 1,000 webinars and 200 sessions."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    former = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0)
    try:
        _fill(datetime.now(UTC))
        connection.close()
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    finally:
        connection.creation.destroy_test_db(former, verbosity=0)


def _fill(now: datetime) -> None:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 not a file that anybody keeps
        call_command("import_agencies", stdout=nowhere)
        call_command("import_programme", stdout=nowhere)
    communities = list(apps.get_model("agencies", "Community").objects.order_by("pk"))
    webinars = _events("webinars.Webinar", WEBINARS, now, capacity=100)
    sessions = _events(
        "practice_sessions.PracticeSession", SESSIONS, now, communities, has_public_summary=True
    )
    for number, event in enumerate([*webinars, *sessions]):
        event.topics.add(1 + number % 8, 1 + number % 3)
    _speakers(webinars)
    _registrations(webinars[0], now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _events(
    label: str, number: int, now: datetime, communities: Any = (), **fields: Any
) -> list[Any]:
    """Make events: the first ones to come, then one every third day back from yesterday."""
    model = apps.get_model(label)
    held_in = cycle(communities or [None])
    events = []
    for n, subject in islice(enumerate(cycle(SUBJECTS), start=1), number):
        days = n if n <= COMING else -(n - COMING) * 3
        starts_at = datetime.combine(now.date() + timedelta(days=days), time(18), UTC)
        if community := next(held_in):
            fields["community"] = community
        event = model(
            slug=f"bench-{n}",
            title=f"{subject}, part {n}",
            summary=SUMMARY.format(n),
            description="One case each, questions, and what to bring next time.\n\n" * 3,
            state="published",
            published_at=now,
            held_on=_day(starts_at),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=75),
            time_zone="America/New_York",
            **fields,
        )
        events.append(event)
    created: list[Any] = model.objects.bulk_create(events)
    return created


def _day(moment: datetime) -> date:
    return moment.date()


def _speakers(webinars: list[Any]) -> None:
    agencies = cycle(apps.get_model("agencies", "Agency").objects.order_by("pk")[:20])
    presenter = apps.get_model("webinars", "Presenter")
    presenter.objects.bulk_create(
        presenter(webinar=webinar, name="A Speaker", title="Director", agency=next(agencies))
        for webinar in webinars
    )


def _registrations(webinar: Any, now: datetime) -> None:
    people, places = apps.get_model("accounts", "User"), apps.get_model("webinars", "Registration")
    places.objects.bulk_create(
        places(webinar=webinar, person=person, state="registered", joined_at=now)
        for person in people.objects.bulk_create(
            people(email=f"person{n}@example.org", name=f"Person {n}") for n in range(REGISTERED)
        )
    )
