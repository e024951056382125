"""The organisers' pages about waves: who is asked, who has answered."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies import membership
from agencies.models import Agency
from agencies.permissions import organiser_required
from surveys import default_levels, drafting, fielding, notices, reading, submitting, wording
from surveys.forms import CloseForm, ExtendForm, ReopenForm, WaveForm
from surveys.models import Response, SharingLevel, Wave

PAGE = 25
AGENCIES = 50


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the waves with how far they are, the one that closes last first."""
    waves = Wave.objects.visible_to(request.user).select_related("survey").with_counts()
    page = Paginator(waves.newest_first(), PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/manage_list.html", {"page": page, "now": timezone.now()})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Show which agencies fit, then open a wave over just these; nobody is told yet."""
    now, initial = timezone.now(), {"time_zone": request.user.time_zone}
    form = WaveForm(request.POST or None, initial=initial, now=now)
    if form.is_valid() and request.POST.get("asked") == form.stamp:
        survey, agencies = form.cleaned_data["survey"], form.audience()
        try:
            wave = fielding.open_wave(survey=survey, plan=form.plan(), agencies=agencies, now=now)
        except fielding.MixedAgencies:
            form.add_error(None, _("Demonstration agencies cannot be asked with real ones."))
        except fielding.Unfinished:
            text = _("This survey is not finished: its page says what has to be mended first.")
            form.add_error("survey", text)
        else:
            messages.success(request, _("The wave is ready. Nobody is told before you invite."))
            return redirect("surveys:manage-detail", wave.slug)
    context = {"form": form} | (_asked(form) if form.is_bound and form.is_valid() else {})
    return render(request, "surveys/manage_form.html", context)


def _asked(form: WaveForm) -> dict[str, Any]:
    """Return whom the wave would ask, and who may read what to begin with."""
    widest = form.cleaned_data["widest_sharing"]
    questions = form.cleaned_data["survey"].questions.order_by()
    begin = Counter(default_levels.begins_at(questions, widest).values())
    levels = [
        (level.label, wording.READERS[level], begin[level]) for level in SharingLevel.within(widest)
    ]
    audience: list[Any] = form.audience()
    return {
        "audience": audience,
        "silent": sum(not agency.has_coordinator for agency in audience),
        "stamp": form.stamp,
        "levels": levels,
    }


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show which agency is how far, and who was invited."""
    wave = _wave(request, slug)
    return _detail(request, wave, ExtendForm(wave=wave))


@organiser_required
@require_POST
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    """Invite the coordinators who have not been invited yet."""
    wave, now = _wave(request, slug), timezone.now()
    if now >= wave.closes_at:
        messages.error(request, _("The survey has closed. Give it a later closing time first."))
        return redirect("surveys:manage-detail", slug)
    number = fielding.invite(wave=wave, now=now)
    text = ngettext(
        "%(n)d coordinator is invited now.", "%(n)d coordinators are invited now.", number
    )
    messages.success(request, text % {"n": number})
    if agencies := fielding.unreached(wave):
        text = _("No e-mail reaches anybody of these agencies; write or call yourself: %s.")
        messages.warning(request, text % ", ".join(map(str, agencies)))
    return redirect("surveys:manage-detail", slug)


@organiser_required
@require_POST
def extend(request: MemberRequest, slug: str) -> HttpResponse:
    """Give everybody more time."""
    wave = _wave(request, slug)
    form = ExtendForm(request.POST, wave=wave)
    if form.is_valid():
        try:
            closes_at = form.cleaned_data["closes_at"]
            number = fielding.extend(wave=wave, closes_at=closes_at, now=timezone.now())
        except fielding.ClosesTooEarly:
            form.add_error("closes_on", _("Choose a time after the present closing time."))
        else:
            text = _("Agencies have until then to answer.")
            messages.success(request, f"{text} {_told(number)}")
            return redirect("surveys:manage-detail", slug)
    return _detail(request, wave, form)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend_one(request: MemberRequest, slug: str, agency: str) -> HttpResponse:
    """Give one agency more time than the others."""
    response = _response(request, slug, agency)
    form = ExtendForm(request.POST or None, wave=response.wave)
    if request.method == "POST" and form.is_valid():
        closes_at = form.cleaned_data["closes_at"]
        try:
            number = fielding.extend_one(response=response, closes_at=closes_at, now=timezone.now())
        except fielding.ClosesTooEarly:
            form.add_error("closes_on", _("Choose a time after the agency's present deadline."))
        except drafting.AlreadySubmitted:
            messages.error(request, _("The agency has submitted: open its answers again."))
            return redirect("surveys:manage-reopen", slug, agency)
        else:
            text = _("%(agency)s has until then to answer.") % {"agency": response.agency}
            messages.success(request, f"{text} {_told(number)}")
            return redirect("surveys:manage-detail", slug)
    closes = wording.moment(response.wave, response.closes_at)
    context = {"response": response, "form": form, "closes": closes}
    return render(request, "surveys/manage_more_time.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: MemberRequest, slug: str) -> HttpResponse:
    """Show whom an early end touches, ask why, then take no more answers."""
    wave, now = _wave(request, slug), timezone.now()
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = fielding.close(wave=wave, reason=form.cleaned_data["reason"], now=now)
        except fielding.NotOpenNow:
            messages.error(request, _("Only a survey that is open can be closed."))
        else:
            text = _("Closed. Nobody is reminded any more.")
            messages.success(request, f"{text} {_told(number)}")
        return redirect("surveys:manage-detail", slug)
    unfinished = fielding.unfinished(wave)
    people = len(fielding.people_at_work(unfinished, now))
    context = {"wave": wave, "form": form, "unfinished": unfinished, "people": people}
    return render(request, "surveys/manage_close.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: MemberRequest, slug: str, agency: str) -> HttpResponse:
    """Let an agency change what it has submitted, and say why."""
    response, now = _response(request, slug, agency), timezone.now()
    form = ReopenForm(request.POST or None, response=response, now=now)
    if request.method == "POST" and form.is_valid():
        reason, until = form.cleaned_data["reason"], form.cleaned_data["closes_at"]
        try:
            submitting.reopen(
                response=response, reason=reason, by=request.user, now=now, until=until
            )
        except drafting.NotOpen:
            form.add_error(None, _("Choose a time that is still to come."))
        else:
            messages.success(request, _reopened(response.agency))
            return redirect("surveys:manage-detail", slug)
    return render(request, "surveys/manage_reopen.html", {"response": response, "form": form})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what goes with a wave that no agency has heard of, and delete it."""
    wave = _wave(request, slug)
    try:
        if request.method == "POST":
            fielding.delete(wave=wave)
            messages.success(request, _("“%s” is deleted. Nobody is told.") % wave.title)
            return redirect("surveys:manage-list")
        fielding.refuse_if_heard_of(wave)
    except fielding.HasBeenHeardOf:
        text = _("Agencies have heard of it. Close it instead: then no more answers are taken.")
        messages.error(request, text)
        return redirect("surveys:manage-detail", slug)
    context = {"wave": wave, "opens": wording.moment(wave, wave.opens_at)}
    return render(request, "surveys/manage_delete.html", context)


def _reopened(agency: Agency) -> str:
    """Say what happens now; an agency may have no coordinator whom the reason could reach."""
    if membership.coordinators(agency).exists():
        text = _("%(agency)s can change its answers; its coordinators get your reason by e-mail.")
    else:
        text = _("%(agency)s can change its answers, but has no coordinator who could: add one.")
    return text % {"agency": agency}


def _told(number: int) -> str:
    return ngettext(
        "%(n)d person who works on it gets an e-mail.",
        "%(n)d people who work on it get an e-mail.",
        number,
    ) % {"n": number}


def _response(request: MemberRequest, slug: str, agency: str) -> Response:
    responses = Response.objects.visible_to(request.user).select_related("wave", "agency")
    return get_object_or_404(responses, wave__slug=slug, agency__slug=agency)


def _wave(request: MemberRequest, slug: str) -> Wave:
    waves = Wave.objects.visible_to(request.user).select_related("survey").with_counts()
    return get_object_or_404(waves, slug=slug)


def _detail(request: MemberRequest, wave: Wave, form: ExtendForm) -> HttpResponse:
    now = timezone.now()
    asked = Response.objects.visible_to(request.user).filter(wave=wave)
    asked = asked.select_related("wave", "agency", "submitted_by")
    asked = asked.prefetch_related("invitations__person").with_coordinators()
    page = Paginator(asked.with_reopened().by_agency(), AGENCIES).get_page(request.GET.get("page"))
    progress = reading.progress(page.object_list)
    subject = notices.subject(wave)
    context = {
        "wave": wave,
        "failed": subject.messages.not_reached().count(),
        "log_url": subject.log_url,
        "may_delete": not fielding.has_been_heard_of(wave),
        "page": page,
        "rows": [(one, progress[one.pk]) for one in page.object_list],
        "sections": wave.survey.sections.order_by("position", "pk"),
        "form": form,
        "is_open": wave.is_open(now),
        "is_over": now >= wave.closes_at,
        "opens": wording.moment(wave, wave.opens_at),
        "closes": wording.moment(wave, wave.closes_at),
    }
    return render(request, "surveys/manage_detail.html", context)
