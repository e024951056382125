"""A recording's page: the player, chapters, and a transcript that can be searched."""

from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from library import files, search
from records import transcripts
from records.models import Recording, Segment

log = structlog.get_logger(__name__)
SHOWN = 2_000  # parts of one transcript: many hours
HITS = 50


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Play a recording from the second that is asked for, and find words in its transcript."""
    recording = _recording(request, slug)
    words = request.GET.get("q", "").replace("\0", "")[:200]
    question = search.query(words)
    start = _second(request.GET.get("t", ""), recording.length)
    context = {
        "recording": recording,
        "webinar": recording.webinar,
        "start": start,
        "chapters": [_moment(at, title) for at, title in recording.chapters],
        "parts": [_spoken(one) for one in recording.segments.order_by("position")[:SHOWN]],
        "words": words,
        "hits": _hits(recording, question) if question else [],
    }
    return render(request, "records/recording.html", context)


@require_safe
def video(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve the video, or the part of it that a player asks for, to who may see it now."""
    recording = _recording(request, slug)
    if not recording.file:
        raise Http404
    try:
        return files.serve(request, recording.file, recording.file_name)
    except FileNotFoundError:
        log.exception("file_is_missing", recording=recording.pk)
        raise Http404 from None


@require_safe
def captions(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the captions."""
    recording = _recording(request, slug)
    if not recording.captions:
        raise Http404
    answer = HttpResponse(recording.captions, content_type="text/vtt; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _recording(request: HttpRequest, slug: str) -> Recording:
    rows = Recording.objects.visible_to(request.user).select_related("webinar")
    return get_object_or_404(rows, webinar__slug=slug)


def _second(text: str, length: int) -> int:
    """Return the second to begin at; what is none, or beyond the end, is the beginning."""
    second = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    return second if second <= length else 0


def _hits(recording: Recording, question: Any) -> list[dict[str, Any]]:
    found = recording.segments.filter(search=question).order_by("position")
    marked = found.annotate(marked=search.marked("text", question))[:HITS]
    return [_spoken(one) | {"text": search.highlight(one.marked)} for one in marked]


def _moment(start: int, title: str) -> dict[str, Any]:
    return {"start": start, "stamp": transcripts.stamp(start), "title": title}


def _spoken(one: Segment) -> dict[str, Any]:
    stamp = "" if one.starts is None else transcripts.stamp(one.starts)
    said = {"start": one.starts, "stamp": stamp, "speaker": one.speaker, "text": one.text}
    return said | {"anchor": f"part-{one.position}"}
