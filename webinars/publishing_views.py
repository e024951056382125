"""From draft to published: what is missing, now or later, taking it back, and deleting it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from events import zones
from webinars import drafts, publishing, readiness, scheduling
from webinars.forms import PublishForm
from webinars.models import Webinar


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what is missing and announce a draft, now or later."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    now = timezone.now()
    checks = readiness.checks(webinar, now)
    gaps = [check for check in checks if not check.is_there]
    form = PublishForm(request.POST or None, webinar=webinar, gaps=gaps, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            _publish(request, webinar, form)
        except (publishing.HasNoTime, publishing.NotADraft, scheduling.IsCancelled):
            messages.error(request, _("It has changed meanwhile: nothing was published."))
        return redirect("webinars:manage-detail", slug)
    context = {
        "webinar": webinar,
        "stage": webinar.stage(now),
        "was_held": webinar.was_held(now),
        "checks": checks,
        "form": form,
    }
    return render(request, "webinars/manage_publish.html", context)


@organiser_required
@require_POST
def take_back(request: MemberRequest, slug: str) -> HttpResponse:
    """Let a draft wait for somebody to publish it."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    try:
        publishing.take_back(webinar=webinar)
    except publishing.NotADraft:
        messages.error(request, _("It is published already."))
    else:
        messages.success(request, _("Taken back: it stays a draft until you publish it."))
    return redirect("webinars:manage-detail", slug)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what goes with a webinar that was never announced, and delete it."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    try:
        if request.method == "POST":
            drafts.delete(webinar=webinar, now=timezone.now())
            messages.success(request, _("“%s” is deleted. Nobody is told.") % webinar.title)
            return redirect("webinars:manage-list")
        contents = drafts.contents(webinar)
    except drafts.WasAnnounced:
        messages.error(request, _("It was published. Cancel it instead: then everybody is told."))
        return redirect("webinars:manage-detail", slug)
    context = {
        "event": webinar,
        "contents": contents,
        "crumbs": {"parent": _("Webinars"), "parent_url": reverse("webinars:manage-list")},
        "back_url": reverse("webinars:manage-detail", args=[slug]),
    }
    return render(request, "events/manage_delete.html", context)


def _publish(request: MemberRequest, webinar: Webinar, form: PublishForm) -> None:
    at = form.cleaned_data["at"]
    if at is None:
        publishing.publish(webinar=webinar, now=timezone.now())
        said = _("Published: people can see it and register.")
        if webinar.was_held(timezone.now()):
            said = _("It is on record now. Nobody is told of it.")
        messages.success(request, said)
        return
    publishing.publish_later(webinar=webinar, at=at)
    when = zones.start_in_words(at, webinar.time_zone, timezone.now())
    messages.success(request, _("It will be published %(when)s.") % {"when": when})
