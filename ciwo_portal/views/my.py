"""A person's own page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from agencies.models import Membership
from sessions.models import Invitation, PracticeSession
from surveys.models import Response
from webinars.models import Registration, Webinar

SHOWN = 50


@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """Show what the reader is registered for, invited to, asked in, and a member of."""
    now, person = timezone.now(), request.user
    coming = Webinar.objects.visible_to(person).upcoming(now)
    places = Registration.objects.current().filter(person=person, webinar__in=coming.order_by())
    sessions = PracticeSession.objects.open_to(person).upcoming(now).order_by()
    invitations = Invitation.objects.filter(person=person, session__in=sessions)
    responses = Response.objects.answered_by(person).filter(wave__closes_at__gt=now)
    memberships = Membership.objects.filter(person=person).exclude(status="ended")
    context = {
        "places": places.select_related("webinar").order_by("webinar__starts_at")[:SHOWN],
        "invitations": invitations.select_related("session__community").order_by(
            "session__starts_at"
        )[:SHOWN],
        "responses": responses.select_related("wave", "agency").order_by("wave__closes_at")[:SHOWN],
        "memberships": memberships.select_related("agency").order_by("asked_at")[:SHOWN],
    }
    return render(request, "my.html", context)
