"""Personal join links: whose they are, and whether the door is open (ADR 8)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import TextChoices
from django.urls import reverse

from events.personal_links import refuse_ended
from webinars import permissions
from webinars.models import Registration, Webinar

OPENS = timedelta(minutes=15)  # before the start, for who holds a seat
OPENS_TO_HOSTS = timedelta(hours=1)
# A copy of the database alone makes no link: the signature needs the portal's secret.
_signer = signing.Signer(salt="webinars.join", sep=".")


class UnknownLink(Exception):
    """The link was not made by us, or its place was given up since."""


class Door(TextChoices):
    """What somebody who wants to join a webinar finds."""

    OPEN = "open"
    EARLY = "early"
    UNREADY = "unready"  # nobody has said where it takes place
    NO_SEAT = "no_seat"
    OVER = "over"
    CANCELLED = "cancelled"


def url(place: Registration) -> str:
    """Return the absolute address that lets whoever has it in on this seat."""
    token = _signer.sign(place.join_key.hex)
    return f"{settings.SITE_URL}{reverse('webinars:join-by-link', args=[token])}"


def read(token: str, now: datetime) -> Registration:
    """Return the place that a link is for, if its person may still know of the webinar.

    Raises UnknownLink or LinkEnded.
    """
    try:
        key = UUID(_signer.unsign(token))
        place = Registration.objects.current().select_related("webinar", "person").get(join_key=key)
    except (signing.BadSignature, ValueError, Registration.DoesNotExist):
        raise UnknownLink from None
    if not permissions.may_keep(place):
        raise UnknownLink
    refuse_ended(place.webinar, now)
    return place


def door(webinar: Webinar, now: datetime, *, is_host: bool, place: Registration | None) -> Door:
    """Return what somebody with this place, or who runs the webinar, finds at `now`."""
    has_seat = place is not None and place.state == Registration.State.REGISTERED
    if webinar.is_cancelled:
        return Door.CANCELLED
    if not webinar.is_coming(now):
        return Door.OVER
    if not has_seat and not is_host:
        return Door.NO_SEAT
    opens_at = opening(webinar, is_host=is_host)
    if opens_at is None or now < opens_at:
        return Door.EARLY
    return Door.OPEN if webinar.join_url else Door.UNREADY


def opening(webinar: Webinar, *, is_host: bool) -> datetime | None:
    """Return from when on one may join; None when only the day is known."""
    before = OPENS_TO_HOSTS if is_host else OPENS
    return webinar.starts_at - before if webinar.starts_at else None
