"""No agency takes more than its share while others want to come."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from agencies.models import Agency, Membership
from tests.factories import (
    NOW,
    make_agency,
    make_member,
    make_registration,
    make_user,
    make_webinar,
)
from tests.threads import at_once
from tests.webinars.test_audience import ruling
from tests.webinars.test_offers import states
from webinars import admitting, offering, registration, seats
from webinars.models import Registration, Webinar

State = Registration.State


def come(webinar: Webinar, *people: User, now: datetime = NOW) -> list[str]:
    """Let these register one after another; return what each got."""
    return [registration.register(webinar=webinar, person=one, now=now).state for one in people]


def members(number: int, agency: Agency | None = None) -> list[User]:
    """Return so many people of one agency."""
    agency = agency or make_agency()
    return [make_member(agency) for _ in range(number)]


def test_others_of_an_agency_wait_while_people_of_others_go_first() -> None:
    webinar = make_webinar(capacity=4, seats_per_agency=2)
    ours, theirs = members(3), members(1)

    assert come(webinar, *ours) == [State.REGISTERED, State.REGISTERED, State.WAITLISTED]
    assert come(webinar, *theirs, make_user()) == [State.REGISTERED, State.REGISTERED]


def test_nobody_passes_whoever_waits_for_a_seat_and_not_for_a_share() -> None:
    webinar = make_webinar(capacity=1, seats_per_agency=1)

    assert come(webinar, *members(1), *members(1), *members(1)) == [
        State.REGISTERED,
        State.WAITLISTED,
        State.WAITLISTED,
    ]


def test_freed_seat_goes_to_the_first_who_may_have_it(now: datetime) -> None:
    webinar = make_webinar(capacity=3, seats_per_agency=2)
    ours, other = members(3), make_user()
    come(webinar, *ours, other, make_user())

    registration.cancel(webinar=webinar, person=other, now=now)

    assert states(webinar) == [
        *[State.REGISTERED] * 2,
        State.WAITLISTED,  # our third: the agency has its share
        State.CANCELLED,
        State.REGISTERED,
    ]


def test_seat_of_the_same_agency_goes_to_its_next(now: datetime) -> None:
    webinar = make_webinar(capacity=3, seats_per_agency=2)
    ours = members(3)
    come(webinar, *ours)

    registration.cancel(webinar=webinar, person=ours[0], now=now)

    assert states(webinar) == [State.CANCELLED, State.REGISTERED, State.REGISTERED]


@pytest.mark.parametrize(
    ("rules", "before"),
    [
        ({"share_hours": 48}, timedelta(hours=48)),
        ({"closes_hours": 24}, timedelta(hours=24)),
        ({}, timedelta(hours=2)),
    ],
)
def test_rest_is_free_for_all_in_the_end(rules: dict[str, Any], before: timedelta) -> None:
    webinar = make_webinar(capacity=4, seats_per_agency=2, **rules)
    come(webinar, *members(3))
    assert webinar.starts_at is not None

    offering.settle_due(now=webinar.starts_at - before - timedelta(seconds=1))
    kept = states(webinar)
    offering.settle_due(now=webinar.starts_at - before)

    assert kept == [State.REGISTERED, State.REGISTERED, State.WAITLISTED]
    asked = webinar.offers.holding().count()  # where it is too late to give unasked
    assert webinar.registrations.seated().count() + asked == 3


def test_person_of_two_agencies_counts_in_both() -> None:
    webinar = make_webinar(capacity=9, seats_per_agency=1)
    first, second = make_agency(), make_agency()
    both = make_member(first)
    Membership.objects.create(
        person=both, agency=second, status="active", asked_at=NOW, decided_at=NOW
    )

    assert come(webinar, both, *members(1, first), *members(1, second)) == [
        State.REGISTERED,
        State.WAITLISTED,
        State.WAITLISTED,
    ]


def test_coordinator_gets_no_more_seats_kept_than_the_share(now: datetime) -> None:
    webinar, agency = make_webinar(capacity=9, seats_per_agency=2), make_agency()
    speaker = make_member(agency, role=Membership.Role.COORDINATOR)
    people = members(3, agency)

    offers = offering.ask_colleagues(
        webinar=webinar, agency=agency, people=people, by=speaker, now=now
    )

    assert [offer.holds_seat for offer in offers] == [True, True, False]


def test_wider_share_seats_who_waited_for_it(now: datetime) -> None:
    webinar = make_webinar(capacity=4, seats_per_agency=1)
    come(webinar, *members(3))

    admitting.rule(webinar=webinar, ruling=ruling(seats_per_agency=2), now=now)

    assert states(webinar) == [State.REGISTERED, State.REGISTERED, State.WAITLISTED]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_agency_that_presses_at_once_gets_its_share_and_no_more(now: datetime, turn: int) -> None:
    webinar = make_webinar(capacity=4, seats_per_agency=2)
    people = members(5)
    acts: list[Callable[[], object]] = [
        lambda person=person: registration.register(webinar=webinar, person=person, now=now)  # type: ignore[misc] # bound at once
        for person in [*people, make_user(), make_user()]
    ]

    at_once(lambda act: act(), acts)

    seated = webinar.registrations.seated()
    assert (seated.count(), seated.filter(person__in=people).count()) == (4, 2)


@pytest.mark.django_db(transaction=True)
def test_counting_shares_without_the_lock_gives_too_many(now: datetime, monkeypatch) -> None:
    """The control of the test above: nobody holds the webinar, and two count before any sits."""
    webinar, people = make_webinar(capacity=9, seats_per_agency=1), members(2)
    found = seats.allot(webinar, [people[0].pk], now), seats.allot(webinar, [people[1].pk], now)

    for person in people:
        make_registration(webinar, person)

    assert found == ({people[0].pk}, {people[1].pk})
    assert webinar.registrations.seated().count() == 2
