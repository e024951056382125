"""Webinars: the list, one of them, a place in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from library.models import Resource
from webinars import registration
from webinars.models import Registration, Webinar
from webinars.permissions import can_read_join_link, place_of

PAGE = 20
UPCOMING = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what is coming and what was."""
    now = timezone.now()
    seen = Webinar.objects.visible_to(request.user).published().prefetch_related("topics")
    past = Paginator(seen.past(now), PAGE).get_page(request.GET.get("page"))
    context = {"upcoming": seen.upcoming(now)[:UPCOMING], "page": past}
    return render(request, "webinars/list.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one webinar, and the reader's place in it."""
    webinar = get_object_or_404(
        Webinar.objects.visible_to(request.user).with_seats().prefetch_related("topics"), slug=slug
    )
    place = place_of(request.user, webinar)
    context = {
        "webinar": webinar,
        "place": place,
        "position": webinar.registrations.position(place) if place else None,
        "is_open": webinar.is_open(timezone.now()),
        "join_url": webinar.join_url if can_read_join_link(request.user, webinar) else "",
        "presenters": webinar.presenters.select_related("agency").order_by("position", "pk"),
        "resources": Resource.objects.visible_to(request.user).filter(webinars=webinar),
        "zone": request.user.time_zone if request.user.is_authenticated else "",
    }
    return render(request, "webinars/detail.html", context)


@require_POST
@login_required
def register(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the reader a place."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    try:
        place = registration.register(webinar=webinar, person=request.user, now=timezone.now())
    except registration.RegistrationClosed:
        messages.error(request, _("Registration has closed. You were not registered."))
        return redirect(webinar)
    if place.state == Registration.State.REGISTERED:
        messages.success(request, _("You are registered. A confirmation is on its way."))
    else:
        messages.warning(request, _("All seats are taken: you are on the waitlist."))
    return redirect(webinar)


@require_POST
@login_required
def cancel(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the reader's place up."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    registration.cancel(webinar=webinar, person=request.user, now=timezone.now())
    messages.success(request, _("Your place is canceled. Thank you for making room."))
    return redirect(webinar)
