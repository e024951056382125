"""The organisers' pages about communities: their words, their agencies, who facilitates them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies import communities
from agencies.forms import AgencyForm, CommunityForm, FacilitatorForm
from agencies.models import Community
from agencies.permissions import organiser_required

PAGE = 25
AT_MOST = 200  # agencies or facilitators of one community on its page


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the communities with how many agencies each has."""
    rows = Community.objects.visible_to(request.user).annotate(number=Count("agencies"))
    page = Paginator(rows.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "communities/manage_list.html", {"page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Found a community."""
    form = CommunityForm(request.POST or holding.typed(request))
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("name", "summary", "is_listed")}
        community = communities.found(**words, by=request.user)
        messages.success(request, _("Founded. Now let agencies in."))
        return redirect("agencies:manage-community", community.slug)
    return render(request, "communities/manage_form.html", {"form": form, "community": None})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Say something else of a community."""
    community = _seen(request, slug)
    form = CommunityForm(
        request.POST or holding.typed(request),
        instance=_seen(request, slug),
        initial={"seen": communities.version(community)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            communities.change(community=community, **form.cleaned_data)
        except concurrency.ChangedMeanwhile as clash:
            concurrency.warn(form, clash)
        else:
            messages.success(request, _("Saved."))
            return redirect("agencies:manage-community", slug)
    return render(request, "communities/manage_form.html", {"form": form, "community": community})


@organiser_required
@require_safe
def detail(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a community's agencies and facilitators, and who could be added."""
    community = _seen(request, slug)
    context = {
        "community": community,
        "agencies": community.agencies.order_by("state", "name", "pk")[:AT_MOST],
        "facilitators": community.facilitators.order_by("name", "pk")[:AT_MOST],
        "agency_form": AgencyForm(community),
        "facilitator_form": FacilitatorForm(),
    }
    return render(request, "communities/manage_detail.html", context)


def _seen(request: MemberRequest, slug: str) -> Community:
    return get_object_or_404(Community.objects.visible_to(request.user), slug=slug)
