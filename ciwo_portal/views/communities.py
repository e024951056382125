"""Who belongs to a community and who facilitates it: organisers' buttons that send messages."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import confirming
from accounts.http import MemberRequest
from agencies import community_words
from agencies.forms import AgencyForm, FacilitatorForm
from agencies.models import Community
from agencies.permissions import organiser_required
from ciwo_portal import belonging


@organiser_required
@require_POST
def let_in(request: MemberRequest, slug: str) -> HttpResponse:
    """Let an agency in."""
    community = _seen(request, slug)
    form = AgencyForm(community, request.POST)
    if form.is_valid():
        agency = form.cleaned_data["agency"]
        belonging.let_in(community=community, agency=agency, **_deed(request))
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
        belonging.take_out(community=community, agency=gone, **_deed(request))
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
        belonging.appoint(community=community, person=person, **_deed(request))
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
        belonging.dismiss(community=community, person=gone, **_deed(request))
        messages.success(request, _("%s facilitates it no longer.") % gone)
    return redirect("agencies:manage-community", slug)


def _deed(request: MemberRequest) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


def _seen(request: MemberRequest, slug: str) -> Community:
    return get_object_or_404(Community.objects.visible_to(request.user), slug=slug)
