"""Which seats are free, and for whom; who calls holds the webinar when it acts on the answer."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

from accounts.models import User
from webinars.models import Offer, Registration, Webinar


@dataclass(frozen=True)
class Standing:
    """How a webinar's seats stand for one person who comes new."""

    has_free_seat: bool  # with nobody in line before them
    last_joined_at: datetime | None  # of those who wait
    has_offer: bool  # a seat that they are asked to take


def standing(webinar: Webinar, person: User, now: datetime) -> Standing:
    """Return how the seats stand for this person, in one question."""
    offers = Offer.objects.answerable(now).filter(webinar=OuterRef("pk"), person=person)
    is_waiting = Q(registrations__state=Registration.State.WAITLISTED)
    found = (
        Webinar.objects.with_seats()
        .annotate(
            last_joined_at=Max("registrations__joined_at", filter=is_waiting),
            has_offer=Exists(offers),
        )
        .values("is_full", "last_joined_at", "has_offer")
        .get(pk=webinar.pk)
    )
    return Standing(not found["is_full"], found["last_joined_at"], found["has_offer"])


def free(webinar: Webinar) -> int | None:
    """Return how many seats nobody holds and none is kept in; None for seats without end."""
    if webinar.capacity is None:
        return None
    held = webinar.registrations.seated().count() + webinar.offers.holding().count()
    return max(0, webinar.capacity - held)


def next_in_line(webinar: Webinar) -> list[Registration]:
    """Return those who wait for whom a seat is free now, first come first, with the person.

    For whom a seat is kept already is not asked twice.
    """
    asked = webinar.offers.holding().values("person")
    waiting = webinar.registrations.waiting().exclude(person__in=asked).select_related("person")
    rows = list(waiting[: free(webinar)])
    for place in rows:
        place.webinar = webinar
    return rows
