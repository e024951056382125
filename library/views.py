"""Files and links, given to whom their rows allow."""

from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from library.models import Resource

INLINE = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg"}


@require_safe
def resource(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Serve the file or lead to the link; who may not know of it finds nothing."""
    found = get_object_or_404(Resource.objects.visible_to(request.user), uid=uid)
    if found.link:
        return HttpResponseRedirect(found.link)
    name = found.file.name or ""
    kind = INLINE.get(Path(name).suffix.lower())
    answer = FileResponse(
        found.file.open("rb"),
        as_attachment=kind is None,
        filename=found.file_name or Path(name).name,
        content_type=kind or "application/octet-stream",
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
