"""Communities and their sessions: what everybody sees, and what stays in the room."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from agencies.models import Community, Membership
from events import ical
from library.models import NamedPlace, Resource
from sessions import agenda, invitations
from sessions.forms import RsvpForm
from sessions.models import Invitation, PracticeSession
from sessions.permissions import can_facilitate, can_read_inside, invitation_of

PAGE = 20
LISTED = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the communities that the reader may know of."""
    communities = Community.objects.visible_to(request.user).order_by("is_demo", "name", "pk")
    page = Paginator(communities, PAGE).get_page(request.GET.get("page"))
    mine = Community.objects.open_to(request.user).values_list("pk", flat=True)
    context = {"page": page, "mine": set(mine) if request.user.is_authenticated else set()}
    return render(request, "sessions/communities.html", context)


@require_safe
def community(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one community, its agencies, its materials, and the sessions that may be known."""
    known: Any = Community.objects.visible_to(request.user).annotate(
        is_on_record=Exists(NamedPlace.objects.filter(communities=OuterRef("pk")))
    )
    community = get_object_or_404(known, slug=slug)
    seen = PracticeSession.objects.visible_to(request.user).announced().filter(community=community)
    seen = seen.select_related("community").prefetch_related("topics")
    now = timezone.now()
    resources = Resource.objects.visible_to(request.user).filter(community=community)
    # What belongs to one session stands on its page.
    resources = resources.filter(practicesessions__isnull=True)
    context = {
        "community": community,
        "is_member": Community.objects.open_to(request.user).filter(pk=community.pk).exists(),
        "can_run": Community.objects.run_by(request.user).filter(pk=community.pk).exists(),
        "agencies": community.agencies.order_by("state", "name", "pk")[:LISTED],
        "resources": resources.order_by("title", "pk")[:LISTED],
        "upcoming": seen.upcoming(now)[:PAGE],
        "page": Paginator(seen.past(now), PAGE).get_page(request.GET.get("page")),
    }
    if community.is_on_record:
        context |= _on_record(request, community)
    return render(request, "sessions/community.html", context)


def _on_record(request: HttpRequest, community: Community) -> dict[str, Any]:
    """Return what the record of a year names of this community, and its webinars."""
    places = community.named_places.select_related("agency_today").order_by("position", "pk")
    webinars = community.webinars.visible_to(request.user).announced().prefetch_related("topics")
    return {"places": places, "webinars": webinars.order_by("-held_on", "-pk")[:LISTED]}


@require_safe
def detail(request: HttpRequest, community: str, slug: str) -> HttpResponse:
    """Show one session: its public part, and for the community's people the rest."""
    session = get_object_or_404(
        PracticeSession.objects.visible_to(request.user).select_related("community"),
        community__slug=community,
        slug=slug,
    )
    resources = Resource.objects.visible_to(request.user).filter(practicesessions=session)
    is_inside = can_read_inside(request.user, session)
    can_run = can_facilitate(request.user, session)
    context = {
        "session": session,
        "is_inside": is_inside,
        "can_run": can_run,
        "topics": session.topics.order_by("position", "name"),
        "resources": resources.order_by("title", "pk")[:LISTED],
        "zone": request.user.time_zone if request.user.is_authenticated else "",
        "is_over": session.is_over(timezone.now()),
    }
    if is_inside:
        context |= _inside(request, session, can_run=can_run)
    return render(request, "sessions/detail.html", context)


@require_safe
@login_required
def calendar(request: MemberRequest, community: str, slug: str) -> HttpResponse:
    """Give the session as a calendar file to those who may join it."""
    me = request.user
    session = get_object_or_404(
        PracticeSession.objects.open_to(me).announced().select_related("community"),
        community__slug=community,
        slug=slug,
    )
    invitation, can_run = invitation_of(me, session), can_facilitate(me, session)
    join_url = _join_url(session, invitation, can_run=can_run)
    answer = HttpResponse(ical.entry(session, join_url), content_type="text/calendar")
    answer["Content-Disposition"] = f'attachment; filename="{session.slug}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _inside(request: HttpRequest, session: PracticeSession, *, can_run: bool) -> dict[str, Any]:
    """Return what the community's people see besides."""
    invitation = invitation_of(request.user, session)
    places = Membership.objects.active().filter(agency__communities=session.community_id)
    coming = session.invitations.standing().saying(Invitation.Rsvp.YES).select_related("person")
    agencies = Prefetch("person__memberships", places.select_related("agency").order_by("pk"))
    coming = coming.prefetch_related(agencies).order_by("person__name", "pk")
    return {
        "agenda": agenda.rows(session),
        "invitation": invitation,
        "answers": session.invitations.standing().answers(),
        "coming": coming[:LISTED],
        "form": RsvpForm(initial={"rsvp": invitation.rsvp} if invitation else None),
        "may_answer": invitations.takes_answers(session, timezone.now()),
        "join_url": _join_url(session, invitation, can_run=can_run),
    }


def _join_url(session: PracticeSession, invitation: Invitation | None, *, can_run: bool) -> str:
    """Return the join link for who comes, and for who runs the session."""
    if session.is_cancelled or session.is_over(timezone.now()):
        return ""
    if can_run:
        return session.join_url
    return invitation.join_url if invitation else ""
