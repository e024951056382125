"""The first page."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts import visitors
from accounts.models import User
from ciwo_portal import year
from ciwo_portal.shelf import Shelf
from ciwo_portal.views.topics import counted
from surveys import first_page
from webinars.models import Webinar

COMING = 3
LATEST = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is coming, what agencies do, the newest year on record, and how to join."""
    now, user = timezone.now(), request.user
    context = {
        "upcoming": Webinar.objects.visible_to(user).announced().upcoming(now)[:COMING],
        "record": SimpleLazyObject(lambda: _record(user, now)),
        "kept_for": settings.VISITOR_CACHE_SECONDS,
        "issue": visitors.issue(),
        "zone": user.time_zone if user.is_authenticated else "",
    }
    return render(request, "home.html", context)


def _record(user: User | AnonymousUser, now: datetime) -> dict[str, Any]:
    """Return what was held: it changes seldom, so visitors share it for a while."""
    record, shelf = year.newest(user), Shelf.of(user, now)
    return {
        "year": record,
        "latest": shelf.since(record.programme.year + 1 if record else 1).rows(0, LATEST),
        "topics": counted(shelf),
        "comparison": first_page.comparison(user),
    }
