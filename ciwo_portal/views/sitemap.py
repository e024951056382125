"""What search engines may list: public things alone, and nothing that is invented."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.models import Agency, Community
from library.models import Topic
from sessions.models import PracticeSession
from webinars.models import Webinar

AT_MOST = 10_000  # of each kind; the standard allows 50,000 in one file
PAGES = (
    *("home", "topics:list", "library", "webinars:list", "sessions:list"),
    *("agencies:list", "accessibility", "privacy"),
)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the addresses of the public pages, whoever asks."""
    context = {"site_url": settings.SITE_URL, "places": list(_places())}
    return render(request, "sitemap.xml", context, content_type="application/xml")


def _places() -> Iterator[tuple[str, datetime | None]]:
    """Yield each address and, where it is known, when its page last changed."""
    visitor = AnonymousUser()
    sessions = PracticeSession.objects.visible_to(visitor).select_related("community")
    for name in PAGES:
        yield reverse(name), None
    for topic in Topic.objects.order_by("pk")[:AT_MOST]:
        yield topic.get_absolute_url(), None
    for events in (Webinar.objects.visible_to(visitor), sessions):
        for event in _real(events.defer("search")):
            yield event.get_absolute_url(), event.changed_at
    for rows in (Community.objects.visible_to(visitor), Agency.objects.visible_to(visitor)):
        for row in _real(rows):
            yield row.get_absolute_url(), None


def _real(rows: Any) -> Any:
    return rows.filter(is_demo=False).order_by("pk")[:AT_MOST]
