"""Findings to take along, for each reader what the pages show him."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from jobs import kinds
from jobs.views import later
from surveys import tables
from surveys.models import Wave


@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Give one of the tables as a file; one of many agencies is made by the worker."""
    waves = Wave.objects.with_findings_for(request.user).select_related("survey")
    wave, wanted = get_object_or_404(waves, slug=slug), tables.TABLES[name]
    if request.method == "POST" or tables.is_large(wave, wanted):
        return later(request, tables.order(wave, name))
    return HttpResponse(
        wanted.make(wave, request.user, kinds.silent),
        content_type=wanted.content_type,
        headers={"Content-Disposition": f'attachment; filename="{wave.slug}{wanted.ending}"'},
    )
