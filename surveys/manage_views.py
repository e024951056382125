"""The organisers' pages about waves."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import fielding, reading
from surveys.forms import WaveForm
from surveys.models import Wave

PAGE = 50


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the waves with how far they are."""
    waves = Wave.objects.visible_to(request.user).newest_first()
    counted = waves.annotate(
        asked=Count("responses"),
        opened=Count("responses", filter=Q(responses__opened_at__isnull=False)),
        submitted=Count("responses", filter=Q(responses__state="submitted")),
    )
    page = Paginator(counted, PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/manage_list.html", {"page": page})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Open a wave over the agencies that fit."""
    form = WaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        survey, agencies = form.cleaned_data["survey"], list(form.agencies())
        wave = fielding.open_wave(
            survey=survey, plan=form.plan(), agencies=agencies, now=timezone.now()
        )
        messages.success(request, _("The wave is ready. Nobody is told before you invite."))
        return redirect("surveys:manage-detail", wave.slug)
    return render(request, "surveys/manage_form.html", {"form": form})


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who has answered how much."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    rows = wave.responses.select_related("agency", "wave").annotate(invited=Count("invitations"))
    page = Paginator(rows.by_agency(), PAGE).get_page(request.GET.get("page"))
    progress = reading.progress(page.object_list)
    context = {
        "wave": wave,
        "page": page,
        "rows": [(response, progress[response.pk]) for response in page.object_list],
        "is_open": wave.is_open(timezone.now()),
    }
    return render(request, "surveys/manage_detail.html", context)


@organiser_required
@require_POST
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    """Invite the coordinators who have not been invited yet."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    number = fielding.invite(wave=wave, now=timezone.now())
    text = ngettext("%(n)d coordinator is invited.", "%(n)d coordinators are invited.", number)
    messages.success(request, text % {"n": number})
    return redirect("surveys:manage-detail", slug)


@organiser_required
@require_POST
def close(request: MemberRequest, slug: str) -> HttpResponse:
    """Take no more answers."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    try:
        fielding.close(wave=wave, now=timezone.now())
    except fielding.NotOpenNow:
        messages.error(request, _("Only a wave that is open can be closed."))
    else:
        messages.success(request, _("Closed. Nobody is reminded any more."))
    return redirect("surveys:manage-detail", slug)
