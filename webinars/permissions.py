"""What a person may do with a webinar."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from webinars.models import Offer, Registration, Webinar


def may_join(
    user: User | AnonymousUser, webinar: Webinar, place: Registration | None, now: datetime
) -> bool:
    """Whether this person is let in, while it is not over: who holds a seat, and organisers."""
    if not user.is_authenticated or not (webinar.is_open(now) or webinar.is_live(now)):
        return False
    has_seat = place is not None and place.state == Registration.State.REGISTERED
    return user.is_organiser or has_seat


def may_keep(place: Registration) -> bool:
    """Whether the person of a place still has an account and may know of the webinar."""
    if not place.person.is_active or not place.webinar.is_announced:
        return False
    if place.webinar.visibility == Webinar.Visibility.PUBLIC:
        return True
    return Webinar.objects.visible_to(place.person).filter(pk=place.webinar_id).exists()


def standing(user: User | AnonymousUser, webinar: Webinar) -> tuple[Registration | None, str]:
    """Return this person's place, if it has not been given up, and why it was declined, or ""."""
    if not user.is_authenticated:
        return None, ""
    registration = webinar.registrations.filter(person=user).first()
    if registration is None:
        return None, ""
    registration.webinar = webinar
    return registration if registration.is_current else None, registration.declined_reason


def place_of(user: User | AnonymousUser, webinar: Webinar) -> Registration | None:
    """Return this person's place in the webinar, if it has not been given up."""
    return standing(user, webinar)[0]


def offer_to(user: User | AnonymousUser, webinar: Webinar, now: datetime) -> Offer | None:
    """Return the seat that this person is asked to take and still can, if there is one."""
    if not user.is_authenticated or not webinar.is_open(now):
        return None
    offers = webinar.offers.answerable(now).filter(person=user)
    return offers.select_related("person", "made_by", "agency").first()
