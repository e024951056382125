"""Never oversold, never lost."""

from datetime import datetime, timedelta

import pytest

from notifications.models import Notification
from tests.factories import make_registration, make_user, make_webinar
from tests.threads import at_once
from webinars import registration, scheduling
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
def test_counting_without_the_lock_oversells(now: datetime, monkeypatch: object) -> None:
    """The control of the test above: the same people, and nobody holds the webinar."""
    webinar = make_webinar(capacity=3)

    def careless(person: object) -> None:
        if webinar.registrations.seated().count() < 3:
            make_registration(webinar, person)  # type: ignore[arg-type] # a User

    at_once(careless, [make_user() for _ in range(12)])

    assert webinar.registrations.seated().count() > 3


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


def test_nobody_moves_up_unasked_shortly_before(now: datetime) -> None:
    webinar = make_webinar(capacity=1, starts_at=now + timedelta(hours=1))
    person = make_registration(webinar).person
    make_registration(webinar, state=State.WAITLISTED)

    registration.cancel(webinar=webinar, person=person, now=now)

    assert _states(webinar) == [State.CANCELLED, State.WAITLISTED]


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
