"""Webinars: the list, one of them, a place in it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from accounts.models import User
from agencies.permissions import is_coordinator
from events import calendar_links
from library.models import Resource
from webinars import audience, personal, registration
from webinars.models import Series, Webinar
from webinars.permissions import may_join, offer_to, standing

PAGE = 20
UPCOMING = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what is coming and what was."""
    now = timezone.now()
    seen = Webinar.objects.visible_to(request.user).announced().prefetch_related("topics")
    known = list(Series.objects.visible_to(request.user).order_by("name", "pk"))
    chosen = next((one for one in known if one.slug == request.GET.get("series")), None)
    if chosen:
        seen = seen.filter(series=chosen)
    past = Paginator(seen.past(now), PAGE).get_page(request.GET.get("page"))
    context = {
        "upcoming": seen.upcoming(now)[:UPCOMING],
        "page": past,
        "known": known,
        "chosen": chosen,
    }
    return render(request, "webinars/list.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one webinar, and the reader's place in it."""
    seen = Webinar.objects.visible_to(request.user).with_seats().with_questions()
    webinar = get_object_or_404(seen.select_related("series").prefetch_related("topics"), slug=slug)
    now, (place, declined_reason) = timezone.now(), standing(request.user, webinar)
    offer = offer_to(request.user, webinar, now)
    context = {
        "webinar": webinar,
        "stage": webinar.stage(now),
        "place": place,
        "position": webinar.registrations.position(place),
        "is_open": webinar.is_open(now),
        "offer": offer,
        "entry": _entry(request.user, webinar, now),
        "declined_reason": declined_reason,
        "place_path": personal.path(webinar, offer.person) if offer else "",
        "speaks_for_agency": webinar.is_open(now) and is_coordinator(request.user),
        "may_join": may_join(request.user, webinar, place, now),
        "presenters": webinar.presenters.select_related("agency").order_by("position", "pk"),
        "resources": Resource.objects.visible_to(request.user).filter(webinars=webinar),
        "zone": request.user.time_zone if request.user.is_authenticated else "",
        "google": calendar_links.google(webinar),
        "outlook": calendar_links.outlook(webinar),
    }
    return render(request, "webinars/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancel(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the reader's place up; who comes here from signing in presses the button once more."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        return redirect(webinar)
    try:
        registration.cancel(webinar=webinar, person=request.user, now=timezone.now())
    except registration.RegistrationClosed:
        messages.error(request, _("The webinar is over: nothing was changed."))
    else:
        messages.success(request, _("Your place is canceled. Thank you for making room."))
    return redirect(webinar)


def _entry(user: User | AnonymousUser, webinar: Webinar, now: datetime) -> dict[str, object]:
    """Return what the rules of registering say to this reader."""
    said: dict[str, object] = {
        "takes_newcomers": webinar.takes_newcomers(now),
        "asks": webinar.asks_anything(now),
    }
    if not webinar.is_open(now) or not audience.is_narrowed(webinar):
        return said
    who = audience.profile(user)
    return said | {
        "for_whom": audience.in_words(webinar),
        "refusal": audience.refusal(webinar, who) if user.is_authenticated else "",
        "waits": user.is_authenticated and audience.needs_approval(webinar, who),
    }
