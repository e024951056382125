"""Plan, change, move and cancel a webinar; whoever has a place is told once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import concurrency
from accounts.models import User
from agencies.models import Community
from events import news
from events.slugs import free_slug
from library import keeping
from library.models import Resource, Topic
from notifications import fanning, outbox
from notifications.fanning import ToEach
from notifications.models import Notification
from webinars import (
    admitting,
    notices,
    offer_notices,
    questions,
    registration,
    speaker_notices,
    word_notices,
)
from webinars.models import Offer, Presenter, Series, Webinar

RECORDED = (Resource.Kind.RECORDING, Resource.Kind.TRANSCRIPT)
COPIED = ("name", "title", "agency", "position", "email", "biography")


class IsCancelled(Exception):
    """A canceled webinar does not change any more."""


class IsOver(Exception):
    """What has taken place is not called off any more."""


class PublishedTooLate(Exception):
    """The clock would publish the draft only once it has begun."""


class SeatsTaken(Exception):
    """More people hold a seat than there would be seats."""


REFUSALS = (
    concurrency.ChangedMeanwhile,
    PublishedTooLate,
    SeatsTaken,
)  # what the form can set right


@dataclass(frozen=True)
class Plan:
    """What an organiser says of a webinar."""

    title: str
    summary: str
    description: str
    held_on: date
    starts_at: datetime | None
    ends_at: datetime | None
    time_zone: str
    visibility: str
    community: Community | None
    capacity: int | None
    join_url: str
    access_information: str
    partner: str
    series: Series | None


@transaction.atomic
def plan(
    *, uid: UUID, details: Plan, topics: Iterable[Topic], by: User, like: Webinar | None = None
) -> Webinar:
    """Plan a webinar; nobody sees it before it is published. The same uid again plans nothing more.

    One that is planned `like` another takes over its rules of registering, its questions, its
    speakers and materials, not its recording; one of a series starts with the series' rules.
    """
    # Whoever plans holds the person's row, so that a double click finds the first webinar.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    planned = Webinar.objects.filter(uid=uid).first()
    if planned is not None:
        return planned
    slug = free_slug(Webinar.objects.all(), details.title)
    webinar = Webinar(uid=uid, slug=slug, **vars(details))
    if template := like or details.series:
        webinar.reminders = template.reminders
    admitting.take_over(webinar, like or details.series)
    webinar.save()
    questions.copy(source=like or details.series, webinar=webinar)
    webinar.topics.set(topics)
    if like is not None:
        unseen = Q(kind__in=RECORDED) | Q(visibility=Resource.Visibility.ORGANISERS)
        unseen |= Q(is_unannounced=True)  # it goes with the draft that it was added for
        webinar.resources.set(like.resources.exclude(unseen))
        Presenter.objects.bulk_create(
            Presenter(webinar=webinar, **{name: getattr(one, name) for name in COPIED})
            for one in like.presenters.order_by("position", "pk")
        )
    return webinar


@transaction.atomic
def change(
    *,
    webinar: Webinar,
    details: Plan,
    topics: Iterable[Topic],
    reason: str,
    now: datetime,
    seen: datetime | None = None,
    tells_words: bool = False,
) -> int:
    """Change what is said of a webinar; return how many people are told of a new time.

    With `tells_words` they hear of another title or access information, too.

    More seats go to those who wait; there are never fewer than are taken. `seen` is the moment of
    the last change that the caller knows of. Raises IsCancelled, ChangedMeanwhile,
    PublishedTooLate or SeatsTaken.
    """
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        raise IsCancelled
    if is_overtaken(webinar, details, topics, seen):
        raise concurrency.ChangedMeanwhile
    _refuse_contradictions(webinar, details)
    before, is_moved = news.of(webinar), is_move(webinar, details)
    is_told, words = is_news(webinar, details, now), word_notices.words(webinar)
    for name, value in vars(details).items():
        setattr(webinar, name, value)
    if is_moved:
        webinar.sequence += 1
        webinar.change_reason = reason
    webinar.save()
    webinar.topics.set(topics)
    told = _tell_of_move(webinar, before, now) if is_told else 0
    if tells_words:
        word_notices.tell(webinar, words, now)
    registration.promote(webinar=webinar, now=now)
    return told


@transaction.atomic
def cancel(*, webinar: Webinar, reason: str, now: datetime) -> int:
    """Call a webinar off and tell everybody who has a place; return how many are told.

    Twice tells nobody twice. Raises IsOver.
    """
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        return 0
    if webinar.stage(now) == Webinar.Stage.PAST:
        raise IsOver
    was_published, before = webinar.state == Webinar.State.PUBLISHED, news.of(webinar)
    webinar.state, webinar.cancelled_at = Webinar.State.CANCELLED, now
    webinar.publish_at = None
    webinar.sequence += 1
    webinar.change_reason = reason
    webinar.save()
    told = 0
    if was_published:
        _tell_who_is_asked(webinar, offer_notices.called_off, now)
        told = _tell(webinar, notices.cancelled(webinar, before, now), "the webinar was canceled")
        _tell_speakers(webinar, "cancelled", before, now)
    webinar.offers.open().update(state=Offer.State.WITHDRAWN, answered_at=now)
    return told


@transaction.atomic
def attach(*, webinar: Webinar, resource: Resource) -> None:
    """Show a file or link of the library with the webinar; twice changes nothing."""
    webinar = registration.hold(webinar)
    webinar.resources.add(resource)
    if webinar.is_announced:
        keeping.announce(Resource.objects.filter(pk=resource.pk))


@transaction.atomic
def detach(*, webinar: Webinar, resource: Resource) -> None:
    """Stop showing a file or link with the webinar; it stays in the library, hidden no more."""
    webinar.resources.remove(resource)
    keeping.announce(Resource.objects.filter(pk=resource.pk))


@transaction.atomic
def reinstate(*, webinar: Webinar, reason: str, now: datetime) -> int:
    """Put a canceled webinar back on and tell everybody whose place stood; return how many.

    Twice tells nobody twice; one that was never published is a draft again. Raises IsOver.
    """
    webinar = registration.hold(webinar)
    if not webinar.is_cancelled:
        return 0
    if not webinar.is_coming(now):
        raise IsOver
    before = news.of(webinar)
    webinar.state = webinar.State.PUBLISHED if webinar.published_at else webinar.State.DRAFT
    webinar.cancelled_at = None
    webinar.sequence += 1
    webinar.change_reason = reason
    webinar.save()
    told = 0
    if webinar.state == Webinar.State.PUBLISHED:
        told = _tell(webinar, notices.reinstated(webinar, before, now), "the webinar is on again")
        _tell_speakers(webinar, "reinstated", before, now)
    registration.promote(webinar=webinar, now=now)
    return told


def _refuse_contradictions(webinar: Webinar, details: Plan) -> None:
    """Hold a change to what depends on it: the moment of publication, and the seats taken."""
    at, starts_at = webinar.publish_at, details.starts_at
    if at is not None and (starts_at is None or starts_at <= at):
        raise PublishedTooLate
    seats = details.capacity
    if seats is None or seats == webinar.capacity:
        return
    if webinar.registrations.seated().count() > seats:
        raise SeatsTaken


def is_overtaken(
    webinar: Webinar, details: Plan, topics: Iterable[Topic], seen: datetime | None
) -> bool:
    """Whether a colleague saved something else after `seen`, when the caller read the webinar."""
    if seen is None or webinar.changed_at == seen:
        return False
    return not _says(webinar, details, topics)


def is_move(webinar: Webinar, details: Plan) -> bool:
    """Whether a change gives the webinar another time or another zone."""
    return _times(webinar) != (details.starts_at, details.ends_at, details.time_zone)


def is_news(webinar: Webinar, details: Plan, now: datetime) -> bool:
    """Whether people are told of a change: a published webinar moves, and is not over then."""
    is_coming = details.ends_at is not None and now < details.ends_at
    return webinar.state == Webinar.State.PUBLISHED and is_coming and is_move(webinar, details)


def _tell_of_move(webinar: Webinar, before: notices.Known, now: datetime) -> int:
    told = _tell(webinar, notices.moved(webinar, before, now), "the webinar moved")
    _tell_speakers(webinar, "moved", before, now)
    _tell_who_is_asked(webinar, offer_notices.asked, now)
    return told


def _tell_speakers(webinar: Webinar, word: str, before: notices.Known, now: datetime) -> None:
    known = speaker_notices.still_owed(before)
    speakers: Iterable[Any] = webinar.presenters.exclude(email="").annotate(known=known)
    outbox.queue(speaker_notices.news(one, word, one.known, now) for one in speakers)


def _times(webinar: Webinar) -> tuple[datetime | None, datetime | None, str]:
    return webinar.starts_at, webinar.ends_at, webinar.time_zone


def _says(webinar: Webinar, details: Plan, topics: Iterable[Topic]) -> bool:
    """Whether all this is saved already, as after a second click."""
    is_same = all(getattr(webinar, name) == value for name, value in vars(details).items())
    return is_same and set(webinar.topics.all()) == set(topics)


def _tell_who_is_asked(
    webinar: Webinar, notice: Callable[[Offer, datetime], Notification], now: datetime
) -> None:
    """Tell those whom a colleague has asked, in place of what they were owed."""
    offers = list(webinar.offers.asked_by_others().select_related("person"))
    for offer in offers:
        offer.webinar = webinar
    outbox.withdraw(*map(offer_notices.about, offers), reason="the webinar changed", now=now)
    outbox.queue(notice(offer, now) for offer in offers)


def _tell(webinar: Webinar, message: ToEach, reason: str) -> int:
    """Tell everybody who has a place, instead of what they were owed; return how many they are."""
    places = webinar.registrations.current().order_by("pk")
    fanning.replace(places, message, reason=reason)
    return places.count()
