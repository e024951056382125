"""The portal's addresses and, beside them, a bare view to measure them against."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from webinars.models import Webinar


def bare(request: HttpRequest) -> HttpResponse:
    """Run one indexed query and render its 30 rows, as plainly as Django can."""
    rows = Webinar.objects.filter(state=Webinar.State.PUBLISHED).order_by("-held_on")[:30]
    return render(request, "bare.html", {"rows": rows})


urlpatterns = [path("bare/", bare), path("", include("ciwo_portal.urls"))]
