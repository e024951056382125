"""Files and links, given to whom their rows allow."""

import structlog
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from library import files, keeping
from library.models import Resource, ResourceVersion

log = structlog.get_logger(__name__)


@require_safe
def resource(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Serve the file or lead to the link; who may not know of it finds nothing."""
    found = get_object_or_404(Resource.objects.visible_to(request.user), uid=uid)
    if found.link:
        return HttpResponseRedirect(found.link, headers={"Cache-Control": "private, no-store"})
    try:
        answer = files.serve(request, found.file, found.file_name)
    except FileNotFoundError:
        log.exception("file_is_missing", resource=str(found.uid))
        raise Http404 from None
    if request.method == "GET" and files.is_first_part(answer):
        keeping.note_download(resource=found, reader=request.user, now=timezone.now())
    return answer


@require_safe
def version(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Serve an earlier version to who changes the resource."""
    found = get_object_or_404(ResourceVersion.objects.visible_to(request.user), uid=uid)
    if found.link:
        return HttpResponseRedirect(found.link, headers={"Cache-Control": "private, no-store"})
    try:
        return files.serve(request, found.file, found.file_name)
    except FileNotFoundError:
        log.exception("file_is_missing", version=str(found.uid))
        raise Http404 from None
