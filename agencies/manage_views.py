"""The organisers' pages about communities: their words, their agencies, who facilitates them."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, confirming, holding
from accounts.http import MemberRequest
from agencies import communities, community_words
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


@organiser_required
@require_POST
def let_in(request: MemberRequest, slug: str) -> HttpResponse:
    """Let an agency in."""
    community = _seen(request, slug)
    form = AgencyForm(community, request.POST)
    if form.is_valid():
        agency = form.cleaned_data["agency"]
        communities.let_in(community=community, agency=agency)
        text = _("%s belongs to it now. Its people are asked to the coming sessions.")
        messages.success(request, text % agency)
    else:
        messages.error(request, _("Choose an agency that is not in it yet."))
    return redirect("agencies:manage-community", slug)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: MemberRequest, slug: str, agency: str) -> HttpResponse:
    """Say what taking an agency out means, then do it; one that is out already stays out."""
    community = _seen(request, slug)
    gone = community.agencies.filter(slug=agency).first()
    if gone is not None and request.method != "POST":
        return confirming.ask(request, community_words.taking_out(community, gone))
    if gone is not None:
        communities.take_out(community=community, agency=gone)
        messages.success(request, _("%s is out. Its people see nothing closed any more.") % gone)
    return redirect("agencies:manage-community", slug)


@organiser_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def appoint(request: MemberRequest, slug: str) -> HttpResponse:
    """Name a facilitator; asks for the password again when the sign-in is old."""
    community = _seen(request, slug)
    form = FacilitatorForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["email"]
        communities.appoint(community=community, person=person)
        messages.success(request, _("%s facilitates it now.") % person)
    else:
        messages.error(request, " ".join(map(str, form.errors.get("email", []))))
    return redirect("agencies:manage-community", slug)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Say what it means, then let somebody facilitate no longer."""
    community = _seen(request, slug)
    gone = community.facilitators.filter(pk=pk).first()
    if gone is not None and request.method != "POST":
        return confirming.ask(request, community_words.dismissing(community, gone))
    if gone is not None:
        communities.dismiss(community=community, person=gone)
        messages.success(request, _("%s facilitates it no longer.") % gone)
    return redirect("agencies:manage-community", slug)


def _seen(request: MemberRequest, slug: str) -> Community:
    return get_object_or_404(Community.objects.visible_to(request.user), slug=slug)
