"""The people whose addresses must rest, for organisers to see to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Func, OuterRef, QuerySet, Subquery

from accounts.models import User
from notifications import suppressing, unsubscribing
from notifications.models import Suppression

_HASH = Func(  # as notifications.suppressing.hashed() makes it
    F("email"),
    template="encode(sha256(convert_to(lower(%(expressions)s), 'UTF8')), 'hex')",
    output_field=CharField(),
)


def people() -> QuerySet[Any, Any]:
    """Return who cannot be reached, by name, with `reason`, `since`, and `seen_at`.

    What organisers have set themselves is left out: they know of it.
    """
    rests = Suppression.objects.exclude(reason=Suppression.Reason.ORGANISER)
    one = rests.filter(address_hash=OuterRef("address_hash"))
    rows = User.objects.filter(is_active=True).annotate(address_hash=_HASH)
    rows = rows.filter(address_hash__in=rests.values("address_hash"))
    return rows.annotate(
        reason=Subquery(one.values("reason")),
        since=Subquery(one.values("since")),
        seen_at=Subquery(one.values("seen_at")),
    ).order_by("name", "pk")


def reached(people: Iterable[User], category: str) -> list[User]:
    """Return those of the people to whom mail of this category goes; the others may read pages.

    The address of the others rests, or they have switched the category off; two queries.
    """
    some = list(people)
    resting = suppressing.resting([person.email for person in some], category)
    off = unsubscribing.unwilling([person.pk for person in some], category)
    return [person for person in some if person.email not in resting and person.pk not in off]


def see(address_hash: str, *, now: datetime) -> None:
    """Note that an organiser knows of it; twice changes nothing."""
    unseen = Suppression.objects.filter(address_hash=address_hash, seen_at__isnull=True)
    unseen.update(seen_at=now)
