"""Register and cancel; who waits and who moves up (RELIABILITY: registration and waitlist)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from notifications import outbox
from webinars import notices
from webinars.models import Registration, Webinar

State = Registration.State
# Closer to the start nobody is moved up without being asked.
PROMOTES_UNTIL = timedelta(hours=2)


class RegistrationClosed(Exception):
    """The webinar has started, is canceled, or takes no registrations."""


@transaction.atomic
def register(*, webinar: Webinar, person: User, now: datetime) -> Registration:
    """Give this person a seat, or a place in line; asking twice changes nothing.

    Raises RegistrationClosed.
    """
    webinar = hold(webinar)
    if not webinar.is_open(now):
        raise RegistrationClosed
    place = webinar.registrations.filter(person=person).first()
    if place is None:
        place = Registration(webinar=webinar, person=person)
    elif place.state != State.CANCELLED:
        return place
    place.webinar, place.person = webinar, person
    place.state = _next_state(webinar)
    place.joined_at, place.cancelled_at = now, None
    place.save()
    outbox.queue([notices.receipt(place, now)])
    return place


@transaction.atomic
def cancel(*, webinar: Webinar, person: User, now: datetime) -> None:
    """Give the place up and let the first who waits move up; twice changes nothing."""
    webinar = hold(webinar)
    place = webinar.registrations.current().filter(person=person).first()
    if place is None:
        return
    place.webinar, place.person = webinar, person
    place.state, place.cancelled_at = State.CANCELLED, now
    place.save()
    outbox.withdraw(notices.about(place), reason="the person canceled", now=now)
    outbox.queue([notices.left(place, now)])
    promote(webinar=webinar, now=now)


def promote(*, webinar: Webinar, now: datetime) -> None:
    """Seat those who wait, first come first, while seats are free; the caller holds the webinar."""
    if webinar.starts_at is None or now >= webinar.starts_at - PROMOTES_UNTIL:
        return
    waiting = webinar.registrations.waiting().select_related("person")
    if webinar.capacity is not None:
        free = max(0, webinar.capacity - webinar.registrations.seated().count())
        waiting = waiting[:free]
    risen = list(waiting)
    for place in risen:
        place.webinar = webinar
        place.state = State.REGISTERED
    Registration.objects.bulk_update(risen, ["state"])
    outbox.withdraw(*map(notices.about, risen), reason="the person has a seat now", now=now)
    outbox.queue(notices.seat(place, now) for place in risen)


def hold(webinar: Webinar) -> Webinar:
    """Lock the webinar's row: whoever counts seats holds it, so the count stays true."""
    return Webinar.objects.select_for_update(of=("self",), no_key=True).get(pk=webinar.pk)


def _next_state(webinar: Webinar) -> State:
    """Nobody passes those who wait already."""
    if webinar.capacity is None:
        return State.REGISTERED
    places = webinar.registrations
    is_free = places.seated().count() < webinar.capacity and not places.waiting().exists()
    return State.REGISTERED if is_free else State.WAITLISTED
