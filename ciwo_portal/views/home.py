"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ciwo_portal import year
from ciwo_portal.shelf import Shelf
from ciwo_portal.views.topics import counted
from webinars.models import Webinar

COMING = 3
LATEST = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is coming, the newest year on record, the topics, and how to join."""
    now = timezone.now()
    webinars = Webinar.objects.visible_to(request.user).published()
    record = year.newest(request.user)
    shelf = Shelf.of(request.user, now)
    latest = shelf.rows(0, LATEST)
    is_newer = latest and (record is None or latest[0].held_on.year > record.programme.year)
    context = {
        "upcoming": webinars.upcoming(now)[:COMING],
        "year": record,
        "latest": latest if is_newer else [],
        "topics": counted(shelf),
        "zone": request.user.time_zone if request.user.is_authenticated else "",
    }
    return render(request, "home.html", context)
