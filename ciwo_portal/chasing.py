"""Requests for a place that nobody decides are brought up again, then given to the organisers."""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Coalesce

from accounts.models import User
from agencies.models import Membership
from ciwo_portal import joining, notices
from events import clashes
from notifications import outbox

REMINDED_AFTER, PASSED_ON_AFTER = 3, 2  # working days: of the request, then of bringing it up
OFFICE = ZoneInfo("America/New_York")  # whose days count


@transaction.atomic
def queue_due(*, now: datetime) -> None:
    """Bring up what has waited long enough, each once: one message for all that one decides on."""
    pending = Membership.objects.pending().select_for_update(of=("self",), skip_locked=True)
    waiting = pending.select_related("agency", "person")
    for_reader = defaultdict[User, list[Membership]](list)
    if reminded := _days_before(now, REMINDED_AFTER):
        for place in waiting.filter(chases=0, asked_at__lte=reminded):
            deciders = joining.coordinators_reached(place.agency)
            _note(place, deciders or joining.organisers_for(place), for_reader)
            _keep(place, 1 if deciders else Membership.PASSED_ON, now)
    if passed_on := _days_before(now, PASSED_ON_AFTER):
        brought_up = waiting.alias(brought_up_at=Coalesce("chased_at", "asked_at"))
        for place in brought_up.filter(chases=1, brought_up_at__lte=passed_on):
            _note(place, joining.organisers_for(place), for_reader)
            _keep(place, Membership.PASSED_ON, now)
    outbox.queue(notices.waiting(places, reader, now) for reader, places in for_reader.items())


def _days_before(now: datetime, days: int) -> datetime | None:
    """Return the moment so many working days ago; None while nobody is at work."""
    local = now.astimezone(OFFICE)
    day = clashes.working_days_before(local.date(), days)
    return local.replace(year=day.year, month=day.month, day=day.day) if day else None


def _note(place: Membership, readers: list[User], for_reader: dict[User, list[Membership]]) -> None:
    for reader in readers:
        for_reader[reader].append(place)


def _keep(place: Membership, chases: int, now: datetime) -> None:
    place.chases, place.chased_at = chases, now
    place.save(update_fields=["chases", "chased_at"])
