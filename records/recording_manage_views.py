"""The organisers' pages on which a recording is put up, captioned and brought out."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from records import recording as changes
from records.models import Recording
from records.permissions import held
from records.recording_forms import (
    CaptionsForm,
    ChaptersForm,
    TranscriptForm,
    VideoForm,
    chapters_as_text,
    transcript_as_text,
)
from webinars.models import Webinar


@organiser_required
@require_safe
def show(request: MemberRequest, slug: str) -> HttpResponse:
    """Show how far the recording is: what is there, what is missing, who may see it."""
    webinar = _webinar(request, slug)
    kept = _kept(webinar)
    context = {
        "webinar": webinar,
        "recording": kept,
        "missing": kept.missing(),
        "parts": kept.segments.count() if kept.pk else 0,
        "speakers": webinar.presenters.order_by("position", "pk"),
        "refusing": kept.refusing(),
        "is_agreed": kept.is_agreed(),
    }
    return render(request, "records/manage_recording.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def video(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the recording itself, and say who may see it."""
    webinar = _webinar(request, slug)
    form = VideoForm(request.POST or None, request.FILES or None, kept=_kept(webinar))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        changes.put(
            webinar=webinar,
            link=given["link"],
            upload=given["file"],
            audience=given["audience"],
        )
        return _saved(request, slug)
    return _form(request, webinar, form, _("The recording itself"))


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def caption(request: MemberRequest, slug: str) -> HttpResponse:
    """Take in captions."""
    webinar = _webinar(request, slug)
    form = CaptionsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        changes.caption(webinar=webinar, cues=form.cleaned_data["captions"])
        return _saved(request, slug)
    return _form(request, webinar, form, _("Captions"))


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def transcribe(request: MemberRequest, slug: str) -> HttpResponse:
    """Take in a written transcript, or leave it to the captions."""
    webinar = _webinar(request, slug)
    form = TranscriptForm(
        request.POST or holding.typed(request),
        initial={"transcript": transcript_as_text(_kept(webinar))},
    )
    if request.method == "POST" and form.is_valid():
        changes.transcribe(webinar=webinar, text=form.cleaned_data["transcript"])
        return _saved(request, slug)
    return _form(request, webinar, form, _("Transcript"))


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def divide(request: MemberRequest, slug: str) -> HttpResponse:
    """Name the chapters."""
    webinar = _webinar(request, slug)
    form = ChaptersForm(
        request.POST or holding.typed(request),
        initial={"chapters": chapters_as_text(_kept(webinar))},
    )
    if request.method == "POST" and form.is_valid():
        changes.divide(webinar=webinar, chapters=form.cleaned_data["chapters"])
        return _saved(request, slug)
    return _form(request, webinar, form, _("Chapters"))


@organiser_required
@require_POST
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Bring it out, take it back, or confirm that everybody who speaks agrees."""
    webinar, now = _webinar(request, slug), timezone.now()
    if "consent" in request.POST:
        changes.consent(webinar=webinar, by=request.user, now=now)
        messages.success(request, _("The consent is noted under your name."))
    elif "withdraw" in request.POST:
        changes.withdraw(webinar=webinar, now=now)
        messages.success(request, _("It is withdrawn: only organizers see it."))
    else:
        _publish(request, webinar)
    return redirect("records:manage-recording", slug)


def _publish(request: MemberRequest, webinar: Webinar) -> None:
    try:
        told = changes.publish(webinar=webinar, now=timezone.now())
    except changes.NotReady:
        messages.error(request, _("It cannot come out yet: see what is missing."))
        return
    words = ngettext(
        "The recording is out. %d person is told by e-mail.",
        "The recording is out. %d people are told by e-mail.",
        told,
    )
    messages.success(request, words % told)


def _webinar(request: MemberRequest, slug: str) -> Webinar:
    return get_object_or_404(held(request.user, timezone.now()), slug=slug)


def _kept(webinar: Webinar) -> Recording:
    return Recording.objects.filter(webinar=webinar).first() or Recording(webinar=webinar)


def _saved(request: MemberRequest, slug: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("records:manage-recording", slug)


def _form(request: MemberRequest, webinar: Webinar, form: Any, heading: str) -> HttpResponse:
    context = {"webinar": webinar, "form": form, "heading": heading}
    return render(request, "records/manage_recording_form.html", context)
