"""What the mail waits for: a server that takes it, another try, another address."""

from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ciwo_portal.matters import Kind, Matter
from notifications import relaying, resting
from notifications.models import SENT_WITHIN, WAITING_SINCE, Notification, overdue, unseen


def all_of(now: datetime) -> list[Matter]:
    """Return what keeps messages from their readers; numbers may be 0."""
    return [_relay(now), *_messages(now), _addresses()]


def _messages(now: datetime) -> list[Matter]:
    late = overdue(now - SENT_WITHIN)
    row = Notification.objects.aggregate(
        failed=Count("pk", filter=unseen()),
        late=Count("pk", filter=late),
        oldest=Min(WAITING_SINCE, filter=late),
    )
    return [_undelivered(row["failed"]), _late(row["late"], row["oldest"], now)]


def _undelivered(number: int) -> Matter:
    return Matter(
        Kind.UNDELIVERED,
        number,
        ngettext("Message was not delivered", "Messages were not delivered", number),
        _("Refused by the mail server, or set aside after repeated faults."),
        reverse("notifications:manage-again") + "?state=unseen",
        _("Send again, or leave it"),
    )


def _late(number: int, oldest: datetime | None, now: datetime) -> Matter:
    text = _("The oldest has been due for %(time)s.")
    return Matter(
        Kind.LATE,
        number,
        ngettext("Message is due and not sent", "Messages are due and not sent", number),
        text % {"time": timesince(oldest, now)} if oldest else "",
        reverse("notifications:manage-log") + "?state=late",
        _("See which"),
    )


def _addresses() -> Matter:
    number = resting.people().filter(seen_at__isnull=True).count()
    return Matter(
        Kind.ADDRESSES,
        number,
        ngettext("Person cannot be reached by mail", "People cannot be reached by mail", number),
        _("Their addresses do not exist any more, refused our mail, or reported it."),
        reverse("notifications:manage-resting"),
        _("See who"),
    )


def _relay(now: datetime) -> Matter:
    """Say since when nothing goes out, and why."""
    relay = relaying.current()
    text = _(
        "Nothing has gone out for %(time)s. What is owed is kept, and one message is tried every "
        "few minutes. The server says: %(words)s"
    )
    since = relay.stopped_at if relay else None
    return Matter(
        Kind.MAIL_SERVER,
        int(relay is not None),
        _("The mail server refuses everything"),
        text % {"time": timesince(since, now), "words": relay.reason} if relay and since else "",
        reverse("notifications:manage-log") + "?state=pending",
        _("See what waits"),
    )
