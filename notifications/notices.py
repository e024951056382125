"""The messages about messages: a week's worth of others, and an address that takes none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Membership
from notifications import kinds, rendering, unsubscribing
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification, Preference

DIGEST, Pace = "notifications/digest", Preference.Pace


@dataclass(frozen=True)
class Line:
    """What one of the messages says in a line, and the page that it leads to."""

    subject: str
    url: str


def digest(
    person: User, held: Sequence[Notification], monday: datetime, now: datetime
) -> Notification:
    """Owe one message in place of all that was held for the person until this Monday."""
    return Notification(
        key=f"digest/{person.pk}/{monday.date()}/{held[0].pk}",
        kind=DIGEST,
        category=held[0].category,
        about=f"digest/{person.pk}",
        recipient=person,
        context={"held": [_kept(one) for one in held]},
        priority=5,
        due_at=now,
        useful_until=monday + timedelta(days=6),
    )


def unreachable(person: User, now: datetime) -> list[Notification]:
    """Ask the coordinators of the person's agencies whether the person has left.

    Once for each time that the address came to rest.
    """
    places = Membership.objects.active().filter(person=person).select_related("agency")
    return [
        Notification(
            key=f"unreachable/{place.pk}/{coordinator.pk}/{now.isoformat()}",
            kind="notifications/unreachable",
            category=Category.CHANGES,
            about=f"membership/{place.pk}",
            recipient=coordinator,
            context={"membership": place.pk},
            due_at=now,
            useful_until=now + timedelta(days=30),
        )
        for place in places
        for coordinator in _coordinators(place)
    ]


def _coordinators(place: Membership) -> list[User]:
    others = Membership.objects.coordinating().filter(agency=place.agency)
    found = others.exclude(person=place.person).select_related("person")
    return [one.person for one in found]


def _write_unreachable(notification: Notification) -> Letter:
    place: Membership | None = notification.found
    coordinator = notification.recipient
    if place is None or place.status != Membership.Status.ACTIVE:
        raise Dropped("the person has left the agency")
    if coordinator is None or place not in _coordinated_by(coordinator):
        raise Dropped("the person does not coordinate the agency any more")
    url = settings.SITE_URL + reverse("agencies:join")
    return Letter({"person_away": place.person, "agency": place.agency, "url": url}, can_wait=True)


def _coordinated_by(coordinator: User) -> QuerySet[Membership]:
    mine = Membership.objects.coordinating().filter(person=coordinator)
    return Membership.objects.filter(agency__in=mine.values("agency"))


def _kept(one: Notification) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind,
        "category": one.category,
        "about": one.about,
        "context": one.context,
    }


def _write(notification: Notification) -> Letter:
    """Say what still holds of the messages. Raises Dropped rather than say nothing."""
    person = notification.recipient
    assert person is not None  # noqa: S101 only people have digests
    off = {
        name for name, pace in unsubscribing.paces(person).items() if pace == Preference.Pace.OFF
    }
    kept = [one for one in notification.context["held"] if one["category"] not in off]
    held = [Notification(**one, recipient=person) for one in kept]
    lines = []
    for one in kinds.looked_up(held):
        one.claimed_at, one.address = notification.claimed_at, person.email
        try:
            letter = kinds.get(one.kind).write(one)
        except (Dropped, KeyError):
            continue
        subject = str(rendering.render(one, letter).subject)
        lines.append(Line(subject, letter.url or settings.SITE_URL + reverse("my")))
    if not lines:
        raise Dropped("nothing of what was held is of use any more")
    return Letter({"lines": lines}, can_wait=True)


register(
    Kind(DIGEST, Category.NEWS, _write, title=_("Weekly digest")),
    Kind(
        "notifications/unreachable",
        Category.CHANGES,
        _write_unreachable,
        "membership",
        Membership.objects.select_related("person", "agency"),
        _("Question whether somebody has left"),
    ),
)
