"""The organisers' pages about community sessions."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from sessions import scheduling
from sessions.forms import CancelForm, SessionForm, initial_of
from sessions.models import PracticeSession

PAGE = 25
PEOPLE = 100


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List all sessions, newest first."""
    rows = PracticeSession.objects.visible_to(request.user).select_related("community")
    page = Paginator(rows.order_by("-held_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "sessions/manage_list.html", {"page": page})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Plan a session."""
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        session = scheduling.plan(
            details=form.plan(), topics=form.cleaned_data["topics"], agenda=form.agenda_lines()
        )
        messages.success(request, _("The draft is saved. Publish it when it is ready."))
        return redirect("sessions:manage-detail", session.slug)
    return render(request, "sessions/manage_form.html", {"form": form, "session": None})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change or move a session."""
    session = get_object_or_404(PracticeSession.objects.visible_to(request.user), slug=slug)
    form = SessionForm(request.POST or None, initial=initial_of(session))
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.change(
                session=session,
                details=form.plan(),
                topics=form.cleaned_data["topics"],
                agenda=form.agenda_lines(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except scheduling.IsCancelled:
            messages.error(request, _("A canceled session does not change any more."))
        else:
            messages.success(request, _("Saved. If the time changed, everybody is told."))
        return redirect("sessions:manage-detail", slug)
    return render(request, "sessions/manage_form.html", {"form": form, "session": session})


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show one session with everybody who is asked."""
    seen = PracticeSession.objects.visible_to(request.user).select_related("community")
    session = get_object_or_404(seen, slug=slug)
    asked = session.invitations.select_related("person").order_by("-rsvp", "person__name", "pk")
    page = Paginator(asked, PEOPLE).get_page(request.GET.get("page"))
    context = {"session": session, "page": page, "form": CancelForm()}
    return render(request, "sessions/manage_detail.html", context)


@organiser_required
@require_POST
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Announce a draft and ask its community."""
    session = get_object_or_404(PracticeSession.objects.visible_to(request.user), slug=slug)
    try:
        scheduling.publish(session=session, now=timezone.now())
    except (scheduling.HasNoTime, scheduling.IsCancelled):
        messages.error(request, _("Only a session with a time in the future can be published."))
    else:
        messages.success(request, _("Published: the community's people are invited."))
    return redirect("sessions:manage-detail", slug)


@organiser_required
@require_POST
def cancel(request: MemberRequest, slug: str) -> HttpResponse:
    """Call a session off, with the reason that everybody reads."""
    session = get_object_or_404(PracticeSession.objects.visible_to(request.user), slug=slug)
    form = CancelForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the reason: everybody who is asked reads it."))
        return redirect("sessions:manage-detail", slug)
    reason = form.cleaned_data["reason"]
    scheduling.cancel(session=session, reason=reason, now=timezone.now())
    messages.success(request, _("Canceled. Everybody who is asked is told."))
    return redirect("sessions:manage-detail", slug)
