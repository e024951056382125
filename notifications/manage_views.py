"""The delivery log."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from notifications.filters import NotificationFilter
from notifications.models import Notification

PAGE = 50


@organiser_required
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    """Show what was owed to whom, and what became of it, newest first."""
    rows = Notification.objects.select_related("recipient").order_by("-created_at", "-pk")
    found = NotificationFilter(request.GET, rows)
    states = dict(
        Notification.objects.values_list("state").annotate(number=Count("pk")).order_by("state")
    )
    totals = [(state.label, states[state]) for state in Notification.State if state in states]
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {"form": found.form, "page": page, "totals": totals}
    return render(request, "notifications/manage_log.html", context)
