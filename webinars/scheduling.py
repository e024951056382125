"""Plan, change, publish, move and cancel a webinar; whoever has a place is told once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from agencies.models import Community
from events.slugs import free_slug
from library.models import Topic
from notifications import outbox
from webinars import notices, registration
from webinars.models import Registration, Webinar


class IsCancelled(Exception):
    """A canceled webinar does not change any more."""


class HasNoTime(Exception):
    """Only a webinar in the future that has a time can be announced."""


@dataclass(frozen=True)
class Plan:
    """What an organiser says of a webinar."""

    title: str
    summary: str
    description: str
    held_on: date
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    visibility: str
    community: Community | None
    capacity: int | None
    join_url: str
    access_information: str


@transaction.atomic
def plan(*, details: Plan, topics: Iterable[Topic]) -> Webinar:
    """Plan a webinar; nobody sees it before it is published."""
    webinar = Webinar.objects.create(
        slug=free_slug(Webinar.objects.all(), details.title), **vars(details)
    )
    webinar.topics.set(topics)
    return webinar


@transaction.atomic
def publish(*, webinar: Webinar, now: datetime) -> None:
    """Announce a draft. Raises HasNoTime or IsCancelled."""
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        raise IsCancelled
    if webinar.starts_at is None or webinar.starts_at <= now:
        raise HasNoTime
    if webinar.state == Webinar.State.DRAFT:
        webinar.state, webinar.published_at = Webinar.State.PUBLISHED, now
        webinar.save()


@transaction.atomic
def change(
    *, webinar: Webinar, details: Plan, topics: Iterable[Topic], reason: str, now: datetime
) -> None:
    """Change what is said of a webinar; a new time is told to everybody who has a place.

    More seats go to those who wait; fewer take nobody's seat away. Raises IsCancelled.
    """
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        raise IsCancelled
    before = (webinar.starts_at, webinar.ends_at, webinar.time_zone)
    for name, value in vars(details).items():
        setattr(webinar, name, value)
    is_moved = before != (webinar.starts_at, webinar.ends_at, webinar.time_zone)
    if is_moved:
        webinar.sequence += 1
        webinar.change_reason = reason
    webinar.save()
    webinar.topics.set(topics)
    if is_moved and webinar.state == Webinar.State.PUBLISHED:
        places = _places(webinar)
        outbox.withdraw(*map(notices.about, places), reason="the webinar moved", now=now)
        outbox.queue(notices.moved(place, before[:2], now) for place in places)
    registration.promote(webinar=webinar, now=now)


@transaction.atomic
def cancel(*, webinar: Webinar, reason: str, now: datetime) -> None:
    """Call a webinar off and tell everybody who has a place; twice tells nobody twice."""
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        return
    was_published = webinar.state == Webinar.State.PUBLISHED
    webinar.state, webinar.cancelled_at = Webinar.State.CANCELLED, now
    webinar.sequence += 1
    webinar.change_reason = reason
    webinar.save()
    if was_published:
        places = _places(webinar)
        outbox.withdraw(*map(notices.about, places), reason="the webinar was canceled", now=now)
        outbox.queue(notices.cancelled(place, now) for place in places)


def _places(webinar: Webinar) -> list[Registration]:
    places = list(webinar.registrations.current().select_related("person"))
    for place in places:
        place.webinar = webinar
    return places
