"""Answer a seat that one was asked to take; name a substitute."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from agencies.models import Membership
from notifications import outbox
from webinars import offer_notices, registration
from webinars.models import Offer, OfferQuerySet, Registration, Webinar
from webinars.registration import Answer, Kind, State

SUBSTITUTE_LASTS = timedelta(hours=24)


class NoOffer(Exception):
    """Nobody asks the person, not any more, or the time is over."""


class HasNoSeat(Exception):
    """Only who holds a seat can give it to a colleague, and only once at a time."""


class CannotBeAsked(Exception):
    """The colleague is of no agency of theirs, has a place, or is asked already."""


@transaction.atomic
def accept(*, webinar: Webinar, person: User, now: datetime) -> Registration:
    """Take the seat; twice changes nothing. Raises NoOffer, RegistrationClosed or IsCalledOff."""
    webinar = registration.hold(webinar)
    registration.refuse_if_closed(webinar, now)
    offer = _of(webinar, person).answerable(now).first()
    if offer is not None:
        return registration.take(offer, webinar, now)
    place = webinar.registrations.seated().filter(person=person).first()
    if place is None:
        raise NoOffer
    place.webinar, place.person = webinar, person
    return place


@transaction.atomic
def decline(*, webinar: Webinar, person: User, now: datetime) -> None:
    """Leave the seat to others; twice changes nothing."""
    webinar = registration.hold(webinar)
    offer = _of(webinar, person).open().first()
    if offer is not None:
        registration.turn_down(offer, webinar, Answer.DECLINED, now)
        registration.promote(webinar=webinar, now=now)


@transaction.atomic
def name_substitute(
    *, webinar: Webinar, person: User, colleague: User, frees_seat: bool, now: datetime
) -> Offer:
    """Ask a colleague to come instead; the seat stays with the person until they say yes.

    If they do not, `frees_seat` gives it to the line. Raises RegistrationClosed, HasNoSeat or
    CannotBeAsked.
    """
    webinar = registration.hold(webinar)
    registration.refuse_if_closed(webinar, now)
    place = webinar.registrations.seated().filter(person=person).first()
    if place is None or webinar.offers.open().filter(giver=place).exists():
        raise HasNoSeat
    if not substitutes(webinar, person).filter(pk=colleague.pk).exists():
        raise CannotBeAsked
    assert webinar.starts_at is not None  # noqa: S101 it is open
    offer = Offer.objects.create(
        webinar=webinar,
        person=colleague,
        kind=Kind.SUBSTITUTE,
        holds_seat=False,
        made_at=now,
        until=min(now + SUBSTITUTE_LASTS, webinar.starts_at),
        made_by=person,
        giver=place,
        frees_seat=frees_seat,
    )
    outbox.queue([offer_notices.asked(offer, now)])
    return offer


@transaction.atomic
def take_back(*, webinar: Webinar, person: User, now: datetime) -> None:
    """Keep the seat after all: the colleague is asked no longer; twice changes nothing."""
    webinar = registration.hold(webinar)
    offers = webinar.offers.open().filter(giver__person=person)
    about = [offer_notices.about(offer) for offer in offers]
    offers.update(state=Answer.WITHDRAWN, answered_at=now, giver=None)
    outbox.withdraw(*about, reason="the seat was not given away", now=now)


def substitutes(webinar: Webinar, person: User) -> QuerySet[User]:
    """Return the colleagues who could come in the person's stead, by name.

    Active members of the person's agencies who may see the webinar, have no seat and are not
    asked already; who waits in line may be named.
    """
    mine = Membership.objects.active().filter(person=person)
    if webinar.visibility == Webinar.Visibility.COMMUNITY:
        mine = mine.filter(agency__communities=webinar.community_id)
    colleagues = Membership.objects.active().filter(agency__in=mine.values("agency"))
    return (
        _who_can_come(webinar)
        .filter(pk__in=colleagues.exclude(person=person).values("person"))
        .order_by("name", "pk")
    )


def settle_due(*, now: datetime) -> None:
    """End every offer whose time is over, and fill seats that stand free while people wait."""
    is_waiting = Q(people_waiting__gt=0) & (
        Q(capacity__isnull=True) | Q(seats_taken__lt=F("capacity"))
    )
    is_due = Exists(Offer.objects.due(now).filter(webinar=OuterRef("pk")))
    coming = Webinar.objects.published().filter(ends_at__gt=now).with_seats()
    for webinar in coming.filter(Q(is_due) | is_waiting).order_by("pk"):
        _settle(webinar, now)


@transaction.atomic
def _settle(webinar: Webinar, now: datetime) -> None:
    registration.settle(webinar=registration.hold(webinar), now=now)


def _of(webinar: Webinar, person: User) -> OfferQuerySet:
    return webinar.offers.filter(person=person).select_related("person", "giver__person")


def _who_can_come(webinar: Webinar) -> QuerySet[User]:
    """Return whom one may ask: they may see the webinar, have no seat and no open offer."""
    holding = webinar.registrations.exclude(state__in=[State.CANCELLED, State.WAITLISTED])
    asked = webinar.offers.open()
    people = User.objects.filter(is_active=True)
    return people.exclude(pk__in=holding.values("person")).exclude(pk__in=asked.values("person"))
