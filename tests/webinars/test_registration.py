"""Never oversold, never lost."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from accounts.models import User
from agencies import membership
from notifications import delivering
from notifications.models import Notification
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
    make_registration,
    make_user,
    make_webinar,
    midday,
)
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_messages import details
from webinars import registration, scheduling, seats, tasks
from webinars.models import Registration, Webinar

State = Registration.State


def _states(webinar: Webinar) -> list[str]:
    return list(webinar.registrations.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_register_never_oversells_under_concurrency(now: datetime) -> None:
    webinar = make_webinar(capacity=3)
    people = [make_user() for _ in range(12)]

    at_once(lambda person: registration.register(webinar=webinar, person=person, now=now), people)

    assert (webinar.registrations.seated().count(), len(_states(webinar))) == (3, 12)


@pytest.mark.django_db(transaction=True)
def test_counting_without_the_lock_oversells() -> None:
    """The control of the test above: nobody holds the webinar, and all count before any writes."""
    webinar, all_have_counted = make_webinar(capacity=3), Barrier(6)

    def careless(person: User) -> None:
        taken = webinar.registrations.seated().count()
        all_have_counted.wait(30)
        if taken < 3:
            make_registration(webinar, person)

    at_once(careless, [make_user() for _ in range(6)])

    assert webinar.registrations.seated().count() == 6


@pytest.mark.django_db(transaction=True)
def test_double_click_gives_one_place_and_one_receipt(now: datetime) -> None:
    webinar, person = make_webinar(), make_user()

    at_once(lambda _: registration.register(webinar=webinar, person=person, now=now), on=range(4))

    assert (_states(webinar), Notification.objects.count()) == ([State.REGISTERED], 1)


def test_who_comes_late_waits_in_order(now: datetime) -> None:
    webinar = make_webinar(capacity=1)
    places = [registration.register(webinar=webinar, person=make_user(), now=now) for _ in range(3)]

    positions = [webinar.registrations.position(place) for place in places]

    assert positions == [None, 1, 2]


def test_freed_seat_goes_to_the_first_in_line(now: datetime) -> None:
    webinar = make_webinar(capacity=1)
    people = [make_user() for _ in range(3)]
    for person in people:
        registration.register(webinar=webinar, person=person, now=now)

    registration.cancel(webinar=webinar, person=people[0], now=now)

    assert _states(webinar) == [State.CANCELLED, State.REGISTERED, State.WAITLISTED]
    assert list(Notification.objects.open().order_by("pk").values_list("kind", flat=True)) == [
        "webinars/receipt",
        "webinars/left",
        "webinars/seat",
    ]


def test_nobody_passes_those_who_wait(now: datetime) -> None:
    webinar = make_webinar(capacity=1)
    make_registration(webinar, state=State.WAITLISTED)

    place = registration.register(webinar=webinar, person=make_user(), now=now)

    assert place.state == State.WAITLISTED


def test_end_of_the_line_is_the_end_whatever_the_clock_says(now: datetime) -> None:
    webinar = make_webinar(capacity=1)
    people = [make_user() for _ in range(3)]
    for person, moment in zip(people, (now, now, now - timedelta(minutes=1)), strict=True):
        registration.register(webinar=webinar, person=person, now=moment)

    assert [place.person for place in webinar.registrations.waiting()] == people[1:]


def test_seats_without_end_keep_nobody_waiting(now: datetime) -> None:
    webinar = make_webinar(capacity=1)
    places = [make_registration(webinar, state=state) for state in ("registered", "waitlisted")]
    Webinar.objects.update(capacity=None)

    registration.cancel(webinar=webinar, person=places[0].person, now=now)

    assert _states(webinar) == [State.CANCELLED, State.REGISTERED]


def test_registering_again_after_canceling_works(now: datetime) -> None:
    webinar, person = make_webinar(), make_user()
    registration.register(webinar=webinar, person=person, now=now)
    registration.cancel(webinar=webinar, person=person, now=now)

    later = now + timedelta(minutes=1)
    place = registration.register(webinar=webinar, person=person, now=later)

    assert (place.state, place.joined_at) == (State.REGISTERED, later)


@pytest.mark.parametrize("state", ["draft", "published"])
def test_closed_webinar_takes_nobody(now: datetime, state: str) -> None:
    start = now if state == "published" else now + timedelta(days=1)
    webinar = make_webinar(starts_at=start, state=state)

    with pytest.raises(registration.RegistrationClosed):
        registration.register(webinar=webinar, person=make_user(), now=now)


def test_canceled_webinar_takes_nobody(now: datetime) -> None:
    webinar = make_webinar()
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)

    with pytest.raises(registration.RegistrationClosed):
        registration.register(webinar=webinar, person=make_user(), now=now)


def test_nothing_is_canceled_once_it_is_over(now: datetime) -> None:
    webinar = make_webinar(starts_at=now - timedelta(hours=3))
    place = make_registration(webinar)

    with pytest.raises(registration.RegistrationClosed):
        registration.cancel(webinar=webinar, person=place.person, now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_newcomer_never_takes_the_seat_that_is_given_up(now: datetime, turn: int) -> None:
    webinar = make_webinar(capacity=1)
    seated, newcomer = make_registration(webinar), make_user()
    make_registration(webinar, state=State.WAITLISTED)
    acts: list[Callable[[], object]] = [
        lambda: registration.cancel(webinar=webinar, person=seated.person, now=now),
        lambda: registration.register(webinar=webinar, person=newcomer, now=now),
    ]

    at_once(lambda act: act(), acts)

    assert _states(webinar) == [State.CANCELLED, State.REGISTERED, State.WAITLISTED]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_capacity_raised_as_somebody_cancels_fills_exactly(now: datetime, turn: int) -> None:
    webinar = make_webinar(capacity=1)
    seated = make_registration(webinar)
    for _ in range(4):
        make_registration(webinar, state=State.WAITLISTED)
    more = details(webinar, capacity=3)
    acts: list[Callable[[], object]] = [
        lambda: registration.cancel(webinar=webinar, person=seated.person, now=now),
        lambda: scheduling.change(webinar=webinar, details=more, topics=[], reason="", now=now),
    ]

    at_once(lambda act: act(), acts)

    assert _states(webinar) == [State.CANCELLED, *[State.REGISTERED] * 3, State.WAITLISTED]
    assert Notification.objects.filter(kind="webinars/seat").count() == 3


@pytest.mark.django_db(transaction=True)
def test_promoting_without_the_lock_loses_a_seat(now: datetime, monkeypatch) -> None:
    """The control of the tests above: nobody holds the webinar, and both look before any fills."""
    webinar, both_have_looked, look = make_webinar(capacity=2), Barrier(2), seats.next_in_line
    people = [make_registration(webinar).person for _ in range(2)]
    for _ in range(4):
        make_registration(webinar, state=State.WAITLISTED)
    monkeypatch.setattr("webinars.registration.hold", lambda webinar: webinar)

    def looking(webinar: Webinar, now: datetime) -> list[Registration]:
        found = look(webinar, now)
        both_have_looked.wait(30)
        return found

    monkeypatch.setattr("webinars.seats.next_in_line", looking)

    at_once(lambda one: registration.cancel(webinar=webinar, person=one, now=now), people)

    assert webinar.registrations.seated().count() == 1  # both moved up the same person


@pytest.mark.parametrize(("seats", "is_taken"), [(2, False), (1, True)])
def test_fewer_seats_take_nobodys_away(now: datetime, seats: int, is_taken: bool) -> None:
    webinar = make_webinar(capacity=3)
    people = [make_user() for _ in range(2)]
    for person in people:
        registration.register(webinar=webinar, person=person, now=now)
    fewer = {"webinar": webinar, "details": details(webinar, capacity=seats), "topics": []}

    with pytest.raises(scheduling.SeatsTaken) if is_taken else nullcontext():
        scheduling.change(**fewer, reason="", now=now)  # type: ignore[arg-type] # three

    assert _states(webinar) == [State.REGISTERED] * 2
    assert Webinar.objects.get().capacity == (3 if is_taken else 2)


def closed_to_two(word: str) -> tuple[Webinar, User, User]:
    """Return a closed webinar of one seat, who has it, and a colleague who waits."""
    agency = make_agency()
    seated, waiting = make_member(agency), make_member(agency)
    community = make_community(agency) if word == "community" else None
    webinar = make_webinar(
        starts_at=midday(9), capacity=1, visibility=word, community=community, title="Liens"
    )
    make_registration(webinar, seated)
    make_registration(webinar, waiting, state=State.WAITLISTED)
    return webinar, seated, waiting


@pytest.mark.parametrize("word", ["members", "community"])
def test_place_of_who_left_goes_to_the_next_in_line_by_the_clock(
    word: str, postbox: Postbox
) -> None:
    webinar, seated, waiting = closed_to_two(word)
    tasks.release_leavers()
    assert _states(webinar) == [State.REGISTERED, State.WAITLISTED]

    membership.end(membership=seated.memberships.get(), by=seated, now=datetime.now(UTC))
    registration.release_leavers(now=datetime.now(UTC) - membership.SLIP)
    for _ in range(2):
        tasks.release_leavers()
    Webinar.objects.update(title="Secret liens")
    delivering.drain()

    assert _states(webinar) == [State.CANCELLED, State.REGISTERED]
    told = {message["To"]: message for message in postbox.received}
    gone = told[seated.email]
    assert gone["Subject"] == "You are no longer registered: Liens"
    assert "You no longer belong to those" in gone.as_string()
    assert [words in gone.as_string() for words in ("Secret", "register again")] == [False, False]
    assert told.keys() == {seated.email, waiting.email}


@pytest.mark.parametrize("stays", ["public", "organiser", "facilitator", "back"])
def test_who_may_see_the_webinar_keeps_the_place(stays: str, postbox: Postbox) -> None:
    webinar, seated, _waiting = closed_to_two("community")
    membership.end(membership=seated.memberships.get(), by=seated, now=datetime.now(UTC))
    registration.release_leavers(now=datetime.now(UTC) - membership.SLIP)
    assert webinar.community
    if stays == "public":
        Webinar.objects.update(visibility="public", community=None)
    if stays == "organiser":
        User.objects.filter(pk=seated.pk).update(is_organiser=True)
    if stays == "facilitator":
        webinar.community.facilitators.add(seated)
    if stays == "back":
        make_membership = webinar.community.agencies.get().memberships.create
        make_membership(person=seated, status="active", asked_at=NOW, decided_at=NOW)

    tasks.release_leavers()

    assert _states(webinar) == [State.REGISTERED, State.WAITLISTED]
    assert Notification.objects.count() == 0
