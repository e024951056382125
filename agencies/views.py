"""The directory of agencies, and what an agency says about itself."""

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
from agencies.models import Agency, AgencyQuerySet
from agencies.permissions import can_edit, second_factor_required

PAGE = 40  # agencies; a state with more of them has a page of its own


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Show the agencies by state, with the map that counts them."""
    agencies = Agency.objects.visible_to(request.user)
    counts = _by_state(agencies)
    mine = set(agencies.with_active_member(request.user).values_list("pk", "state"))
    asked = AgencyFilter(request.GET, queryset=agencies)
    found = _by_state(asked.qs)
    page = Paginator(states.pages(found, PAGE), 1).get_page(request.GET.get("page"))
    shown = page.object_list[0] if found else []
    return render(
        request,
        "agencies/list.html",
        {
            "filter": asked,
            "page": page,
            "found": sum(found.values()),
            "groups": _groups(asked.qs.filter(state__in=shown)),
            "tiles": states.tiles(counts, {state for _pk, state in mine}),
            "mine": {pk for pk, _state in mine},
            "total": sum(counts.values()),
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


def _by_state(agencies: AgencyQuerySet) -> dict[str, int]:
    """Return how many of these agencies each state has."""
    counted = agencies.order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in counted}


def _groups(agencies: AgencyQuerySet) -> list[tuple[str, str, list[Agency]]]:
    """Return code, name and agencies of each state, in the order of the names."""
    groups = groupby(agencies.in_order_of_names(), key=lambda agency: agency.state)
    named = [(code, states.name(code), list(group)) for code, group in groups]
    return sorted(named, key=lambda group: group[1])
