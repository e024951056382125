"""The directory of agencies, and what an agency says about itself."""

from collections.abc import Iterable
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from agencies import profile, states
from agencies.filters import AgencyFilter
from agencies.forms import ProfileForm
from agencies.models import Agency
from agencies.permissions import can_edit, second_factor_required

AT_MOST = 200  # agencies on one page: all of today's, so that a state stands in one piece


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Show the agencies by state, with the map that counts them."""
    agencies = Agency.objects.visible_to(request.user)
    counted = agencies.values("state").annotate(number=Count("pk")).order_by("state")
    counts = {row["state"]: row["number"] for row in counted}
    mine = set(agencies.with_active_member(request.user).values_list("pk", "state"))
    found = AgencyFilter(request.GET, queryset=agencies.order_by("state", "name", "pk"))
    page = Paginator(found.qs, AT_MOST).get_page(request.GET.get("page"))
    return render(
        request,
        "agencies/list.html",
        {
            "filter": found,
            "page": page,
            "groups": _by_state(page.object_list),
            "tiles": states.tiles(counts, {state for _pk, state in mine}),
            "mine": {pk for pk, _state in mine},
            "total": sum(counts.values()),
            "state_total": len(counts),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@second_factor_required
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Let a coordinator or an organiser change what the agency says about itself."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    if not can_edit(request.user, agency):
        raise PermissionDenied
    form = ProfileForm(request.POST or None, instance=agency)
    if request.method == "POST" and form.is_valid():
        profile.update(agency=agency, **form.cleaned_data)
        messages.success(request, _("The profile is saved."))
        return redirect(agency)
    return render(request, "agencies/edit.html", {"agency": agency, "form": form})


def _by_state(agencies: Iterable[Agency]) -> list[tuple[str, str, list[Agency]]]:
    """Return code, name and agencies of each state, in the order of the names."""
    groups = groupby(agencies, key=lambda agency: agency.state)
    named = [(code, states.name(code), list(group)) for code, group in groups]
    return sorted(named, key=lambda group: group[1])
