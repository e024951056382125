"""A crowd of people for measurements, made in few statements."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress

from accounts.models import User
from webinars.models import Registration, Webinar

ZONE = "America/New_York"


def people(number: int) -> list[User]:
    """Make this many people with verified addresses and without passwords."""
    start = User.objects.count()
    made = User.objects.bulk_create(
        User(email=f"bench{n}@example.org", name=f"Bench Person {n}", password="!")
        for n in range(start, start + number)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in made
    )
    return made


def webinar(starts_at: datetime, capacity: int | None = None) -> Webinar:
    """Make a published webinar."""
    return Webinar.objects.create(
        slug=f"bench-{Webinar.objects.count() + 1}",
        title="Collecting What Is Owed: Liens, Bonds and Licenses",
        summary="What agencies do when an employer does not pay.",
        state=Webinar.State.PUBLISHED,
        published_at=starts_at - timedelta(days=40),
        held_on=starts_at.date(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=75),
        time_zone=ZONE,
        capacity=capacity,
        join_url="https://meet.example.org/j/93571123456?pwd=bench",
    )


def seat(
    webinar: Webinar,
    people: Sequence[User],
    joined_at: datetime,
    state: str = Registration.State.REGISTERED,
) -> None:
    """Give everybody a place, a seat unless told, without the messages that registering owes."""
    Registration.objects.bulk_create(
        Registration(webinar=webinar, person=person, state=state, joined_at=joined_at)
        for person in people
    )
