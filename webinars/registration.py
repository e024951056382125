"""Register and cancel; who waits and who moves up (RELIABILITY: registration and waitlist)."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from notifications import outbox
from webinars import notices
from webinars.models import Registration, Webinar

State = Registration.State
TICK = timedelta(microseconds=1)


class RegistrationClosed(Exception):
    """The webinar has started, or takes no registrations."""


class IsCalledOff(RegistrationClosed):
    """The webinar was canceled."""


@transaction.atomic
def register(*, webinar: Webinar, person: User, now: datetime) -> Registration:
    """Give this person a seat, or a place in line; asking twice changes nothing.

    Somebody in line to whom a seat is offered takes it. Raises RegistrationClosed or IsCalledOff.
    """
    webinar = hold(webinar)
    if webinar.is_cancelled:
        raise IsCalledOff
    if not webinar.is_open(now):
        raise RegistrationClosed
    place = webinar.registrations.filter(person=person).first()
    if place is None:
        place = Registration(state=State.CANCELLED)
    place.webinar, place.person = webinar, person
    if place.state == State.CANCELLED:
        _join(place, now)
    elif webinar.registrations.is_offered(place, now):
        place.state = State.REGISTERED
    else:
        return place
    place.save()
    outbox.queue([notices.receipt(place, now)])
    return place


@transaction.atomic
def cancel(*, webinar: Webinar, person: User, now: datetime) -> None:
    """Give the place up and let the first who waits move up; twice changes nothing.

    Raises RegistrationClosed once the webinar is over.
    """
    webinar = hold(webinar)
    if webinar.stage(now) == Webinar.Stage.PAST:
        raise RegistrationClosed
    place = webinar.registrations.current().filter(person=person).first()
    if place is None:
        return
    place.webinar, place.person = webinar, person
    had_seat = place.state == State.REGISTERED
    place.state, place.cancelled_at = State.CANCELLED, now
    place.join_key = uuid4()  # the join link in old messages opens nothing any more
    place.save()
    outbox.withdraw(notices.about(place), reason="the person canceled", now=now)
    outbox.queue([notices.left(place, now, had_seat=had_seat)])
    promote(webinar=webinar, now=now)


def promote(*, webinar: Webinar, now: datetime) -> None:
    """Seat those who wait, first come first, while seats are free; the caller holds the webinar.

    Shortly before the start the seat is offered instead: nobody is surprised by it.
    """
    if not webinar.is_open(now):
        return
    risen = list(webinar.registrations.next_in_line(webinar).select_related("person"))
    for place in risen:
        place.webinar = webinar
    if not webinar.promotes(now):
        outbox.queue(notices.offer(place, now) for place in risen)
        return
    for place in risen:
        place.state = State.REGISTERED
    Registration.objects.bulk_update(risen, ["state"])
    outbox.withdraw(*map(notices.about, risen), reason="the person has a seat now", now=now)
    outbox.queue(notices.seat(place, now) for place in risen)


def hold(webinar: Webinar) -> Webinar:
    """Lock the webinar's row: whoever counts seats holds it, so the count stays true."""
    return Webinar.objects.select_for_update(of=("self",), no_key=True).get(pk=webinar.pk)


def _join(place: Registration, now: datetime) -> None:
    """Give a seat while seats are free and nobody waits, else the end of the line.

    Whoever comes to the end of the line comes after everybody in it, whatever a clock says.
    """
    place.state, place.joined_at, place.cancelled_at = State.REGISTERED, now, None
    if place.webinar.capacity is None:
        return
    seats_taken, last = place.webinar.registrations.line()
    if last is not None:
        place.state, place.joined_at = State.WAITLISTED, max(now, last + TICK)
    elif seats_taken >= place.webinar.capacity:
        place.state = State.WAITLISTED
