"""What a person may do with agencies, memberships and the organisers' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.http import MemberRequest
from accounts.models import User
from accounts.sign_in import awaits_second_factor
from agencies.models import Agency, Community, Membership

P = ParamSpec("P")


def is_organiser(user: User | AnonymousUser) -> bool:
    """Whether this person runs the programme."""
    return user.is_authenticated and user.is_organiser


def is_coordinator(user: User | AnonymousUser, agency: Agency | None = None) -> bool:
    """Whether this person speaks for this agency, or for any, now."""
    places = Membership.objects.coordinated_by(user)
    return (places.filter(agency=agency) if agency else places).exists()


def can_manage_people(user: User | AnonymousUser, agency: Agency) -> bool:
    """Whether this person may see and decide who belongs to this agency."""
    return is_organiser(user) or is_coordinator(user, agency)


def can_approve(user: User | AnonymousUser, membership: Membership) -> bool:
    """Whether this person may decide on this membership; nobody decides on their own."""
    return membership.person_id != user.pk and can_manage_people(user, membership.agency)


def can_end(user: User | AnonymousUser, membership: Membership) -> bool:
    """Whether this person may take the member out; who only asks is declined, with a reason."""
    is_member = membership.status != Membership.Status.PENDING
    return is_member and can_approve(user, membership)


def can_edit(user: User | AnonymousUser, agency: Agency) -> bool:
    """Whether this person may change the agency's profile."""
    return can_manage_people(user, agency)


def can_see_contacts(user: User | AnonymousUser, agency: Agency) -> bool:
    """Whether this person may see whom to ask at this agency.

    Staff of any agency may; facilitators, where the agency is in a community of theirs.
    """
    if not user.is_authenticated:
        return False
    is_staff = user.is_organiser or Membership.objects.active().filter(person=user).exists()
    return is_staff or Community.objects.run_by(user).filter(agencies=agency).exists()


def runs_sessions(user: User | AnonymousUser) -> bool:
    """Whether this person plans sessions: every organiser, and who facilitates a community."""
    return is_organiser(user) or Community.objects.run_by(user).exists()


def organiser_required(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let organisers through; ask a visitor to sign in first; answer everybody else 403."""
    return _required(view, is_organiser)


def facilitator_required(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let organisers and facilitators through; the view asks for which communities."""
    return _required(view, runs_sessions)


def _required(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
    may_enter: Callable[[User], bool],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @wraps(view)
    def guarded(request: MemberRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_enter(request.user):
            if awaits_second_factor(request.user):
                return ask_for_second_factor(request)
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)  # type: ignore[return-value] # its request is an HttpRequest


def second_factor_required(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Lead who speaks for an agency, or runs the programme, to a second step before they act.

    The guard is the reader's rights, which are held back; this saves people a page that says no.
    """

    @wraps(view)
    def guarded(request: MemberRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if awaits_second_factor(request.user):
            return ask_for_second_factor(request)
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value] # its request is an HttpRequest


def ask_for_second_factor(request: MemberRequest) -> HttpResponse:
    """Lead to the page where a second step is used, or set up first; its banner says why.

    Whoever was about to change something reads that nothing was changed.
    """
    is_change = request.method == "POST"
    if not request.user.signs_in_with_second_factor():
        if is_change:
            text = _(
                "Nothing was changed: who decides for others needs a second step. Set one up here."
            )
            messages.warning(request, text)
        return redirect("mfa_index")
    if is_change:
        messages.warning(request, _("Nothing was changed yet: use your second step first."))
    onward = {} if is_change else {"next": request.get_full_path()}
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode(onward)}")
