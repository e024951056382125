"""The organisers' pages about webinars: plan, change, call off."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from events import move_views, zones
from events.effects import Time, coincidences
from events.move_views import Move
from webinars import effects, notices, questions, readiness, scheduling
from webinars.filters import RegistrationFilter, WebinarFilter
from webinars.forms import CancelForm, WebinarForm, start_of
from webinars.models import Series, Webinar

PAGE = 25
PEOPLE = 50


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List all webinars with their seats, newest first."""
    rows = Webinar.objects.visible_to(request.user).with_seats().order_by("-held_on", "-pk")
    found = WebinarFilter(request.GET, rows)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    return render(request, "webinars/manage_list.html", {"form": found.form, "page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Plan a webinar: a new one, one of a series, or one like another."""
    like, series = _models(request)
    start = {"time_zone": request.user.time_zone} | start_of(series, like)
    form = WebinarForm(request.POST or holding.typed(request), start=start, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("uid", "topics")}
        webinar = scheduling.plan(details=form.plan(), by=request.user, like=like, **said)
        messages.success(request, _("The draft is saved. Publish it when it is ready."))
        _say(request, form.notes())
        _warn(request, webinar, form.plan())
        return redirect("webinars:manage-detail", webinar.slug)
    context = {"form": form, "webinar": None, "like": like}
    return render(request, "webinars/manage_form.html", context)


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change a webinar; a move is looked at once more before anybody is told of it."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user).with_seats(), slug=slug)
    now = timezone.now()
    form = WebinarForm(request.POST or holding.typed(request), webinar=webinar, now=now)
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        if _is_overtaken(webinar, form):
            form.warn_of_colleague(webinar)
        elif answer := _preview(request, webinar, form, now) or _save(request, webinar, form, now):
            return answer
    context = {"form": form, "webinar": webinar, "like": None}
    return render(request, "webinars/manage_form.html", context)


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show one webinar with everybody who has or had a place, and what they were sent."""
    seen = Webinar.objects.visible_to(request.user).with_seats().select_related("series")
    webinar = get_object_or_404(seen, slug=slug)
    deliveries = list(notices.of_webinar(webinar).by_kind())
    places = questions.with_answers(webinar.registrations.by_name())
    found = RegistrationFilter(request.GET, places)
    resources = webinar.resources.visible_to(request.user).select_related("community")
    context = {
        "webinar": webinar,
        **_draft(webinar),
        "form": found.form,
        "page": Paginator(found.qs, PEOPLE).get_page(request.GET.get("page")),
        "presenters": webinar.presenters.select_related("agency").order_by("position", "pk"),
        "resources": resources.order_by("title", "pk"),
        "topics": webinar.topics.order_by("position", "name"),
        "deliveries": deliveries,
        "failed": sum(row["failed"] for row in deliveries),
    }
    return render(request, "webinars/manage_detail.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what it touches and ask for the reason, then call the webinar off."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    now = timezone.now()
    form = CancelForm(request.POST or None, webinar=webinar)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            told = scheduling.cancel(webinar=webinar, reason=reason, now=now)
        except scheduling.IsOver:
            messages.error(request, _("The webinar has taken place: it is not called off."))
        else:
            _say(request, [_("The webinar is canceled."), *_news(told)])
        return redirect("webinars:manage-detail", slug)
    touched = effects.of(webinar, request.user)
    context = {"webinar": webinar, "form": form, "stage": webinar.stage(now), "effects": touched}
    return render(request, "webinars/manage_cancel.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def reinstate(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what it touches and ask for the reason, then put a canceled webinar back on."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    form = CancelForm(request.POST or None, webinar=webinar)
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        try:
            told = scheduling.reinstate(webinar=webinar, reason=reason, now=now)
        except scheduling.IsOver:
            messages.error(request, _("Its time has passed. Plan one like it instead."))
        else:
            _say(request, [_("The webinar is on again."), *_news(told)])
        return redirect("webinars:manage-detail", slug)
    touched = effects.of(webinar, request.user, Time.of(webinar))
    context = {"webinar": webinar, "form": form, "effects": touched}
    return render(request, "webinars/manage_reinstate.html", context)


def _is_overtaken(webinar: Webinar, form: WebinarForm) -> bool:
    """Whether a colleague has saved it since: nobody is asked about a move that is none."""
    topics, seen = form.cleaned_data["topics"], form.cleaned_data["seen"]
    return scheduling.is_overtaken(webinar, form.plan(), topics, seen)


def _preview(
    request: MemberRequest, webinar: Webinar, form: WebinarForm, now: datetime
) -> HttpResponse | None:
    """Return the page that says what a move touches, until it was seen and has its reason."""
    details = form.plan()
    if not scheduling.is_news(webinar, details, now):
        return None
    touched = effects.of(webinar, request.user, Time.of(details))
    told = _(
        "The new time goes by e-mail to everybody who has a place; calendars that hold the "
        "webinar move it. Reminders that have not gone out are withdrawn, and go out anew before "
        "the new time."
    )
    move = Move(
        event=webinar,
        details=details,
        typed=form,
        effects=touched,
        question=_("Move this webinar?"),
        told=told if touched.messages else _("Nobody has a place: nobody is told."),
        submit=_("Move it and tell everybody") if touched.messages else _("Move it"),
        reads=_("Everybody who has a place reads it."),
        **_crumbs(webinar),
    )
    return move_views.ask(request, move)


def _crumbs(webinar: Webinar) -> dict[str, str]:
    """Return where the pages around one webinar are."""
    return {
        "parent": _("Webinars"),
        "parent_url": reverse("webinars:manage-list"),
        "back_url": reverse("webinars:manage-detail", args=[webinar.slug]),
    }


def _save(
    request: MemberRequest, webinar: Webinar, form: WebinarForm, now: datetime
) -> HttpResponse | None:
    """Save what the form says, unless a colleague has changed the webinar since."""
    data = form.cleaned_data
    kept = {"topics": data["topics"], "reason": data["reason"], "seen": data["seen"]}
    kept["tells_words"] = data.get("tells_words", False)
    details = form.plan()
    is_moved = scheduling.is_move(webinar, details)
    try:
        told = scheduling.change(webinar=webinar, details=details, now=now, **kept)
    except scheduling.REFUSALS as refusal:
        webinar.refresh_from_db()
        form.explain(refusal, webinar, now)
        return None
    except scheduling.IsCancelled:
        messages.error(request, _("A canceled webinar does not change any more."))
    else:
        _say(request, [_("Saved."), *_news(told), *form.told_words(), *form.notes()])
        if is_moved and not told:
            _warn(request, webinar, details)
    return redirect("webinars:manage-detail", webinar.slug)


def _warn(request: MemberRequest, webinar: Webinar | None, details: scheduling.Plan) -> None:
    """Say what else happens at the time of a webinar that nobody was told of yet."""
    time = Time.of(details)
    for words in coincidences(time, but=webinar, reader=request.user):
        messages.warning(request, words)


def _models(request: MemberRequest) -> tuple[Webinar | None, Series | None]:
    """Return the webinar and the series that a new webinar is planned after, if it is."""
    webinars, rows = (
        Webinar.objects.visible_to(request.user),
        Series.objects.visible_to(request.user),
    )
    like, series = request.GET.get("like"), request.GET.get("series")
    return (
        get_object_or_404(webinars, slug=like) if like else None,
        get_object_or_404(rows, slug=series) if series else None,
    )


def _draft(webinar: Webinar) -> dict[str, Any]:
    """Return where the webinar stands, and what a draft lacks and waits for."""
    now = timezone.now()
    at = webinar.publish_at
    return {
        "stage": webinar.stage(now),
        "checks": readiness.checks(webinar, now) if webinar.state == webinar.State.DRAFT else [],
        "can_return": webinar.is_cancelled and webinar.is_coming(now),
        "publishes": zones.start_in_words(at, webinar.time_zone, now) if at else "",
    }


def _say(request: MemberRequest, notes: list[str]) -> None:
    if notes:
        messages.success(request, " ".join(notes))


def _news(told: int) -> list[str]:
    """Say how many people hear of a change."""
    if not told:
        return []
    words = ngettext(
        "%(number)s person who has a place is told by e-mail.",
        "%(number)s people who have a place are told by e-mail.",
        told,
    )
    return [words % {"number": told}]
