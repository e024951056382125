"""Our own error pages: they carry the same headers and look as every other page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from accounts import limits


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when a form came without its proof of origin."""
    return render(request, "403_csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return render(request, "404.html", status=404)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer 405."""
    return render(request, "405.html", status=405)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429; the try is counted and logged."""
    limits.note_refusal(request)
    return render(request, "429.html", status=429)


def busy(request: HttpRequest) -> HttpResponse:
    """Answer 503 when a turn did not come in time, with a button that sends the same again."""
    return _later(request, "503.html", seconds=5)


def cannot_write(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the database takes nothing, with a button that sends the same again."""
    return _later(request, "503_cannot_write.html", seconds=300)


def _later(request: HttpRequest, template: str, *, seconds: int) -> HttpResponse:
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    response = render(request, template, {"sent": sent}, status=503)
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the database anything."""
    return HttpResponse(loader.render_to_string("500.html"), status=500)
