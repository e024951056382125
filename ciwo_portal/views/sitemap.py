"""What search engines may list: public things alone, and nothing that is invented."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.models import Agency, Community
from library.models import Topic
from sessions.models import PracticeSession
from surveys.models import Wave
from webinars.models import Webinar

AT_MOST = 10_000  # in one file; the standard allows 50,000
MOST_FILES = 1_000  # of one kind
PAGES = (
    *("home", "topics:list", "library", "webinars:list", "sessions:list"),
    *("surveys:findings-list", "agencies:list", "accessibility", "privacy"),
)
VISITOR = AnonymousUser()
# What has a page of its own, by the name of its files.
KINDS: dict[str, Callable[[], QuerySet[Any]]] = {
    "topics": Topic.objects.all,
    "webinars": lambda: _real(Webinar.objects.visible_to(VISITOR).defer("search")),
    "sessions": lambda: _real(
        PracticeSession.objects.visible_to(VISITOR).select_related("community").defer("search")
    ),
    "communities": lambda: _real(Community.objects.visible_to(VISITOR)),
    "agencies": lambda: _real(Agency.objects.visible_to(VISITOR)),
    "findings": lambda: _real(Wave.objects.with_findings_for(VISITOR)),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the files of the map, whoever asks."""
    files = [reverse("sitemap-pages")]
    for kind, rows in KINDS.items():
        numbers = range(1, -(-rows().count() // AT_MOST) + 1)
        files += [reverse("sitemap-part", args=[kind, number]) for number in numbers]
    context = {"site_url": settings.SITE_URL, "files": files}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """List the pages that are always there."""
    return _file(request, [(reverse(name), None) for name in PAGES])


@require_safe
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """List the addresses of one file and, where it is known, when each page last changed."""
    if kind not in KINDS or not 0 < number <= MOST_FILES:
        raise Http404
    first = (number - 1) * AT_MOST
    places = list(_places(KINDS[kind]().order_by("pk")[first : first + AT_MOST]))
    if not places:
        raise Http404
    return _file(request, places)


def _file(request: HttpRequest, places: list[tuple[str, datetime | None]]) -> HttpResponse:
    context = {"site_url": settings.SITE_URL, "places": places}
    return render(request, "sitemap.xml", context, content_type="application/xml")


def _places(rows: QuerySet[Any]) -> Iterator[tuple[str, datetime | None]]:
    for row in rows:
        if isinstance(row, Wave):
            yield reverse("surveys:findings", args=[row.slug]), None
        else:
            yield row.get_absolute_url(), getattr(row, "changed_at", None)


def _real(rows: Any) -> Any:
    return rows.filter(is_demo=False)
