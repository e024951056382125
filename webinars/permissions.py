"""What a person may do with a webinar."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from webinars.models import Registration, Webinar


def can_read_join_link(
    user: User | AnonymousUser, webinar: Webinar, place: Registration | None, now: datetime
) -> bool:
    """Whether this person may know where it takes place, while it is not over.

    Who holds a seat may, and organisers.
    """
    if not user.is_authenticated or not (webinar.is_open(now) or webinar.is_live(now)):
        return False
    has_seat = place is not None and place.state == Registration.State.REGISTERED
    return user.is_organiser or has_seat


def place_of(user: User | AnonymousUser, webinar: Webinar) -> Registration | None:
    """Return this person's place in the webinar, if it has not been given up."""
    if not user.is_authenticated:
        return None
    place = webinar.registrations.current().filter(person=user).first()
    if place is not None:
        place.webinar = webinar
    return place
