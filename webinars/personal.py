"""The link in a mail that opens a person's own page about one webinar, without signing in."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from events import personal_links
from webinars.models import Webinar

_SALT = "place"


def path(webinar: Webinar, person: User) -> str:
    """Return the path of the person's page about the webinar.

    Whoever has it can give up the place and answer for the person; opening it changes nothing.
    """
    token = personal_links.token(webinar, person, _SALT)
    return reverse("webinars:place", args=[token])


def url(webinar: Webinar, person: User) -> str:
    """Return the absolute address of the person's page about the webinar."""
    return f"{settings.SITE_URL}{path(webinar, person)}"


def read(token: str, now: datetime) -> tuple[Webinar, User]:
    """Return the webinar and the person that a link is about. Raises UnknownToken or LinkEnded."""
    return personal_links.read(token, _SALT, Webinar.objects.all(), now)
