"""The first page of the organisers' console."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from agencies.models import Membership
from agencies.permissions import organiser_required
from notifications.models import Notification
from sessions.models import PracticeSession
from webinars.models import Webinar

SHOWN = 10


@organiser_required
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Show what is coming and what waits for somebody."""
    now = timezone.now()
    faulty = (Notification.State.FAILED, Notification.State.PARKED)
    sessions = PracticeSession.objects.visible_to(request.user).upcoming(now)
    context = {
        "webinars": Webinar.objects.visible_to(request.user).upcoming(now).with_seats()[:SHOWN],
        "sessions": sessions.select_related("community")[:SHOWN],
        "pending": Membership.objects.pending().count(),
        "owed": Notification.objects.open().filter(due_at__lte=now).count(),
        "faulty": Notification.objects.filter(state__in=faulty).count(),
    }
    return render(request, "manage.html", context)
