"""Which seats are free, and for whom; who calls holds the webinar when it acts on the answer."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import User
from agencies.models import Membership
from webinars.models import Offer, Registration, RegistrationQuerySet, Webinar


@dataclass(frozen=True)
class Standing:
    """How a webinar's seats stand for one person who comes new."""

    has_free_seat: bool  # with nobody in line before them
    last_joined_at: datetime | None  # of those who wait
    has_offer: bool  # a seat that they are asked to take


def standing(webinar: Webinar, person: User, now: datetime) -> Standing:
    """Return how the seats stand for this person: one question, unless agencies have shares."""
    offers = Offer.objects.answerable(now).filter(webinar=OuterRef("pk"), person=person)
    line = Registration.objects.filter(webinar=OuterRef("pk")).waiting().order_by("-joined_at")
    found = (
        Webinar.objects.with_seats()
        .annotate(
            last_joined_at=Subquery(line.values("joined_at")[:1]),
            has_offer=Exists(offers),
        )
        .values("is_full", "last_joined_at", "has_offer")
        .get(pk=webinar.pk)
    )
    has_seat = not found["is_full"]
    if webinar.seats_per_agency is not None:
        has_seat = person.pk in allot(webinar, [person.pk], now)
    return Standing(has_seat, found["last_joined_at"], found["has_offer"])


def free(webinar: Webinar) -> int | None:
    """Return how many seats nobody holds and none is kept in; None for seats without end."""
    if webinar.capacity is None:
        return None
    held = webinar.registrations.seated().count() + webinar.offers.holding().count()
    return max(0, webinar.capacity - held)


def next_in_line(webinar: Webinar, now: datetime) -> list[Registration]:
    """Return those who wait for whom a seat is free now, first come first, with the person.

    For whom a seat is kept already is not asked twice.
    """
    left = free(webinar)
    if left == 0:
        return []
    waiting = _waiting(webinar).select_related("person")
    if webinar.shares(now):
        places = {place.person_id: place for place in waiting}
        rows = [places[pk] for pk in _share_out(webinar, list(places), left)]
    else:
        rows = list(waiting[:left])
    for place in rows:
        place.webinar = webinar
    return rows


def allot(webinar: Webinar, newcomers: Iterable[int], now: datetime) -> set[int]:
    """Return which of these people, in this order, find a seat once all who wait have theirs."""
    left, newcomers = free(webinar), list(newcomers)
    people = [*_waiting(webinar).values_list("person", flat=True), *newcomers]
    lucky = _share_out(webinar, people, left) if webinar.shares(now) else people[:left]
    return set(lucky) & set(newcomers)


def _waiting(webinar: Webinar) -> RegistrationQuerySet:
    asked = webinar.offers.holding().values("person")
    return webinar.registrations.waiting().exclude(person__in=asked)


def _share_out(webinar: Webinar, people: list[int], left: int | None) -> list[int]:
    """Return who gets a seat when no agency gets more than its share; each person once.

    A person of several agencies counts in each of them.
    """
    limit = webinar.seats_per_agency
    assert limit is not None  # noqa: S101 there are shares
    seated = webinar.registrations.seated().values_list("person", flat=True)
    holders = {*seated, *webinar.offers.holding().values_list("person", flat=True)}
    agencies = _agencies(holders | set(people))
    held = Counter(agency for person in holders for agency in agencies[person])
    lucky: list[int] = []
    for person in people:
        if left is not None and len(lucky) >= left:
            break
        if all(held[agency] < limit for agency in agencies[person]):
            held.update(agencies[person])
            lucky.append(person)
    return lucky


def _agencies(people: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    active = Membership.objects.active().filter(person__in=people)
    for person, agency in active.values_list("person", "agency"):
        found[person].append(agency)
    return found
