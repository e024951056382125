"""The organisers' pages about which reminders go out."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import concurrency
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from webinars import notices, reminders
from webinars.models import Series, Webinar
from webinars.reminder_forms import RemindersForm


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def of_webinar(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose the reminders of one webinar."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    form = RemindersForm(_sent(request), plan=webinar.reminders)
    if request.method == "POST" and form.is_valid():
        reminders.choose(webinar=webinar, words=form.words(), now=timezone.now())
        messages.success(request, _("The plan is saved."))
        return redirect("webinars:manage-detail", slug)
    kinds = ["webinars/reminder", "webinars/thanks"]
    context = {
        "form": form,
        "title": webinar.title,
        "webinar": webinar,
        "deliveries": notices.of_webinar(webinar).filter(kind__in=kinds).by_kind(),
        "back_url": reverse("webinars:manage-detail", args=[slug]),
    }
    return render(request, "webinars/manage_reminders.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def of_series(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose the reminders that new webinars of a series begin with."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=slug)
    form = RemindersForm(_sent(request), plan=series.reminders)
    if request.method == "POST" and form.is_valid():
        reminders.choose_for_series(series=series, words=form.words())
        messages.success(request, _("Saved. Webinars that are planned already keep their plan."))
        return redirect("webinars:manage-series", slug)
    context = {
        "form": form,
        "title": series.name,
        "webinar": None,
        "deliveries": None,
        "back_url": reverse("webinars:manage-series", args=[slug]),
    }
    return render(request, "webinars/manage_reminders.html", context)


def _sent(request: MemberRequest) -> QueryDict | None:
    """Return what was sent, also if nothing is ticked; None if the page is only opened."""
    return request.POST if request.method == "POST" else None
