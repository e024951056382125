"""Topics, and everything that hangs on one."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts import visitors
from accounts.models import User
from agencies.models import Agency
from ciwo_portal import facets
from ciwo_portal.shelf import Shelf
from library.models import Resource, Topic
from records import opinions
from sessions.models import PracticeSession
from surveys import topical
from webinars.models import Presenter, Webinar

SHOWN = 50
PAST = 20  # the library shows the rest
LISTED = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the topics with how much hangs on each."""
    shelf = Shelf.of(request.user, timezone.now())
    return render(request, "topics/list.html", {"topics": counted(shelf)})


def counted(shelf: Shelf) -> list[dict[str, Any]]:
    """Return the topics with the number of webinars and sessions held on each; two queries.

    What is invented counts apart.
    """
    numbers = facets.by_topic(shelf)
    topics = Topic.objects.order_by("position", "name")[:LISTED]
    return [
        {
            "topic": topic,
            "webinars": numbers[topic.pk]["webinar"],
            "sessions": numbers[topic.pk]["session"],
            "demo": numbers[topic.pk]["demo"],
        }
        for topic in topics
    ]


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one topic: what is coming, what was, materials, and the agencies that spoke."""
    topic, others = _topics(slug)
    now, user = timezone.now(), request.user
    webinars = Webinar.objects.visible_to(user).announced().filter(topics=topic)
    sessions = PracticeSession.objects.visible_to(user).announced().filter(topics=topic)
    next_ones = list(webinars.upcoming(now)[:SHOWN])
    meetings = list(sessions.select_related("community").upcoming(now)[:SHOWN])
    context = {
        "topic": topic,
        "others": others,
        "coming": sorted([*next_ones, *meetings], key=lambda one: (one.is_demo, one.held_on)),
        "webinars": next_ones,
        "record": SimpleLazyObject(lambda: _record(topic, user, now)),
        "found": SimpleLazyObject(lambda: topical.of(topic, user)),
        "kept_for": settings.VISITOR_CACHE_SECONDS,
        "issue": visitors.issue(),
    }
    return render(request, "topics/detail.html", context)


def _topics(slug: str) -> tuple[Topic, list[Topic]]:
    """Return the topic of this slug, and some others to go on to; one query."""
    is_it = Case(When(slug=slug, then=0), default=1)
    found = list(Topic.objects.order_by(is_it, "position", "name")[: SHOWN + 1])
    if not found or found[0].slug != slug:
        raise Http404
    return found[0], found[1:]


def _record(topic: Topic, user: User | AnonymousUser, now: datetime) -> dict[str, Any]:
    """Return what hangs on a topic beside what is coming: visitors share it for a while."""
    webinars = Webinar.objects.visible_to(user).announced().filter(topics=topic)
    spoke = Presenter.objects.filter(webinar__in=webinars).values("agency")
    agencies = Agency.objects.visible_to(user).filter(pk__in=spoke)
    resources = Resource.objects.visible_to(user).filter(topics=topic)
    return {
        "past": Shelf.of(user, now).on(topic).rows(0, PAST),
        "pulse": opinions.of_topic(topic, user),
        "resources": resources.order_by("is_demo", "title", "pk")[:SHOWN],
        "agencies": agencies.order_by("is_demo", "state", "name")[:SHOWN],
    }
