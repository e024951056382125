"""Announce a draft now, or let the clock announce it."""

from datetime import datetime

import structlog
from django.db import transaction

from library import keeping
from webinars import registration
from webinars.models import Webinar
from webinars.scheduling import IsCancelled

log = structlog.get_logger(__name__)
BATCH = 100  # drafts that one tick publishes


class HasNoTime(Exception):
    """Only a webinar in the future that has a time, or one that was held, can be announced."""


class NotADraft(Exception):
    """Only a draft can be published later."""


@transaction.atomic
def publish(*, webinar: Webinar, now: datetime) -> None:
    """Announce a draft, or put on record what was held; twice announces it once.

    Raises HasNoTime or IsCancelled.
    """
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        raise IsCancelled
    if webinar.state == Webinar.State.PUBLISHED:
        return
    is_coming = webinar.starts_at is not None and now < webinar.starts_at
    if not is_coming and not webinar.was_held(now):
        raise HasNoTime
    _announce(webinar, now)


@transaction.atomic
def publish_later(*, webinar: Webinar, at: datetime) -> None:
    """Let the clock announce a draft at this moment. Raises HasNoTime or NotADraft."""
    webinar = registration.hold(webinar)
    if webinar.state != Webinar.State.DRAFT:
        raise NotADraft
    if webinar.starts_at is None or webinar.starts_at <= at:
        raise HasNoTime
    webinar.publish_at = at
    webinar.save()


@transaction.atomic
def take_back(*, webinar: Webinar) -> None:
    """Let the draft wait for somebody to publish it; twice changes nothing. Raises NotADraft."""
    webinar = registration.hold(webinar)
    if webinar.state != Webinar.State.DRAFT:
        raise NotADraft
    webinar.publish_at = None
    webinar.save()


def publish_due(*, now: datetime) -> None:
    """Announce every draft whose moment has come; running twice announces nothing twice."""
    due = Webinar.objects.filter(publish_at__lte=now).order_by("publish_at", "pk")
    for webinar in due[:BATCH]:
        _publish_due(webinar, now)


@transaction.atomic
def _publish_due(webinar: Webinar, now: datetime) -> None:
    """Look again under the lock: somebody may have moved, published, taken back or deleted it."""
    try:
        webinar = registration.hold(webinar)
    except Webinar.DoesNotExist:
        return
    if webinar.publish_at is None or webinar.publish_at > now:
        return
    if webinar.starts_at is None or webinar.starts_at <= now:  # too late: it stays a draft
        log.warning(
            "publication_came_too_late",
            webinar=webinar.slug,
            publish_at=webinar.publish_at,
            what_to_do="nobody was told: give it another day, or put it on record once it is over",
        )
        webinar.publish_at = None
        webinar.save()
    else:
        _announce(webinar, now)


def _announce(webinar: Webinar, now: datetime) -> None:
    webinar.state, webinar.published_at = Webinar.State.PUBLISHED, now
    webinar.publish_at = None
    webinar.save()
    keeping.announce(webinar.resources.all())
