"""The messages about access: to whoever arranges it, and to the person who needs it."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events import zones
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from webinars.models import AccessNeed, Registration, Webinar
from webinars.permissions import may_keep


def needed(place: Registration, contact: User, now: datetime) -> Notification:
    """Tell whoever arranges access that somebody needs something, or something else."""
    return Notification(
        key=f"webinar-access/{place.pk}/{now.isoformat()}",
        kind="webinars/access",
        category=Category.CHANGES,
        about=f"access/{place.pk}",
        recipient=contact,
        context={"place": place.pk},
        priority=2,
        due_at=now,
        useful_until=place.webinar.starts_at,
    )


def about_person(place: Registration) -> str:
    """Return what a change withdraws the message to the person by."""
    return f"access-standing/{place.pk}"


def standing(need: AccessNeed, due_at: datetime) -> Notification:
    """Tell the person how everything stands that they need; it is looked up when it goes."""
    place = need.registration
    return Notification(
        key=f"webinar-access-standing/{need.pk}/{need.state}/{due_at.isoformat()}",
        kind="webinars/arranged",
        category=Category.CHANGES,
        about=about_person(place),
        recipient=place.person,
        context={"place": place.pk},
        priority=2,
        due_at=due_at,
        useful_until=place.webinar.starts_at,
    )


def _write(notification: Notification) -> Letter:
    place, contact = _standing_place(notification), notification.recipient
    if contact is None or not contact.is_organiser:
        raise Dropped("the person does not run the program any more")
    path = reverse("webinars:manage-access", args=[place.webinar.slug])
    return _letter(notification, place, contact, path)


def _write_standing(notification: Notification) -> Letter:
    place = _standing_place(notification)
    if not may_keep(place):
        raise Dropped("the person may not see the webinar any more")
    arranged = place.access_needs.filter(state=AccessNeed.State.ARRANGED)
    told = Notification.objects.filter(about=notification.about, sent_at__isnull=False)
    if not arranged.exists() and not told.exists():
        raise Dropped("nothing is arranged any more, and the person was told of nothing")
    return _letter(notification, place, place.person, place.webinar.get_absolute_url())


def _standing_place(notification: Notification) -> Registration:
    place: Registration | None = notification.found
    if place is None or place.webinar.state != Webinar.State.PUBLISHED:
        raise Dropped("the webinar was canceled or removed")
    if place.state == Registration.State.CANCELLED:
        raise Dropped("the person has canceled")
    return place


def _letter(notification: Notification, place: Registration, reader: User, path: str) -> Letter:
    webinar, now = place.webinar, notification.claimed_at
    starts_at = webinar.starts_at
    context = {
        "webinar": webinar,
        "place": place,
        "needs": list(place.access_needs.order_by("kind")),
        "is_seated": False,
        "zone": reader.time_zone,
        "page_url": settings.SITE_URL + path,
        "starts": zones.start_in_words(starts_at, reader.time_zone, now) if starts_at else "",
    }
    return Letter(context, happens_at=starts_at, can_wait=True)


_PLACES = Registration.objects.select_related("webinar", "person")
register(
    Kind(
        "webinars/access",
        Category.CHANGES,
        _write,
        "place",
        _PLACES,
        _("Access that somebody needs"),
    ),
    Kind(
        "webinars/arranged",
        Category.CHANGES,
        _write_standing,
        "place",
        _PLACES,
        _("Access that is arranged"),
    ),
)
