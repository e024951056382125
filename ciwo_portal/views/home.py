"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ciwo_portal.shelf import Shelf
from library.models import Programme, Topic
from webinars.models import Webinar


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is coming, the topics, and what was held last."""
    now = timezone.now()
    upcoming = Webinar.objects.visible_to(request.user).published().upcoming(now)
    shelf = Shelf({}, request.user, now)
    context = {
        "upcoming": upcoming.prefetch_related("topics")[:3],
        "topics": Topic.objects.order_by("position", "name")[:24],
        "programme": Programme.objects.order_by("-year").first(),
        "latest": shelf.rows(0, 5),
    }
    return render(request, "home.html", context)
