"""A seat that somebody is asked to take is kept for them, once, and goes on in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from accounts.models import User
from notifications.models import Notification
from tests.factories import make_agency, make_member, make_registration, make_user, make_webinar
from tests.threads import at_once
from tests.webinars.test_messages import details
from tests.webinars.test_reminders import text_at
from webinars import offering, registration, scheduling, seats
from webinars.models import Offer, Registration, Webinar

State, Answer = Registration.State, Offer.State
HALF_AN_HOUR = timedelta(minutes=30)


def states(webinar: Webinar) -> list[str]:
    """Return what has become of each place, in the order in which they were made."""
    return list(webinar.registrations.order_by("pk").values_list("state", flat=True))


def answers(webinar: Webinar) -> list[tuple[int, str]]:
    """Return who was asked, and what became of it."""
    return list(webinar.offers.order_by("pk").values_list("person", "state"))


def late(now: datetime, waiting: int = 2, **fields: Any) -> tuple[Webinar, list[User]]:
    """Return a full webinar of one seat in an hour, with who has it and who waits."""
    base: dict[str, Any] = {"capacity": 1, "starts_at": now + timedelta(hours=1)}
    webinar = make_webinar(**base | fields)
    places = [make_registration(webinar)]
    places += [make_registration(webinar, state=State.WAITLISTED) for _ in range(waiting)]
    return webinar, [place.person for place in places]


def test_freed_seat_is_kept_for_the_first_in_line(now: datetime) -> None:
    webinar, (seated, first, _second) = late(now)

    for _ in range(2):
        registration.cancel(webinar=webinar, person=seated, now=now)

    offer = webinar.offers.get()
    assert (offer.person, offer.until) == (first, now + HALF_AN_HOUR)
    assert states(webinar) == [State.CANCELLED, State.WAITLISTED, State.WAITLISTED]
    assert seats.free(webinar) == 0
    assert list(Notification.objects.order_by("pk").values_list("kind", "recipient")) == [
        ("webinars/left", seated.pk),
        ("webinars/offer", first.pk),
    ]


def test_offer_never_outlasts_the_start(now: datetime) -> None:
    webinar, (seated, *_) = late(now, starts_at=now + timedelta(minutes=10))

    registration.cancel(webinar=webinar, person=seated, now=now)

    assert webinar.offers.get().until == webinar.starts_at


@pytest.mark.parametrize("act", [offering.accept, registration.register])
def test_yes_gives_the_seat_once(now: datetime, act: Callable[..., object]) -> None:
    webinar, (seated, first, _second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)

    for _ in range(2):
        act(webinar=webinar, person=first, now=now)

    assert states(webinar) == [State.CANCELLED, State.REGISTERED, State.WAITLISTED]
    assert answers(webinar) == [(first.pk, Answer.ACCEPTED)]


def test_no_passes_the_seat_on(now: datetime) -> None:
    webinar, (seated, first, second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)

    for _ in range(2):
        offering.decline(webinar=webinar, person=first, now=now)

    assert states(webinar) == [State.CANCELLED, State.CANCELLED, State.WAITLISTED]
    assert answers(webinar) == [(first.pk, Answer.DECLINED), (second.pk, Answer.OPEN)]


def test_silence_passes_the_seat_on_in_time(now: datetime) -> None:
    webinar, (seated, first, second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)

    for moment in (now + HALF_AN_HOUR - timedelta(seconds=1), now + HALF_AN_HOUR):
        for _ in range(2):
            offering.settle_due(now=moment)

    assert answers(webinar) == [(first.pk, Answer.LAPSED), (second.pk, Answer.OPEN)]
    assert states(webinar) == [State.CANCELLED, State.CANCELLED, State.WAITLISTED]
    told = Notification.objects.get(kind="webinars/left", recipient=first)
    assert told.context["why"] == "lapsed"


def test_yes_that_comes_too_late_gives_nothing(now: datetime) -> None:
    webinar, (seated, first, _second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)

    with pytest.raises(offering.NoOffer):
        offering.accept(webinar=webinar, person=first, now=now + HALF_AN_HOUR)

    assert states(webinar) == [State.CANCELLED, State.WAITLISTED, State.WAITLISTED]


def test_newcomer_does_not_get_a_seat_that_is_kept(now: datetime) -> None:
    webinar, (seated, *_) = late(now, waiting=1)
    registration.cancel(webinar=webinar, person=seated, now=now)

    place = registration.register(webinar=webinar, person=make_user(), now=now)

    assert place.state == State.WAITLISTED


def test_leaving_the_line_passes_the_seat_on(now: datetime) -> None:
    webinar, (seated, first, second) = late(now)

    for person in (seated, first):
        registration.cancel(webinar=webinar, person=person, now=now)

    assert answers(webinar) == [(first.pk, Answer.DECLINED), (second.pk, Answer.OPEN)]


def test_move_that_leaves_time_again_gives_the_seat(now: datetime) -> None:
    webinar, (seated, first, _second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)
    later = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=1)}

    scheduling.change(
        webinar=webinar, details=details(webinar, **later), topics=[], reason="", now=now
    )

    assert states(webinar) == [State.CANCELLED, State.REGISTERED, State.WAITLISTED]
    assert answers(webinar) == [(first.pk, Answer.ACCEPTED)]


def test_canceling_the_webinar_withdraws_its_offers(now: datetime) -> None:
    webinar, (seated, first, _second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)

    scheduling.cancel(webinar=webinar, reason="Storm", now=now)

    assert answers(webinar) == [(first.pk, Answer.WITHDRAWN)]
    with pytest.raises(registration.IsCalledOff):
        offering.accept(webinar=webinar, person=first, now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_never_more_offers_than_free_seats(now: datetime, turn: int) -> None:
    webinar, (seated, first, *_) = late(now, waiting=5)
    registration.cancel(webinar=webinar, person=seated, now=now)
    then = now + HALF_AN_HOUR
    more = details(webinar, capacity=2)
    acts: list[Callable[[], object]] = [
        lambda: offering.settle_due(now=then),
        lambda: offering.settle_due(now=then),
        lambda: offering.decline(webinar=webinar, person=first, now=then),
        lambda: registration.register(webinar=webinar, person=make_user(), now=then),
        lambda: scheduling.change(webinar=webinar, details=more, topics=[], reason="", now=then),
    ]

    at_once(lambda act: act(), acts)

    assert (webinar.offers.holding().count(), webinar.registrations.seated().count()) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_asking_without_the_lock_asks_for_more_than_is_free(now: datetime, monkeypatch) -> None:
    """The control of the test above: nobody holds the webinar, and all look before any asks."""
    webinar, people = late(now, waiting=4)
    webinar.registrations.filter(person=people[0]).update(state=State.CANCELLED, cancelled_at=now)
    all_have_looked, look = Barrier(2), seats.next_in_line
    monkeypatch.setattr("webinars.registration.hold", lambda webinar: webinar)

    def looking(webinar: Webinar, now: datetime) -> list[Registration]:
        found = look(webinar, now)
        all_have_looked.wait(30)
        return found

    monkeypatch.setattr("webinars.seats.next_in_line", looking)

    faults = at_once(lambda _: offering.settle_due(now=now), range(2))

    assert [type(fault).__name__ for fault in faults if fault] == ["IntegrityError"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_yes_at_the_last_moment_and_the_tick_agree(now: datetime, turn: int) -> None:
    webinar, (seated, first, _second) = late(now)
    registration.cancel(webinar=webinar, person=seated, now=now)
    acts: list[Callable[[], object]] = [
        lambda: offering.accept(
            webinar=webinar, person=first, now=now + HALF_AN_HOUR - timedelta(seconds=1)
        ),
        lambda: offering.settle_due(now=now + HALF_AN_HOUR),
    ]

    at_once(lambda act: act(), acts)

    held = webinar.registrations.seated().count() + webinar.offers.holding().count()
    assert held == 1


def colleagues(now: datetime, **fields: Any) -> tuple[Webinar, User, User]:
    """Return a full webinar, who has its seat, and a colleague of theirs."""
    webinar, agency = make_webinar(**{"capacity": 1} | fields), make_agency()
    seated, colleague = make_member(agency), make_member(agency)
    make_registration(webinar, seated)
    make_registration(webinar, state=State.WAITLISTED)
    return webinar, seated, colleague


def name(webinar: Webinar, person: User, colleague: User, now: datetime, **fields) -> Offer:
    """Name a substitute."""
    said = {"frees_seat": False} | fields
    return offering.name_substitute(
        webinar=webinar, person=person, colleague=colleague, now=now, **said
    )


def test_substitute_who_says_yes_has_the_seat(now: datetime) -> None:
    webinar, seated, colleague = colleagues(now)
    name(webinar, seated, colleague, now)

    offering.accept(webinar=webinar, person=colleague, now=now)

    assert states(webinar) == [State.CANCELLED, State.WAITLISTED, State.REGISTERED]
    assert list(webinar.registrations.seated().values_list("person", flat=True)) == [colleague.pk]
    told = Notification.objects.order_by("pk").values_list("kind", "recipient", "context__why")
    assert list(told) == [
        ("webinars/asked", colleague.pk, None),
        ("webinars/left", seated.pk, "taken"),
        ("webinars/receipt", colleague.pk, None),
    ]


@pytest.mark.parametrize(
    ("frees_seat", "found", "told"),
    [
        (False, [State.REGISTERED, State.WAITLISTED], "webinars/refused"),
        (True, [State.CANCELLED, State.REGISTERED], "webinars/left"),
    ],
)
@pytest.mark.parametrize("is_silent", [True, False])
def test_seat_goes_back_when_the_substitute_cannot(now, frees_seat, found, told, is_silent):
    webinar, seated, colleague = colleagues(now)
    name(webinar, seated, colleague, now, frees_seat=frees_seat)

    if is_silent:
        offering.settle_due(now=now + timedelta(hours=24))
    else:
        offering.decline(webinar=webinar, person=colleague, now=now)

    assert states(webinar) == found
    notice = Notification.objects.get(kind=told, recipient=seated)
    if frees_seat:
        words = "has not answered in time" if is_silent else "cannot come either"
        assert f"{colleague} {words}" in text_at(notice, now)


def test_giving_up_the_seat_keeps_it_for_the_substitute(now: datetime) -> None:
    webinar, seated, colleague = colleagues(now)
    name(webinar, seated, colleague, now)

    registration.cancel(webinar=webinar, person=seated, now=now)
    before = states(webinar)
    offering.accept(webinar=webinar, person=colleague, now=now)

    assert before == [State.CANCELLED, State.WAITLISTED]
    assert states(webinar) == [State.CANCELLED, State.WAITLISTED, State.REGISTERED]


def test_seat_is_kept_after_all(now: datetime) -> None:
    webinar, seated, colleague = colleagues(now)
    name(webinar, seated, colleague, now)

    offering.take_back(webinar=webinar, person=seated, now=now)

    with pytest.raises(offering.NoOffer):
        offering.accept(webinar=webinar, person=colleague, now=now)
    assert states(webinar) == [State.REGISTERED, State.WAITLISTED]


def test_only_colleagues_without_a_seat_can_be_named(now: datetime) -> None:
    webinar, seated, colleague = colleagues(now)
    agency = seated.memberships.get().agency
    waits, gone, has_seat = (make_member(agency) for _ in range(3))
    make_registration(webinar, waits, state=State.WAITLISTED)
    make_registration(webinar, has_seat)
    gone.memberships.update(status="ended", ended_at=now)

    assert set(offering.substitutes(webinar, seated)) == {colleague, waits}
    for one in (gone, has_seat, seated, make_member()):
        with pytest.raises(offering.CannotBeAsked):
            name(webinar, seated, one, now)


def test_one_seat_has_one_substitute_at_a_time(now: datetime) -> None:
    webinar, seated, colleague = colleagues(now)
    another = make_member(seated.memberships.get().agency)
    name(webinar, seated, colleague, now)

    with pytest.raises(offering.HasNoSeat):
        name(webinar, seated, another, now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_substitute_and_giver_at_once_leave_one_seat(now: datetime, turn: int) -> None:
    webinar, seated, colleague = colleagues(now)
    name(webinar, seated, colleague, now)
    acts: list[Callable[[], object]] = [
        lambda: offering.accept(webinar=webinar, person=colleague, now=now),
        lambda: registration.cancel(webinar=webinar, person=seated, now=now),
    ]

    at_once(lambda act: act(), acts)

    assert list(webinar.registrations.seated().values_list("person", flat=True)) == [colleague.pk]
