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

from accounts import concurrency, holding
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
    real = {code: number for (is_demo, code), number in counts.items() if not is_demo}
    return render(
        request,
        "agencies/list.html",
        {
            "filter": asked,
            "page": page,
            "found": _number(found, is_demo=False),
            "found_demo": _number(found, is_demo=True),
            "groups": _groups(asked.qs, page.object_list[0] if found else []),
            "tiles": states.tiles(real, {state for _pk, state in mine}),
            "mine": {pk for pk, _state in mine},
            "total": _number(counts, is_demo=False),
            "total_demo": _number(counts, is_demo=True),
        },
    )


@holding.keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@second_factor_required
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Let a coordinator or an organiser change what the agency says about itself."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    if not can_edit(request.user, agency):
        raise PermissionDenied
    seen = {"seen": profile.version(agency, profile.OWN_WORDS)}
    typed = request.POST or holding.typed(request)
    form = ProfileForm(typed, instance=agency, initial=seen)
    if request.method == "POST" and form.is_valid():
        try:
            profile.update(agency=agency, **form.cleaned_data)
        except concurrency.ChangedMeanwhile as clash:
            concurrency.warn(form, clash)
        else:
            messages.success(request, _("The profile is saved."))
            return redirect(agency)
    return render(request, "agencies/edit.html", {"agency": agency, "form": form})


def _by_state(agencies: AgencyQuerySet) -> dict[states.Part, int]:
    """Return how many of these agencies each state has; invented ones are counted apart."""
    counted = agencies.order_by().values("is_demo", "state").annotate(number=Count("pk"))
    return {(row["is_demo"], row["state"]): row["number"] for row in counted}


def _number(counts: dict[states.Part, int], *, is_demo: bool) -> int:
    return sum(number for (invented, _code), number in counts.items() if invented == is_demo)


def _groups(
    agencies: AgencyQuerySet, parts: list[states.Part]
) -> list[tuple[str, str, list[Agency]]]:
    """Return anchor, title and agencies of each part of a page, in the order of the names."""
    of_page = agencies.filter(state__in={code for _is_demo, code in parts}).in_order_of_names()
    found = groupby(of_page, key=lambda agency: (agency.is_demo, agency.state))
    agencies_of = {part: list(group) for part, group in found}
    return [(*_title(*part), agencies_of[part]) for part in parts if part in agencies_of]


def _title(is_demo: bool, code: str) -> tuple[str, str]:
    if is_demo:
        return f"demo-{code}", _("Demonstration, invented: %(state)s") % {
            "state": states.name(code)
        }
    return code, states.name(code)
