"""Register and cancel; who waits and who moves up (RELIABILITY: registration and waitlist)."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from notifications import outbox
from webinars import audience, notices, offer_notices, seats
from webinars.models import Offer, Registration, Webinar
from webinars.models.webinar import OfferState

State, Answer, Kind = Registration.State, Offer.State, Offer.Kind
TICK = timedelta(microseconds=1)
LASTS = timedelta(minutes=30)  # shortly before the start a seat is kept so long for who is asked


class RegistrationClosed(Exception):
    """The webinar has started, or takes no registrations."""


class IsCalledOff(RegistrationClosed):
    """The webinar was canceled."""


class NotAdmitted(Exception):
    """It is for others, or an organiser has declined; the text says so for the person."""


@transaction.atomic
def register(*, webinar: Webinar, person: User, now: datetime) -> Registration:
    """Give this person a seat, or a place in line; asking twice changes nothing.

    Somebody who is asked to take a seat takes it. Where the rules want it, an organiser decides
    first. Raises RegistrationClosed, IsCalledOff or NotAdmitted.
    """
    webinar = hold(webinar)
    refuse_if_closed(webinar, now)
    place = webinar.registrations.filter(person=person).first()
    if place is None:
        place = Registration(state=State.CANCELLED)
    place.webinar, place.person = webinar, person
    if place.state == State.REGISTERED:
        return place
    standing = seats.standing(webinar, person, now)
    if standing.has_offer:
        return take(webinar.offers.answerable(now).get(person=person), webinar, now)
    if place.state == State.CANCELLED:
        if _wants_decision(place, now):
            _wait_for_decision(place, now)
        else:
            join(place, standing, now)
        outbox.queue([notices.receipt(place, now)])
    return place


@transaction.atomic
def cancel(*, webinar: Webinar, person: User, now: datetime) -> None:
    """Give the place up and let the first who waits move up; twice changes nothing.

    A seat for which a substitute is asked stays kept for the substitute. Raises
    RegistrationClosed once the webinar is over.
    """
    webinar = hold(webinar)
    if webinar.stage(now) == Webinar.Stage.PAST:
        raise RegistrationClosed
    place = webinar.registrations.current().filter(person=person).first()
    if place is None:
        return
    place.webinar, place.person = webinar, person
    _give_up(place, now)
    promote(webinar=webinar, now=now)


def release_leavers(*, now: datetime) -> None:
    """Free the places in coming webinars of who has not been allowed to see them for a while; once.

    They left their agency, the agency left the community, or the webinar was closed to them. Who
    is back by then keeps the place and hears nothing.
    """
    coming = Webinar.objects.announced().filter(starts_at__gt=now)
    places = Registration.objects.current().filter(webinar__in=coming.values("pk"))
    left = places.left().values("pk")
    places.filter(left_at__isnull=False).exclude(pk__in=left).update(left_at=None)
    places.filter(left_at=None, pk__in=left).update(left_at=now)
    gone = places.gone(now).values("webinar")
    for webinar in Webinar.objects.filter(pk__in=gone).order_by("pk"):
        _release(webinar, now)


@transaction.atomic
def _release(webinar: Webinar, now: datetime) -> None:
    webinar = hold(webinar)
    if not webinar.is_open(now):
        return
    for place in webinar.registrations.current().gone(now).select_related("person").order_by("pk"):
        place.webinar = webinar
        _give_up(place, now, "outside")
    promote(webinar=webinar, now=now)


def _give_up(place: Registration, now: datetime, why: str = "") -> None:
    """Give the place up with what hangs on it; a substitute who is asked keeps the seat."""
    webinar = place.webinar
    webinar.offers.open().filter(giver=place).update(giver=None, holds_seat=True)
    own = webinar.offers.open().filter(person=place.person, kind=Kind.LINE)
    own.update(state=Answer.DECLINED, answered_at=now)
    leave(place, now, why)


def settle(*, webinar: Webinar, now: datetime) -> None:
    """End the offers whose time is over and let others move up; the caller holds the webinar."""
    due = webinar.offers.due(now).select_related("person", "giver__person", "made_by")
    for offer in due:
        turn_down(offer, webinar, Answer.LAPSED, now)
    promote(webinar=webinar, now=now)


def promote(*, webinar: Webinar, now: datetime) -> None:
    """Seat those who wait, first come first, while seats are free; the caller holds the webinar.

    Shortly before the start each is asked instead, and a seat is kept meanwhile: nobody is
    surprised by it. When a move leaves time again, who is asked just gets the seat.
    """
    if not webinar.is_open(now):
        return
    if not webinar.promotes(now):
        _ask(seats.next_in_line(webinar, now), webinar, now)
        return
    asked = webinar.offers.open().filter(kind=Kind.LINE)
    waiting = webinar.registrations.waiting().filter(person__in=asked.values("person"))
    _seat(list(waiting.select_related("person")), webinar, now)
    asked.update(state=Answer.ACCEPTED, answered_at=now)
    _seat(seats.next_in_line(webinar, now), webinar, now)


def hold(webinar: Webinar) -> Webinar:
    """Lock the webinar's row: whoever counts seats holds it, so the count stays true."""
    return Webinar.objects.select_for_update(of=("self",), no_key=True).get(pk=webinar.pk)


def refuse_if_closed(webinar: Webinar, now: datetime) -> None:
    """Raise IsCalledOff or RegistrationClosed where nobody can come to at `now`."""
    if webinar.is_cancelled:
        raise IsCalledOff
    if not webinar.is_open(now):
        raise RegistrationClosed


def _wants_decision(place: Registration, now: datetime) -> bool:
    """Whether an organiser decides on this newcomer. Raises RegistrationClosed or NotAdmitted."""
    webinar = place.webinar
    if not webinar.takes_newcomers(now):
        raise RegistrationClosed
    if place.declined_reason:
        raise NotAdmitted(place.declined_reason)
    if not audience.is_narrowed(webinar):
        return False
    who = audience.profile(place.person)
    if reason := audience.refusal(webinar, who):
        raise NotAdmitted(reason)
    return audience.needs_approval(webinar, who)


def _wait_for_decision(place: Registration, now: datetime) -> None:
    """Let an organiser decide; the place holds no seat and stands in no line meanwhile."""
    place.state, place.joined_at, place.cancelled_at = State.PENDING, now, None
    place.save()


def join(place: Registration, standing: seats.Standing, now: datetime) -> None:
    """Give a seat while seats are free and nobody waits, else the end of the line.

    Whoever comes to the end of the line comes after everybody in it, whatever a clock says. The
    caller holds the webinar.
    """
    place.state, place.joined_at, place.cancelled_at = State.REGISTERED, now, None
    if not standing.has_free_seat:
        place.state = State.WAITLISTED
        if standing.last_joined_at is not None:
            place.joined_at = max(now, standing.last_joined_at + TICK)
    place.save()


def leave(place: Registration, now: datetime, why: str = "", colleague: str = "") -> None:
    """Give the place up and tell the person so; the caller holds the webinar and promotes.

    `why` and `colleague`, if it was not their own press, as in notices.left.
    """
    before = place.state
    place.times_left += before == State.REGISTERED
    place.state, place.cancelled_at = State.CANCELLED, now
    place.join_key = uuid4()  # the join link in old messages opens nothing any more
    place.save()
    outbox.withdraw(notices.about(place), reason="the person canceled", now=now)
    outbox.queue([notices.left(place, now, before=before, why=why, colleague=colleague)])


def take(offer: Offer, webinar: Webinar, now: datetime) -> Registration:
    """Give the seat to who was asked; the caller holds the webinar.

    Without a seat that is kept for them they stand like everybody who comes new.
    """
    giver = offer.giver
    offer.state, offer.answered_at, offer.giver = Answer.ACCEPTED, now, None
    offer.save()
    place = webinar.registrations.filter(person=offer.person).first()
    if place is None:
        place = Registration(state=State.CANCELLED)
    place.webinar, place.person = webinar, offer.person
    if giver is None and not offer.holds_seat:
        if place.state == State.CANCELLED:
            join(place, seats.standing(webinar, offer.person, now), now)
    else:
        if place.state == State.CANCELLED:
            place.joined_at = now
        place.state, place.cancelled_at = State.REGISTERED, None
        place.save()
    if giver is not None:
        giver.webinar = webinar
        leave(giver, now, "taken")
    about = (notices.about(place), offer_notices.about(offer))
    outbox.withdraw(*about, reason="the person has answered", now=now)
    outbox.queue([notices.receipt(place, now)])
    return place


def turn_down(offer: Offer, webinar: Webinar, answer: OfferState, now: datetime) -> None:
    """Write down that the seat is not taken; the caller holds the webinar and promotes.

    Who was asked from the line leaves it. A substitute's seat goes back to whoever gave it, or to
    the line when they wished so.
    """
    giver, frees_seat = offer.giver, offer.frees_seat
    offer.state, offer.answered_at, offer.giver = answer, now, None
    offer.save()
    outbox.withdraw(offer_notices.about(offer), reason="the offer has ended", now=now)
    if offer.kind == Kind.LINE:
        place = webinar.registrations.waiting().filter(person=offer.person).first()
        if place is not None:
            place.webinar, place.person = webinar, offer.person
            leave(place, now, "lapsed" if answer == Answer.LAPSED else "")
    elif giver is not None and frees_seat:
        giver.webinar = webinar
        why = "declined" if answer == Answer.DECLINED else "unanswered"
        leave(giver, now, why, str(offer.person))
    elif giver is not None:
        giver.webinar = webinar
        outbox.queue([offer_notices.refused(offer, giver, now)])


def _seat(risen: list[Registration], webinar: Webinar, now: datetime) -> None:
    """Move these up and tell them."""
    for place in risen:
        place.webinar, place.state = webinar, State.REGISTERED
    Registration.objects.bulk_update(risen, ["state"])
    outbox.withdraw(*map(notices.about, risen), reason="the person has a seat now", now=now)
    outbox.queue(notices.seat(place, now) for place in risen)


def _ask(places: list[Registration], webinar: Webinar, now: datetime) -> None:
    """Keep a seat for each of those who wait until they answer, half an hour at most."""
    assert webinar.starts_at is not None  # noqa: S101 it is open
    until = min(now + LASTS, webinar.starts_at)
    offers = Offer.objects.bulk_create(
        Offer(webinar=webinar, person=place.person, kind=Kind.LINE, made_at=now, until=until)
        for place in places
    )
    outbox.queue(offer_notices.seat_is_free(offer, now) for offer in offers)
