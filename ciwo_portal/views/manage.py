"""The first page of the organisers' console."""

from datetime import date

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from accounts.models import User
from agencies.permissions import organiser_required, second_factor_required
from ciwo_portal import attention, months
from ciwo_portal.months import Entry
from sessions.models import PracticeSession
from surveys.models import Wave
from webinars.models import Webinar

SHOWN = 6
ENTRIES = 100  # of one kind on a calendar sheet


def administration_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead into the site administration; everybody signs in by the portal's own form."""
    onward = get_next_redirect_url(request) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(onward)
    return second_factor_required(_enter_administration)(request, onward)


def _enter_administration(request: MemberRequest, onward: str) -> HttpResponse:
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect(onward)


@organiser_required
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Show what waits for somebody, the month, and what is coming."""
    now, today = timezone.now(), timezone.localdate()
    first = months.chosen(request.GET.get("month"), today)
    sessions = PracticeSession.objects.visible_to(request.user).upcoming(now)
    context = {
        "matters": attention.matters(now),
        "webinars": Webinar.objects.visible_to(request.user).upcoming(now).with_seats()[:SHOWN],
        "sessions": sessions.select_related("community")[:SHOWN],
        "first": first,
        "before": months.before(first),
        "after": months.after(first),
        "weeks": months.sheet(first, _entries(request.user, first), today),
    }
    return render(request, "manage.html", context)


def _entries(user: User, first: date) -> list[Entry]:
    """Return what falls on the days of the sheet: webinars, sessions, and surveys that close."""
    days = months.span(first)
    seen = Webinar.objects.visible_to(user).filter(held_on__range=days)
    met = PracticeSession.objects.visible_to(user).filter(held_on__range=days)
    closing = Wave.objects.filter(closes_at__date__range=days).order_by("closes_at", "pk")
    entries = [
        Entry(one.held_on, "webinar", one.title, reverse("webinars:manage-detail", args=[one.slug]))
        for one in seen.order_by("starts_at", "pk")[:ENTRIES]
    ]
    entries += [
        Entry(one.held_on, "session", one.title, reverse("sessions:manage-detail", args=[one.slug]))
        for one in met.order_by("starts_at", "pk")[:ENTRIES]
    ]
    return entries + [
        Entry(
            one.closes_at.astimezone(one.zone).date(),
            "survey",
            one.title,
            reverse("surveys:manage-detail", args=[one.slug]),
        )
        for one in closing[:ENTRIES]
    ]
