"""Which response an address of the agency's pages is about."""

from django.http import Http404

from accounts.http import MemberRequest
from surveys.models import Response


def own_response(request: MemberRequest, slug: str) -> Response:
    """Return the response of the reader's agency in this wave: the only one, or the one named.

    Raises Http404, also when the reader must say first for which agency.
    """
    mine = Response.objects.answered_by(request.user).filter(wave__slug=slug)
    if agency := request.GET.get("agency", "").replace("\x00", ""):
        mine = mine.filter(agency__slug=agency)
    found = list(mine.select_related("wave__survey", "agency", "submitted_by", "reviewer")[:2])
    if len(found) != 1:
        raise Http404
    return found[0]
