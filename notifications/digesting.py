"""The weekly digest: what a reader hears of once a week, on Monday morning where they are."""

from datetime import datetime, time, timedelta, tzinfo

from django.db import transaction
from django.db.models import Min

from accounts.models import User
from notifications import notices, outbox
from notifications.models import Notification

KIND = notices.DIGEST
MORNING = time(8)
AT_ONCE = 500  # readers a tick
MOST = 50  # lines of one digest; what is left over comes in another one
State = Notification.State


def following(now: datetime, zone: tzinfo) -> datetime:
    """Return the next Monday morning in the zone, later than `now`."""
    local = now.astimezone(zone)
    monday = local.date() + timedelta(days=-local.weekday() % 7)
    moment = datetime.combine(monday, MORNING, zone)
    return moment if moment > now else datetime.combine(monday + timedelta(7), MORNING, zone)


def queue_due(*, now: datetime) -> None:
    """Owe a digest to everybody for whom something was held over a Monday morning.

    Whoever has nothing held gets none; running twice, or late, owes nothing twice.
    """
    held = Notification.objects.held().values("recipient").annotate(first=Min("due_at"))
    rows = held.order_by("first").values_list("recipient", "first")
    people = User.objects.in_bulk([pk for pk, _first in rows[:AT_ONCE]])
    for pk, first in rows[:AT_ONCE]:
        if following(first, people[pk].zone) <= now:
            _queue(people[pk], now)


@transaction.atomic
def _queue(person: User, now: datetime) -> None:
    """Take what was held into one message; what it says is looked up when it is sent."""
    monday = following(now, person.zone) - timedelta(days=7)
    mine = Notification.objects.held().filter(recipient=person, due_at__lt=monday)
    rows = list(mine.order_by("due_at", "pk").select_for_update(of=("self",))[:MOST])
    if rows:
        outbox.queue([notices.digest(person, rows, monday, now)])
        taken = Notification.objects.filter(pk__in=[row.pk for row in rows])
        taken.finish(State.SUPERSEDED, reason="told in the weekly digest")
