"""The link in a mail that opens a person's own page about one webinar, without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from webinars.models import Webinar

_SALT = "place"


class UnknownToken(Exception):
    """The link was not made by us, or its person or webinar is gone."""


def path(webinar: Webinar, person: User) -> str:
    """Return the path of the person's page about the webinar.

    Whoever has it can give up the place and answer for the person; opening it changes nothing.
    """
    token = signing.dumps([webinar.pk, person.pk], salt=_SALT)
    return reverse("webinars:place", args=[token])


def url(webinar: Webinar, person: User) -> str:
    """Return the absolute address of the person's page about the webinar."""
    return f"{settings.SITE_URL}{path(webinar, person)}"


def read(token: str) -> tuple[Webinar, User]:
    """Return the webinar and the person that a link is about, or raise UnknownToken."""
    try:
        webinar, person = signing.loads(token, salt=_SALT)
        return Webinar.objects.get(pk=webinar), User.objects.get(pk=person, is_active=True)
    except (signing.BadSignature, Webinar.DoesNotExist, User.DoesNotExist, ValueError):
        raise UnknownToken from None
