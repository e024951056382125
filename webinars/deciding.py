"""Organisers decide who comes: approve and decline registrations, several at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from notifications import outbox
from webinars import notices, registration, seats
from webinars.models import Registration, Webinar
from webinars.registration import State


@transaction.atomic
def approve(
    *, webinar: Webinar, places: Iterable[int], by: User, now: datetime
) -> list[Registration]:
    """Give these a seat, or the end of the line when none is free; oldest first.

    Somebody who was declined may be approved after all; who has a place keeps it. Returns whose
    place has changed. Raises RegistrationClosed or IsCalledOff.
    """
    webinar = registration.hold(webinar)
    registration.refuse_if_closed(webinar, now)
    chosen = webinar.registrations.undecided_or_declined().filter(pk__in=places)
    approved = list(chosen.select_related("person").order_by("joined_at", "pk"))
    for place in approved:
        place.webinar = webinar
        _decide(place, by, now, reason="")
        registration.join(place, seats.standing(webinar, place.person, now), now)
        outbox.withdraw(notices.about(place), reason="it is decided", now=now)
        outbox.queue([notices.receipt(place, now)])
    return approved


@transaction.atomic
def decline(
    *, webinar: Webinar, places: Iterable[int], reason: str, by: User, now: datetime
) -> list[Registration]:
    """Decline those of these that wait for a decision, and tell them why; return them."""
    webinar = registration.hold(webinar)
    chosen = webinar.registrations.pending().filter(pk__in=places)
    declined = list(chosen.select_related("person"))
    for place in declined:
        place.webinar = webinar
        _decide(place, by, now, reason=reason)
        place.state, place.cancelled_at = State.CANCELLED, now
        place.save()
        outbox.withdraw(notices.about(place), reason="it is decided", now=now)
        outbox.queue([notices.declined(place, now)])
    return declined


def _decide(place: Registration, by: User, now: datetime, *, reason: str) -> None:
    place.decided_at, place.decided_by, place.declined_reason = now, by, reason
