"""The message to whoever arranges access: what somebody needs to take part."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events import zones
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from webinars.models import Registration, Webinar


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


def _write(notification: Notification) -> Letter:
    place: Registration | None = notification.found
    contact = notification.recipient
    if place is None or place.webinar.state != Webinar.State.PUBLISHED:
        raise Dropped("the webinar was canceled or removed")
    if contact is None or not contact.is_organiser:
        raise Dropped("the person does not run the program any more")
    if place.state == Registration.State.CANCELLED:
        raise Dropped("the person has canceled")
    webinar, now = place.webinar, notification.claimed_at
    starts_at, path = webinar.starts_at, reverse("webinars:manage-access", args=[webinar.slug])
    context = {
        "webinar": webinar,
        "place": place,
        "needs": list(place.access_needs.order_by("kind")),
        "is_seated": False,
        "zone": contact.time_zone,
        "page_url": settings.SITE_URL + path,
        "starts": zones.start_in_words(starts_at, contact.time_zone, now) if starts_at else "",
    }
    return Letter(context, happens_at=starts_at, can_wait=True)


register(
    Kind(
        "webinars/access",
        Category.CHANGES,
        _write,
        "place",
        Registration.objects.select_related("webinar", "person"),
        _("Access that somebody needs"),
    )
)
