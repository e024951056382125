"""Findings to take along, for each reader what the pages show him."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from library.sheets import csv_response
from surveys import export, spss
from surveys.models import Wave

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the named answers as CSV."""
    wave = _wave(request, slug)
    return _csv(wave, "answers", export.answers(wave, request.user))


@require_safe
def totals(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the published totals as CSV."""
    wave = _wave(request, slug)
    return _csv(wave, "totals", export.published(wave))


@require_safe
def codebook(request: HttpRequest, slug: str) -> HttpResponse:
    """Give what the columns and words mean as CSV."""
    wave = _wave(request, slug)
    return _csv(wave, "codebook", export.codebook(wave))


@require_safe
def workbook(request: HttpRequest, slug: str) -> HttpResponse:
    """Give all tables as a workbook."""
    wave = _wave(request, slug)
    content = export.workbook(wave, request.user)
    name = f'attachment; filename="{wave.slug}.xlsx"'
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


@require_safe
def spss_archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the named answers and the syntax that reads them into SPSS, zipped."""
    wave = _wave(request, slug)
    content = spss.archive(wave, request.user)
    name = f'attachment; filename="{wave.slug}-spss.zip"'
    return HttpResponse(
        content, content_type="application/zip", headers={"Content-Disposition": name}
    )


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """Give all tables as JSON."""
    wave = _wave(request, slug)
    name = f'attachment; filename="{wave.slug}.json"'
    return JsonResponse(export.document(wave, request.user), headers={"Content-Disposition": name})


def _wave(request: HttpRequest, slug: str) -> Wave:
    waves = Wave.objects.with_findings_for(request.user).select_related("survey")
    return get_object_or_404(waves, slug=slug)


def _csv(wave: Wave, what: str, rows: list[export.Row]) -> HttpResponse:
    first, *others = [*export.notice(wave), *rows]
    return csv_response(f"{wave.slug}-{what}", first, others)
