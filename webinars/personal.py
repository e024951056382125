"""The link in a mail that opens a person's own page about one webinar, without signing in."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from webinars.join_links import refuse_ended
from webinars.models import Webinar

_SALT = "place"


class UnknownToken(Exception):
    """The link was not made by us, or its person or webinar is gone, or it was ended."""


def path(webinar: Webinar, person: User) -> str:
    """Return the path of the person's page about the webinar.

    Whoever has it can give up the place and answer for the person; opening it changes nothing.
    """
    token = signing.dumps([webinar.pk, person.pk, person.links_issue], salt=_SALT)
    return reverse("webinars:place", args=[token])


def url(webinar: Webinar, person: User) -> str:
    """Return the absolute address of the person's page about the webinar."""
    return f"{settings.SITE_URL}{path(webinar, person)}"


def read(token: str, now: datetime) -> tuple[Webinar, User]:
    """Return the webinar and the person that a link is about. Raises UnknownToken or LinkEnded."""
    try:
        key, pk, *issue = signing.loads(token, salt=_SALT)  # links of before carry no issue
        webinar = Webinar.objects.get(pk=key)
        person = User.objects.get(pk=pk, is_active=True, links_issue=issue[0] if issue else 0)
    except (signing.BadSignature, Webinar.DoesNotExist, User.DoesNotExist, ValueError):
        raise UnknownToken from None
    refuse_ended(webinar, now)
    return webinar, person
