"""What a person may do with agencies, memberships and the organisers' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.http import MemberRequest
from accounts.models import User
from agencies.models import Agency, Community, Membership

P = ParamSpec("P")


def is_organiser(user: User | AnonymousUser) -> bool:
    """Whether this person runs the programme."""
    return user.is_authenticated and user.is_organiser


def is_coordinator(user: User | AnonymousUser, agency: Agency) -> bool:
    """Whether this person speaks for this agency, now."""
    return (
        user.is_authenticated
        and Membership.objects.coordinating().filter(person=user, agency=agency).exists()
    )


def can_manage_people(user: User | AnonymousUser, agency: Agency) -> bool:
    """Whether this person may see and decide who belongs to this agency."""
    return is_organiser(user) or is_coordinator(user, agency)


def can_approve(user: User | AnonymousUser, membership: Membership) -> bool:
    """Whether this person may decide on this membership; nobody decides on their own."""
    return membership.person_id != user.pk and can_manage_people(user, membership.agency)


def can_end(user: User | AnonymousUser, membership: Membership) -> bool:
    """Whether this person may end this membership; everybody may leave."""
    return membership.person_id == user.pk or can_manage_people(user, membership.agency)


def can_edit(user: User | AnonymousUser, agency: Agency) -> bool:
    """Whether this person may change the agency's profile."""
    return can_manage_people(user, agency)


def can_see_contacts(user: User | AnonymousUser) -> bool:
    """Whether this person may see whom to ask at an agency: members of any agency may."""
    return is_organiser(user) or (
        user.is_authenticated and Membership.objects.active().filter(person=user).exists()
    )


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
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)  # type: ignore[return-value] # its request is an HttpRequest
