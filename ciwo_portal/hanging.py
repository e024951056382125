"""Hang resources on webinars and sessions, and take them off; who runs the event may."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.permissions import is_organiser
from events.models import EventQuerySet
from library import keeping
from library.keeping import Details
from library.models import Resource, Topic
from library.uploads import UploadedFile
from sessions.models import PracticeSession
from webinars.models import Webinar

Place: TypeAlias = Webinar | PracticeSession
OFFERED = 100  # of each kind, newest first
_WORD = re.compile(r"(webinar|session):([-\w]+)", re.ASCII)


def word(place: Place) -> str:
    """Return what names the place in a form: webinar:… or session:…"""
    return f"{'webinar' if isinstance(place, Webinar) else 'session'}:{place.slug}"


def manage_url(place: Place) -> str:
    """Return the page on which the place is run."""
    app = "webinars" if isinstance(place, Webinar) else "sessions"
    return reverse(f"{app}:manage-detail", args=[place.slug])


def find(text: str, user: User) -> Place | None:
    """Return the place of this word if this person runs it."""
    named = _WORD.fullmatch(text)
    if named is None:
        return None
    rows: EventQuerySet[Webinar] | EventQuerySet[PracticeSession]
    rows = _webinars(user) if named[1] == "webinar" else _sessions(user)
    return rows.filter(slug=named[2]).first()


def offered(user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the newest places that this person runs, under their kinds, for a chooser."""
    kinds: tuple[tuple[str, Iterable[Place]], ...] = (
        (_("Webinars"), _webinars(user).order_by("-held_on", "-pk")[:OFFERED]),
        (_("Community sessions"), _sessions(user).order_by("-held_on", "-pk")[:OFFERED]),
    )
    return [
        (kind, [(word(place), f"{place.title} ({place.held_on})") for place in places])
        for kind, places in kinds
    ]


def places(resource: Resource, user: User) -> list[Place]:
    """Return where the resource hangs, as far as this person runs it."""
    webinars = _webinars(user).filter(resources=resource).order_by("-held_on", "-pk")[:OFFERED]
    sessions = _sessions(user).filter(resources=resource).order_by("-held_on", "-pk")[:OFFERED]
    return [*webinars, *sessions]


def add(
    *,
    uid: UUID,
    details: Details,
    topics: Iterable[Topic],
    upload: "UploadedFile | None",
    to: Place | None,
    by: User,
    now: datetime,
) -> Resource:
    """Keep a resource and hang it on the place; the same uid again keeps nothing more."""
    resource = keeping.add(
        uid=uid,
        details=details,
        topics=topics,
        upload=upload,
        by=by,
        now=now,
        is_unannounced=to is not None and not to.is_announced,
    )
    if to is not None:
        attach(resource=resource, to=to)
    return resource


@transaction.atomic
def attach(*, resource: Resource, to: Place) -> None:
    """Hang it on the place; twice changes nothing. What hangs on an announced place is shown."""
    place = type(to).objects.select_for_update(of=("self",), no_key=True).get(pk=to.pk)
    place.resources.add(resource)
    if place.is_announced:
        keeping.announce(Resource.objects.filter(pk=resource.pk))


@transaction.atomic
def detach(*, resource: Resource, of: Place) -> None:
    """Take it off the place; it stays in the library, and is not hidden there any more."""
    of.resources.remove(resource)
    keeping.announce(Resource.objects.filter(pk=resource.pk))


def _webinars(user: User) -> EventQuerySet[Webinar]:
    return Webinar.objects.all() if is_organiser(user) else Webinar.objects.none()


def _sessions(user: User) -> EventQuerySet[PracticeSession]:
    return PracticeSession.objects.run_by(user).select_related("community")
