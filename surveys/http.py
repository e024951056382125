"""Which response an address of the agency's pages is about."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest

from accounts.http import MemberRequest
from surveys.models import Response
from surveys.permissions import may_read

SHOWN = 50  # responses of one person's agencies


def own_response(request: MemberRequest, slug: str) -> Response:
    """Return the response of the reader's agency in this wave: the only one, or the one named.

    Raises Http404, also when the reader must say first for which agency.
    """
    mine = Response.objects.answered_by(request.user).filter(wave__slug=slug)
    found = of_agency(request, mine.select_related("wave__survey", "agency", "submitted_by"))
    if len(found) != 1:
        raise Http404
    return found[0]


def readable_response(request: MemberRequest, slug: str) -> Response:
    """Return the response that the reader may see: the own one, or one named by an organiser.

    Raises Http404.
    """
    response = submitted_response(request, slug)
    if not may_read(request.user, response):
        raise Http404
    return response


def submitted_response(request: MemberRequest, slug: str) -> Response:
    """Return the response of which the reader may see what was handed in, each time.

    The own one, or one named by an organiser, who may not read what is a draft now. Raises
    Http404.
    """
    seen = Response.objects.visible_to(request.user).filter(wave__slug=slug)
    if "agency" not in request.GET:
        seen = Response.objects.answered_by(request.user).filter(wave__slug=slug)
    found = of_agency(request, seen.select_related("wave__survey", "agency", "submitted_by"))
    if len(found) != 1:
        raise Http404
    return found[0]


def of_agency(request: HttpRequest, responses: Any) -> list[Response]:
    """Return the responses of the agency that the address names, or all of them, by agency."""
    if agency := request.GET.get("agency", "").replace("\x00", ""):
        responses = responses.filter(agency__slug=agency)
    return list(responses.by_agency()[:SHOWN])


def wave_day(response: Response, now: datetime) -> date:
    """Return the day that it is for the organizers of the wave."""
    return now.astimezone(response.wave.zone).date()
