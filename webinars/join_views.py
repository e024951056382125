"""The door of a webinar: by the personal link of a message, and for who is signed in."""

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from events import zones
from events.personal_links import LinkEnded
from events.private_pages import ended, kept_private, unknown
from webinars import join_links, joining
from webinars.join_links import Door
from webinars.models import Registration, Webinar
from webinars.permissions import place_of

# Browsers hold the redirect after a form to the form's own rule: tools are elsewhere.
to_the_tool = csp_update({"form-action": ["https:", "http:"]})


@csrf_exempt  # the token is the proof; in-app browsers of mail programs keep no cookies
@to_the_tool  # type: ignore[arg-type] # csp types a view without arguments
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the door; only pressing its button leads to the tool, as scanners open links."""
    try:
        place = join_links.read(token, timezone.now())
    except LinkEnded:
        return ended(request)
    except join_links.UnknownLink:
        return unknown(request, "webinars/join_unknown.html")
    return kept_private(show_door(request, place.webinar, place, zone=place.person.time_zone))


@to_the_tool  # type: ignore[arg-type] # csp types a view without arguments
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the same door to a reader who has a seat or runs the webinar."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user).announced(), slug=slug)
    place = place_of(request.user, webinar)
    is_host = request.user.is_organiser
    return show_door(request, webinar, place, zone=request.user.time_zone, is_host=is_host)


def show_door(
    request: HttpRequest,
    webinar: Webinar,
    place: Registration | None,
    *,
    zone: str,
    is_host: bool = False,
) -> HttpResponse:
    """Answer with the door as it is now; through an open one a POST leads to the tool."""
    now = timezone.now()
    door = join_links.door(webinar, now, is_host=is_host, place=place)
    if request.method == "POST" and door == Door.OPEN:
        if place:
            joining.enter(place=place, now=now)
        return HttpResponseRedirect(webinar.join_url, status=303)
    opens_at = join_links.opening(webinar, is_host=is_host)
    context = {
        "webinar": webinar,
        "place": place,
        "door": door,
        "opens": zones.start_in_words(opens_at, zone, now) if opens_at else "",
        "zone": zone,
    }
    return render(request, "webinars/join.html", context)
