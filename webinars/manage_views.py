"""The organisers' pages about webinars."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from webinars import scheduling
from webinars.forms import CancelForm, WebinarForm, initial_of
from webinars.models import Webinar

PAGE = 25
PEOPLE = 100


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List all webinars with their seats, newest first."""
    rows = Webinar.objects.visible_to(request.user).with_seats().order_by("-held_on", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "webinars/manage_list.html", {"page": page})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Plan a webinar."""
    form = WebinarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        webinar = scheduling.plan(details=form.plan(), topics=form.cleaned_data["topics"])
        messages.success(request, _("The draft is saved. Publish it when it is ready."))
        return redirect("webinars:manage-detail", webinar.slug)
    return render(request, "webinars/manage_form.html", {"form": form, "webinar": None})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change or move a webinar."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    form = WebinarForm(request.POST or None, initial=initial_of(webinar))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            scheduling.change(
                webinar=webinar,
                details=form.plan(),
                topics=data["topics"],
                reason=data["reason"],
                now=timezone.now(),
            )
        except scheduling.IsCancelled:
            messages.error(request, _("A canceled webinar does not change any more."))
        else:
            messages.success(request, _("Saved. If the time changed, everybody is told."))
        return redirect("webinars:manage-detail", slug)
    return render(request, "webinars/manage_form.html", {"form": form, "webinar": webinar})


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show one webinar with everybody who has a place."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user).with_seats(), slug=slug)
    places = webinar.registrations.select_related("person").order_by("state", "joined_at", "pk")
    page = Paginator(places, PEOPLE).get_page(request.GET.get("page"))
    context = {"webinar": webinar, "page": page, "form": CancelForm()}
    return render(request, "webinars/manage_detail.html", context)


@organiser_required
@require_POST
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Announce a draft."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    try:
        scheduling.publish(webinar=webinar, now=timezone.now())
    except (scheduling.HasNoTime, scheduling.IsCancelled):
        messages.error(request, _("Only a webinar with a time in the future can be published."))
    else:
        messages.success(request, _("Published: people can see it and register."))
    return redirect("webinars:manage-detail", slug)


@organiser_required
@require_POST
def cancel(request: MemberRequest, slug: str) -> HttpResponse:
    """Call a webinar off, with the reason that everybody reads."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    form = CancelForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the reason: everybody who has a place reads it."))
        return redirect("webinars:manage-detail", slug)
    reason = form.cleaned_data["reason"]
    scheduling.cancel(webinar=webinar, reason=reason, now=timezone.now())
    messages.success(request, _("Canceled. Everybody who has a place is told."))
    return redirect("webinars:manage-detail", slug)
