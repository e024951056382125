"""Communities and their sessions: what everybody sees, and what stays in the room."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from agencies.models import Community
from library.models import Resource
from sessions import invitations
from sessions.forms import RsvpForm
from sessions.models import PracticeSession
from sessions.permissions import can_read_inside, invitation_of

PAGE = 20
LISTED = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the communities that the reader may know of."""
    communities = Community.objects.visible_to(request.user).order_by("name", "pk")
    return render(request, "sessions/communities.html", {"communities": communities[:LISTED]})


@require_safe
def community(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one community, its agencies and the sessions that the reader may know of."""
    community = get_object_or_404(Community.objects.visible_to(request.user), slug=slug)
    seen = PracticeSession.objects.visible_to(request.user).published().filter(community=community)
    seen = seen.select_related("community").prefetch_related("topics")
    now = timezone.now()
    context = {
        "community": community,
        "is_member": Community.objects.open_to(request.user).filter(pk=community.pk).exists(),
        "agencies": community.agencies.order_by("state", "name")[:LISTED],
        "upcoming": seen.upcoming(now)[:PAGE],
        "page": Paginator(seen.past(now), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "sessions/community.html", context)


@require_safe
def detail(request: HttpRequest, community: str, slug: str) -> HttpResponse:
    """Show one session: its public part, and for the community's people the rest."""
    session = get_object_or_404(
        PracticeSession.objects.visible_to(request.user).select_related("community"),
        community__slug=community,
        slug=slug,
    )
    invitation = invitation_of(request.user, session)
    is_open = session.state == session.State.PUBLISHED and bool(
        session.starts_at and timezone.now() < session.starts_at
    )
    context = {
        "session": session,
        "agenda": session.agenda.order_by("position", "pk"),
        "is_inside": can_read_inside(request.user, session),
        "invitation": invitation,
        "form": RsvpForm(initial={"rsvp": invitation.rsvp} if invitation else None),
        "may_answer": is_open,
        "resources": Resource.objects.visible_to(request.user).filter(practicesessions=session),
        "zone": request.user.time_zone if request.user.is_authenticated else "",
    }
    return render(request, "sessions/detail.html", context)


@require_POST
@login_required
def rsvp(request: MemberRequest, community: str, slug: str) -> HttpResponse:
    """Take the reader's answer to the invitation."""
    session = get_object_or_404(
        PracticeSession.objects.open_to(request.user), community__slug=community, slug=slug
    )
    form = RsvpForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose yes, no or maybe."))
        return redirect(session)
    try:
        answer = form.cleaned_data["rsvp"]
        invitations.answer(session=session, person=request.user, rsvp=answer, now=timezone.now())
    except invitations.AnswersClosed:
        messages.error(request, _("It is too late to answer: the session has begun or is off."))
    else:
        messages.success(request, _("Thank you, your answer is noted."))
    return redirect(session)
