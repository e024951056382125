"""The organisers' pages about series: what a new webinar in one starts with."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from webinars import series
from webinars.models import Series, Webinar
from webinars.series_forms import SeriesForm

PAGE = 25


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List all series with the number of their webinars."""
    rows = Series.objects.visible_to(request.user).annotate(number=Count("webinars"))
    page = Paginator(rows.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "webinars/series_list.html", {"page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Found a series."""
    form = SeriesForm(
        request.POST or holding.typed(request), initial={"time_zone": request.user.time_zone}
    )
    if request.method == "POST" and form.is_valid():
        founded = series.found(defaults=form.defaults())
        messages.success(request, _("The series is there. Plan its first webinar."))
        return redirect("webinars:manage-series", founded.slug)
    return render(request, "webinars/series_form.html", {"form": form, "series": None})


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a series with its defaults and its webinars."""
    known = Series.objects.visible_to(request.user).select_related("community")
    one = get_object_or_404(known, slug=slug)
    webinars = Webinar.objects.visible_to(request.user).filter(series=one).with_seats()
    page = Paginator(webinars.order_by("-held_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "webinars/series_detail.html", {"series": one, "page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change what a series says."""
    one = get_object_or_404(Series.objects.visible_to(request.user), slug=slug)
    form = SeriesForm(request.POST or holding.typed(request), instance=one)
    if request.method == "POST" and form.is_valid():
        series.change(series=one, defaults=form.defaults())
        messages.success(request, _("Saved. Webinars that are planned already stay as they are."))
        return redirect("webinars:manage-series", slug)
    return render(request, "webinars/series_form.html", {"form": form, "series": one})


@organiser_required
@require_POST
def remove(request: MemberRequest, slug: str) -> HttpResponse:
    """Remove a series that has no webinars."""
    one = get_object_or_404(Series.objects.visible_to(request.user), slug=slug)
    try:
        series.remove(series=one)
    except series.HasWebinars:
        messages.error(request, _("Webinars belong to it: it stays."))
        return redirect("webinars:manage-series", slug)
    messages.success(request, _("The series is removed."))
    return redirect("webinars:manage-series-list")
