"""Answer a seat that one was asked to take; name a substitute."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from agencies.models import Agency, Membership
from notifications import outbox
from webinars import audience, offer_notices, registration, seats
from webinars.models import Offer, OfferQuerySet, Registration, Webinar
from webinars.registration import Answer, Kind, State

SUBSTITUTE_LASTS = timedelta(hours=24)
COLLEAGUE_LASTS = timedelta(hours=72)


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


@transaction.atomic
def ask_colleagues(
    *, webinar: Webinar, agency: Agency, people: Iterable[User], by: User, now: datetime
) -> list[Offer]:
    """Ask these colleagues to come, and keep a seat for each while seats are free.

    With nobody in line; else who says yes stands like everybody who comes new. Who has a place
    or is asked already is left out. Raises RegistrationClosed or IsCalledOff.
    """
    webinar = registration.hold(webinar)
    registration.refuse_if_closed(webinar, now)
    assert webinar.starts_at is not None  # noqa: S101 it is open
    if not webinar.takes_newcomers(now):
        raise registration.RegistrationClosed
    chosen = list(colleagues(webinar, agency).filter(pk__in=[person.pk for person in people]))
    lucky = seats.allot(webinar, [person.pk for person in chosen], now)
    offers = [
        Offer(
            webinar=webinar,
            person=person,
            kind=Kind.COLLEAGUE,
            holds_seat=person.pk in lucky,
            made_at=now,
            until=min(now + COLLEAGUE_LASTS, webinar.starts_at),
            made_by=by,
            agency=agency,
        )
        for person in chosen
    ]
    Offer.objects.bulk_create(offers)
    outbox.queue(offer_notices.asked(offer, now) for offer in offers)
    return offers


@transaction.atomic
def call_off(*, offer: Offer, now: datetime) -> None:
    """Ask a colleague no longer; an answer that was quicker stands."""
    webinar = registration.hold(offer.webinar)
    current = webinar.offers.open().filter(pk=offer.pk)
    if current.update(state=Answer.WITHDRAWN, answered_at=now):
        outbox.withdraw(offer_notices.about(offer), reason="it was taken back", now=now)
        registration.promote(webinar=webinar, now=now)


def colleagues(webinar: Webinar, agency: Agency) -> QuerySet[User]:
    """Return the agency's active members who have no place and are not asked, by name.

    Nobody, where the webinar is not for the agency.
    """
    if not audience.admits_agency(webinar, agency):
        return User.objects.none()
    members = agency.memberships.active().values("person")
    waiting = webinar.registrations.waiting().values("person")
    people = _who_can_come(webinar).filter(pk__in=members).exclude(pk__in=waiting)
    return people.order_by("name", "pk")


def substitutes(webinar: Webinar, person: User) -> QuerySet[User]:
    """Return the colleagues who could come in the person's stead, by name.

    Active members of the person's agencies who may see the webinar, have no seat and are not
    asked already; who waits in line may be named.
    """
    mine = Membership.objects.active().filter(person=person).select_related("agency")
    if webinar.visibility == Webinar.Visibility.COMMUNITY:
        mine = mine.filter(agency__communities=webinar.community_id)
    agencies = [one.agency for one in mine if audience.admits_agency(webinar, one.agency)]
    colleagues = Membership.objects.active().filter(agency__in=agencies)
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
    coming = Webinar.objects.announced().filter(ends_at__gt=now).with_seats()
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
