from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from agencies import membership
from agencies.models import Agency, Membership
from tests.factories import give_second_factor, make_agency, make_member, make_user
from tests.threads import at_once

Role, Status = Membership.Role, Membership.Status


def _asked(agency: Agency, now: datetime) -> Membership:
    return Membership.objects.create(agency=agency, person=make_user(), asked_at=now)


@pytest.mark.parametrize(
    ("address", "is_offered"),
    [
        ("ana@alder.example.gov", True),
        ("ana@ALDER.Example.gov", True),
        ("ana+x@alder.example.gov", True),
        ("ana@mail.alder.example.gov", False),
        ("ana@alder.example.gov.evil.example", False),
        ("alder.example.gov", False),
        ("ana@alder.example.gov@evil.example", False),
        ("", False),
    ],
)
def test_only_the_exact_domain_opens_an_agency(address: str, is_offered: bool):
    agency = make_agency(domain="alder.example.gov")

    offered = membership.agencies_offered(person=make_user(), address=address)

    assert list(offered) == ([agency] if is_offered else [])


def test_agency_is_not_offered_twice(now: datetime):
    agency = make_agency(domain="alder.example.gov")
    person = make_user()
    membership.ask(person=person, agency=agency, address="a@alder.example.gov", now=now)

    offered = membership.agencies_offered(person=person, address="a@alder.example.gov")

    assert list(offered) == []


def test_ask_waits_for_approval_and_repeats_safely(now: datetime):
    agency = make_agency(domain="alder.example.gov")
    person = make_user()

    for _ in range(2):
        membership.ask(person=person, agency=agency, address="a@alder.example.gov", now=now)

    asked = person.memberships.get()
    assert (asked.status, asked.role, asked.decided_at) == (Status.PENDING, Role.STAFF, None)


def test_ask_takes_in_at_once_where_the_agency_says_so(now: datetime):
    agency = make_agency(domain="alder.example.gov", join_policy="automatic")
    person = make_user()

    asked = membership.ask(person=person, agency=agency, address="a@alder.example.gov", now=now)

    assert (asked.status, asked.decided_at, asked.decided_by) == (Status.ACTIVE, now, None)


def test_ask_refuses_another_domain(now: datetime):
    agency = make_agency(domain="alder.example.gov")
    person = make_user()

    with pytest.raises(membership.NotOffered):
        membership.ask(person=person, agency=agency, address="a@example.org", now=now)

    assert person.memberships.count() == 0


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_leaves_one_request(now: datetime):
    agency = make_agency(domain="alder.example.gov")
    person = make_user()

    at_once(
        lambda _: membership.ask(
            person=person, agency=agency, address="a@alder.example.gov", now=now
        ),
        range(6),
    )

    assert person.memberships.count() == 1


def test_approve_lets_in_and_remembers_who(now: datetime, organiser: User):
    asked = _asked(make_agency(), now)

    for hours in (1, 2):
        later = now + timedelta(hours=hours)
        approved = membership.approve(membership=asked, by=organiser, now=later)

    assert approved.status == Status.ACTIVE
    assert (approved.decided_by, approved.decided_at) == (organiser, now + timedelta(hours=1))


def test_approve_refuses_a_request_that_was_taken_back(now: datetime, organiser: User):
    asked = _asked(make_agency(), now)
    membership.end(membership=asked, by=asked.person, now=now)

    with pytest.raises(membership.NotWaiting):
        membership.approve(membership=asked, by=organiser, now=now)


def test_decline_ends_the_request_and_allows_another(now: datetime, organiser: User):
    agency = make_agency(domain="alder.example.gov")
    asked = _asked(agency, now)

    declined = membership.decline(
        membership=asked, reason="Not on our list.", by=organiser, now=now
    )
    again = membership.ask(
        person=asked.person, agency=agency, address="a@alder.example.gov", now=now
    )

    kept = Membership.objects.get(pk=declined.pk)
    assert (kept.status, kept.decided_by, kept.ended_at) == ("ended", organiser, now)
    assert kept.decided_at == now
    assert again.status == Status.PENDING


def test_decline_refuses_a_member(now: datetime, organiser: User):
    member = make_member().memberships.get()

    with pytest.raises(membership.NotWaiting):
        membership.decline(membership=member, reason="Not on our list.", by=organiser, now=now)


def test_member_leaves_once(now: datetime):
    person = make_member()

    for hours in (0, 5):
        left = membership.end(
            membership=person.memberships.get(), by=person, now=now + timedelta(hours=hours)
        )

    assert (left.status, left.ended_at) == (Status.ENDED, now)


def test_last_coordinator_stays_while_colleagues_do(now: datetime):
    agency = make_agency()
    coordinator = make_member(agency, role=Role.COORDINATOR)
    make_member(agency)
    place = coordinator.memberships.get()

    with pytest.raises(membership.LastCoordinator):
        membership.end(membership=place, by=coordinator, now=now)
    with pytest.raises(membership.LastCoordinator):
        membership.appoint(membership=place, role=Role.STAFF, by=coordinator, now=now)

    assert Membership.objects.coordinating().get() == place


def test_of_two_who_cannot_act_one_may_go(now: datetime):
    agency = make_agency()
    first, _second = (make_member(agency, role=Role.COORDINATOR) for _ in range(2))
    make_member(agency)
    Authenticator.objects.all().delete()

    membership.end(membership=first.memberships.get(), by=first, now=now)

    assert agency.memberships.coordinating().count() == 1


@pytest.mark.parametrize("lack", ["account", "second step"])
def test_last_coordinator_who_can_act_stays(now: datetime, lack: str):
    agency = make_agency()
    coordinator = make_member(agency, role=Role.COORDINATOR)
    other = make_member(agency, role=Role.COORDINATOR, is_active=lack != "account")
    make_member(agency)
    if lack == "second step":
        Authenticator.objects.filter(user=other).delete()

    for change, more in ((membership.end, {}), (membership.appoint, {"role": Role.STAFF})):
        with pytest.raises(membership.LastCoordinator):
            change(membership=coordinator.memberships.get(), by=coordinator, now=now, **more)

    assert agency.memberships.coordinating().count() == 2


def test_coordinator_alone_may_leave(now: datetime):
    coordinator = make_member(role=Role.COORDINATOR)

    left = membership.end(membership=coordinator.memberships.get(), by=coordinator, now=now)

    assert left.status == Status.ENDED


@pytest.mark.django_db(transaction=True)
def test_one_of_two_coordinators_stays_when_both_leave_at_once(now: datetime):
    agency = make_agency()
    people = [make_member(agency, role=Role.COORDINATOR) for _ in range(2)]
    make_member(agency)

    at_once(
        lambda person: membership.end(membership=person.memberships.get(), by=person, now=now),
        people,
    )

    assert agency.memberships.coordinating().count() == 1


def test_appoint_makes_a_coordinator_of_a_member_only(now: datetime, organiser: User):
    agency = make_agency()
    member = make_member(agency).memberships.get()

    appointed = membership.appoint(membership=member, role=Role.COORDINATOR, by=organiser, now=now)

    assert appointed.role == Role.COORDINATOR
    with pytest.raises(membership.NotWaiting):
        membership.appoint(
            membership=_asked(agency, now), role=Role.COORDINATOR, by=organiser, now=now
        )


def test_admit_takes_in_whom_no_domain_proves(now: datetime, organiser: User):
    admitted = membership.admit(
        person=make_user(), agency=make_agency(), role=Role.COORDINATOR, by=organiser, now=now
    )

    assert (admitted.status, admitted.role) == (Status.ACTIVE, Role.COORDINATOR)
    assert admitted.decided_by == organiser


def test_admit_gives_a_member_the_role(now: datetime, organiser: User):
    agency = make_agency()
    place = make_member(agency).memberships.get()
    make_member(agency)
    given: dict[str, Any] = {"person": place.person, "agency": agency, "by": organiser, "now": now}

    for role in (Role.COORDINATOR, Role.COORDINATOR):
        membership.admit(role=role, **given)
    give_second_factor(place.person)

    place.refresh_from_db()
    assert (place.role, place.decided_by, place.decided_at) == (Role.COORDINATOR, organiser, now)
    with pytest.raises(membership.LastCoordinator):
        membership.admit(role=Role.STAFF, **given)
