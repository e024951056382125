"""What a person may do with a webinar."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from webinars.models import Registration, Webinar


def can_read_join_link(user: User | AnonymousUser, webinar: Webinar) -> bool:
    """Whether this person may know where the webinar takes place: who has a seat, organisers."""
    if not user.is_authenticated or not webinar.join_url:
        return False
    return user.is_organiser or webinar.registrations.seated().filter(person=user).exists()


def place_of(user: User | AnonymousUser, webinar: Webinar) -> Registration | None:
    """Return this person's place in the webinar, if it has not been given up."""
    if not user.is_authenticated:
        return None
    return webinar.registrations.current().filter(person=user).first()
