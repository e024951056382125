from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.http import MemberRequest
from accounts.models import User
from agencies import permissions
from agencies.models import Agency, Membership
from tests.factories import NOW, make_agency, make_member, make_user

COORDINATOR = Membership.Role.COORDINATOR


@permissions.organiser_required
def _page(request: MemberRequest, slug: str) -> HttpResponse:
    return HttpResponse(slug)


def _get(user: User | AnonymousUser) -> Any:
    request = RequestFactory().get("/manage/people/?q=a")
    request.user = user
    return _page(request, "somewhere")


def _asking(agency: Agency, person: User) -> Membership:
    return Membership.objects.create(agency=agency, person=person, asked_at=NOW)


def test_organisers_page_sends_a_visitor_to_sign_in_and_back():
    response = _get(AnonymousUser())

    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/manage/people/%3Fq%3Da"


def test_organisers_page_refuses_everybody_else(coordinator: User):
    with pytest.raises(PermissionDenied):
        _get(coordinator)


def test_organisers_page_opens_for_an_organiser(organiser: User):
    assert _get(organiser).content == b"somewhere"


def test_coordinator_decides_in_the_own_agency_only():
    mine, theirs = make_agency(), make_agency()
    coordinator = make_member(mine, role=COORDINATOR)

    decided = [
        permissions.can_approve(coordinator, _asking(agency, make_user()))
        for agency in (mine, theirs)
    ]

    assert decided == [True, False]


def test_staff_and_visitors_decide_nothing():
    agency = make_agency()
    asking = _asking(agency, make_user())

    assert not permissions.can_approve(make_member(agency), asking)
    assert not permissions.can_approve(AnonymousUser(), asking)


def test_nobody_decides_on_their_own_membership(organiser: User):
    assert not permissions.can_approve(organiser, _asking(make_agency(), organiser))


def test_ended_coordinator_decides_nothing():
    agency = make_agency()
    coordinator = make_member(agency, role=COORDINATOR)
    coordinator.memberships.update(status=Membership.Status.ENDED, ended_at=NOW)

    assert not permissions.is_coordinator(coordinator, agency)
    assert not permissions.can_edit(coordinator, agency)
