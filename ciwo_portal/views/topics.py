"""Topics, and everything that hangs on one."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts import visitors
from accounts.models import User
from agencies.models import Agency, Community
from ciwo_portal import facets
from ciwo_portal.shelf import Shelf
from library.models import Resource, Topic
from records import opinions
from sessions.models import PracticeSession
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
    """Return the topics with the number of webinars and sessions held on each; two queries."""
    numbers = facets.by_topic(shelf)
    topics = Topic.objects.order_by("position", "name")[:LISTED]
    return [
        {
            "topic": topic,
            "webinars": numbers[topic.pk]["webinar"],
            "sessions": numbers[topic.pk]["session"],
        }
        for topic in topics
    ]


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one topic: what is coming, what was, materials, and the agencies that took part."""
    topic = get_object_or_404(Topic.objects.all(), slug=slug)
    now, user = timezone.now(), request.user
    webinars = Webinar.objects.visible_to(user).published().filter(topics=topic)
    sessions = PracticeSession.objects.visible_to(user).published().filter(topics=topic)
    context = {
        "topic": topic,
        "webinars": webinars.upcoming(now)[:SHOWN],
        "sessions": sessions.select_related("community").upcoming(now)[:SHOWN],
        "record": SimpleLazyObject(lambda: _record(topic, user, now)),
        "kept_for": settings.VISITOR_CACHE_SECONDS,
        "issue": visitors.issue(),
    }
    return render(request, "topics/detail.html", context)


def _record(topic: Topic, user: User | AnonymousUser, now: datetime) -> dict[str, Any]:
    """Return what hangs on a topic beside what is coming: visitors share it for a while."""
    webinars = Webinar.objects.visible_to(user).published().filter(topics=topic)
    sessions = PracticeSession.objects.visible_to(user).published().filter(topics=topic)
    spoke = Presenter.objects.filter(webinar__in=webinars).values("agency")
    met = Community.objects.visible_to(user).filter(sessions__in=sessions).values("agencies")
    agencies = Agency.objects.visible_to(user).filter(Q(pk__in=spoke) | Q(pk__in=met))
    resources = Resource.objects.visible_to(user).filter(topics=topic)
    return {
        "past": Shelf.of(user, now).on(topic).rows(0, PAST),
        "pulse": opinions.of_topic(topic, user),
        "resources": resources.order_by("title", "pk")[:SHOWN],
        "agencies": agencies.order_by("state", "name")[:SHOWN],
        "others": Topic.objects.exclude(pk=topic.pk).order_by("position", "name")[:SHOWN],
    }
