"""The private calendar of one person: everything that they have a place in or are asked to.

Its address is a secret that the person can end and make anew. A copy of the database alone makes
no address: the signature needs the portal's secret.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from events.ical import Planned
from sessions.models import Invitation, PracticeSession
from webinars import join_links
from webinars.models import Registration, Webinar

KEPT = timedelta(days=30)  # what is over, or canceled, stays so long
SHOWN = 200  # of each kind, the latest
_signer = signing.Signer(salt="ciwo_portal.agenda", sep=".")


class UnknownAddress(Exception):
    """The address was not made by us, or was ended since."""


def open_feed(person: User) -> None:
    """Give the person's calendar a new address; an older one ends."""
    _keep(person, uuid4())


def end_feed(person: User) -> None:
    """End the address of the person's calendar."""
    _keep(person, None)


def address(person: User) -> str:
    """Return the absolute address of the person's calendar, or "" where there is none."""
    if person.calendar_key is None:
        return ""
    token = _signer.sign(person.calendar_key.hex)
    return f"{settings.SITE_URL}{reverse('calendar-feed', args=[token])}"


def reader(token: str) -> User:
    """Return whose calendar this is, with no rights over others: an address is no second factor.

    Raises UnknownAddress.
    """
    try:
        person = User.objects.get(calendar_key=UUID(_signer.unsign(token)), is_active=True)
    except (signing.BadSignature, ValueError, User.DoesNotExist):
        raise UnknownAddress from None
    person.is_held_back = True
    return person


def planned(person: User, now: datetime) -> list[Planned]:
    """Return what stands in the person's calendar: a place in line and no clear answer are
    tentative, a no is left out, what was called off says so; as many queries for many.
    """
    since = (now - KEPT).date()
    webinars = Webinar.objects.visible_to(person).filter(held_on__gte=since).order_by()
    places = Registration.objects.current().filter(person=person, webinar__in=webinars)
    sessions = PracticeSession.objects.open_to(person).announced().filter(held_on__gte=since)
    asked = Invitation.objects.filter(person=person, session__in=sessions.order_by())
    return [
        *map(_place, places.select_related("webinar").order_by("-webinar__held_on", "pk")[:SHOWN]),
        *map(
            _invitation,
            asked.exclude(rsvp=Invitation.Rsvp.NO)
            .select_related("session__community")
            .prefetch_related("session__community__facilitators")
            .order_by("-session__held_on", "pk")[:SHOWN],
        ),
    ]


def _keep(person: User, key: UUID | None) -> None:
    person.calendar_key = key
    person.save(update_fields=["calendar_key"])


def _place(place: Registration) -> Planned:
    has_seat = place.state == Registration.State.REGISTERED
    return Planned(place.webinar, not has_seat, join_links.url(place) if has_seat else "")


def _invitation(invitation: Invitation) -> Planned:
    is_sure = invitation.rsvp == Invitation.Rsvp.YES
    return Planned(invitation.session, not is_sure, invitation.join_url)
