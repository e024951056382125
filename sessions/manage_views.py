"""The pages of those who run sessions: organisers all of them, facilitators their communities'."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import holding
from accounts.http import MemberRequest
from agencies.models import Membership
from agencies.permissions import facilitator_required
from events import move_views
from events.effects import Time, coincidences
from events.move_views import Move
from library.models import Resource
from sessions import agenda, agenda_forms, drafts, effects, notices, scheduling
from sessions.forms import SessionForm
from sessions.models import PracticeSession

PAGE = 25
PEOPLE = 100
MATERIALS = 100


@facilitator_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the sessions that this person runs, newest first."""
    rows = PracticeSession.objects.run_by(request.user).select_related("community")
    page = Paginator(rows.order_by("-held_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "sessions/manage_list.html", {"page": page})


@holding.keeps_typed
@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Plan a session."""
    data = request.POST or holding.typed(request)
    form = SessionForm(data, by=request.user, now=timezone.now())
    lines = agenda_forms.lines(data)
    if request.method == "POST" and form.is_valid() & lines.is_valid():
        session = scheduling.plan(
            uid=form.cleaned_data["uid"],
            details=form.plan(),
            topics=form.cleaned_data["topics"],
            parts=lines.parts(),
            by=request.user,
        )
        messages.success(request, _("The draft is saved. Publish it when it is ready."))
        _warn(request, session, form.plan())
        return redirect("sessions:manage-detail", session.slug)
    context = {"form": form, "lines": lines, "session": None}
    return render(request, "sessions/manage_form.html", context)


@holding.keeps_typed
@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change a session; a move is looked at once more before anybody is told of it."""
    session = get_object_or_404(PracticeSession.objects.run_by(request.user), slug=slug)
    data = request.POST or holding.typed(request)
    form = SessionForm(data, by=request.user, now=timezone.now(), session=session)
    lines = agenda_forms.lines(data, session)
    is_sent = request.method == "POST" and "back" not in request.POST
    if is_sent and form.is_valid() & lines.is_valid():
        if form.cleaned_data["seen"] != session.changed_at:
            form.read_again()
        elif answer := _preview(request, session, form) or _save(request, session, form, lines):
            return answer
    context = {"form": form, "lines": lines, "session": session}
    return render(request, "sessions/manage_form.html", context)


@facilitator_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show one session with its agenda, its materials and everybody who is asked."""
    sessions = PracticeSession.objects.run_by(request.user).select_related("community")
    session, now = get_object_or_404(sessions, slug=slug), timezone.now()
    places = Membership.objects.active().filter(agency__communities=session.community_id)
    places = places.select_related("agency").order_by("pk")
    asked = session.invitations.standing().select_related("person")
    asked = asked.prefetch_related(Prefetch("person__memberships", places))
    resources = Resource.objects.visible_to(request.user).filter(practicesessions=session)
    resources = resources.select_related("community")
    subject = notices.subject(session)
    people = Paginator(asked.order_by("-rsvp", "person__name", "pk"), PEOPLE)
    context = {
        "session": session,
        "agenda": agenda.rows(session),
        "answers": asked.answers(),
        "page": people.get_page(request.GET.get("page")),
        "resources": resources.order_by("title", "pk")[:MATERIALS],
        "failed": subject.messages.not_reached().count(),
        "log_url": subject.log_url if request.user.is_organiser else "",
        "is_coming": not session.is_over(now),
        "was_held": session.was_held(now),
    }
    return render(request, "sessions/manage_detail.html", context)


@facilitator_required
@require_POST
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Announce a draft and ask its community."""
    session = get_object_or_404(PracticeSession.objects.run_by(request.user), slug=slug)
    try:
        scheduling.publish(session=session, now=timezone.now())
    except (scheduling.HasNoTime, scheduling.IsCancelled):
        text = _(
            "Only a session with a time in the future, or one that was held, can be published."
        )
        messages.error(request, text)
    else:
        said = _("Published: the community's people are invited.")
        if session.was_held(timezone.now()):
            said = _("It is on record now. Nobody is told of it.")
        messages.success(request, said)
    return redirect("sessions:manage-detail", slug)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what goes with a session that was never announced, and delete it."""
    session = get_object_or_404(PracticeSession.objects.run_by(request.user), slug=slug)
    try:
        if request.method == "POST":
            drafts.delete(session=session, by=request.user)
            messages.success(request, _("“%s” is deleted. Nobody is told.") % session.title)
            return redirect("sessions:manage-list")
        contents = drafts.contents(session, request.user)
    except drafts.WasAnnounced:
        messages.error(request, _("It was published. Cancel it instead: then everybody is told."))
        return redirect("sessions:manage-detail", slug)
    context = {
        "event": session,
        "contents": contents,
        "crumbs": {
            "parent": _("Community sessions"),
            "parent_url": reverse("sessions:manage-list"),
        },
        "back_url": reverse("sessions:manage-detail", args=[slug]),
    }
    return render(request, "events/manage_delete.html", context)


def _preview(
    request: MemberRequest, session: PracticeSession, form: SessionForm
) -> HttpResponse | None:
    """Return the page that says what a change touches, until it was seen and has its reason."""
    details = form.plan()
    if session.is_cancelled or not scheduling.is_news(session, details, timezone.now()):
        return None
    is_move = scheduling.is_move(session, details)
    touched = effects.of(session, details, request.user)
    move = Move(
        event=session,
        details=details,
        typed=form,
        effects=touched,
        question=_("Move this session?") if is_move else _("Change the join link?"),
        told=effects.consequences(touched, is_move=is_move),
        submit=_("Save it and tell them") if touched.messages else _("Save it"),
        reads=_("Everybody who is told reads it."),
        parent=_("Community sessions"),
        parent_url=reverse("sessions:manage-list"),
        back_url=reverse("sessions:manage-detail", args=[session.slug]),
    )
    return move_views.ask(request, move)


def _save(
    request: MemberRequest, session: PracticeSession, form: SessionForm, lines: agenda_forms.Lines
) -> HttpResponse | None:
    """Save what the form says, or show why not and keep what was written."""
    said = {name: form.cleaned_data[name] for name in ("seen", "topics", "reason")}
    now, details = timezone.now(), form.plan()
    try:
        told = scheduling.change(
            session=session, details=details, parts=lines.parts(), now=now, **said
        )
    except scheduling.IsCancelled:
        messages.error(request, _("A canceled session does not change any more."))
    except scheduling.REFUSALS as refusal:
        form.explain(refusal, session)
        return None
    else:
        messages.success(request, f"{_('Saved.')} {effects.told(told)}")
        _warn(request, session, details)
    return redirect("sessions:manage-detail", session.slug)


def _warn(request: MemberRequest, session: PracticeSession, details: scheduling.Plan) -> None:
    """Say what else happens at the time of a draft, of which nobody was told yet."""
    if session.state == session.State.DRAFT:
        for words in coincidences(Time.of(details), but=session, reader=request.user):
            messages.warning(request, words)
