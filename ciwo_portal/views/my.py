"""A person's own page."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from accounts.models import User
from agencies.models import Membership
from ciwo_portal import learning
from surveys.models import Inquiry

PAST = 10
WAITING = 20


@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """Show what the reader is registered for, invited to, asked in, and a member of."""
    now, person = timezone.now(), request.user
    coming, past = learning.coming(person, now), learning.past(person, now)
    surveys = learning.surveys(person, now)
    memberships = Membership.objects.visible_to(person).current().filter(person=person)
    seats = learning.seats(person, now)
    context: dict[str, Any] = {
        "seats": seats,
        "coming": coming,
        "past": past[:PAST],
        "attended": learning.attended(person),
        "surveys": surveys,
        "pulses": learning.pulses(person, now),
        "inquiries": Inquiry.objects.numbers_for(person),
        **_waiting(person),
        "memberships": memberships.select_related("agency").order_by("asked_at", "pk"),
        "zone": person.time_zone,
    }
    context["is_first_visit"] = not any((seats, coming, past, surveys, context["memberships"]))
    return render(request, "my.html", context)


def _waiting(person: User) -> dict[str, Any]:
    """Return the oldest requests on which this person, as a coordinator, may decide; and all."""
    mine = Membership.objects.coordinated_by(person).values("agency")
    waiting = Membership.objects.pending().filter(agency__in=mine).exclude(person=person)
    oldest = list(waiting.select_related("person", "agency")[:WAITING])
    number = waiting.count() if len(oldest) == WAITING else len(oldest)
    return {"waiting": oldest, "waiting_number": number}
