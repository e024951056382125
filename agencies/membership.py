"""How a person comes into an agency and leaves it; what a mail domain proves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from agencies.models import Agency, AgencyQuerySet, Membership

# So long who leaves may come back, by a slip put right, before anything of theirs is taken away.
SLIP = timedelta(minutes=10)
Role, Status = Membership.Role, Membership.Status


class NotOffered(Exception):
    """The address is not in a mail domain that the agency owns."""


class LastCoordinator(Exception):
    """Nobody else who can decide would speak for the colleagues who stay."""


class NotWaiting(Exception):
    """The request has been decided, or the membership has ended."""


def agencies_offered(*, person: User, address: str) -> AgencyQuerySet:
    """Return the agencies that this verified address opens and the person is not in yet.

    Who calls answers for the address being verified; "" opens nothing.
    """
    domain = _domain(address)
    if not domain:
        return Agency.objects.none()
    current = person.memberships.current().values("agency")
    return Agency.objects.filter(domains__domain=domain).exclude(pk__in=current).order_by("pk")


def coordinators(agency: Agency) -> QuerySet[User]:
    """Return who speaks for the agency, by name."""
    speaking = agency.memberships.coordinating().values("person")
    return User.objects.filter(pk__in=speaking, is_active=True).order_by("name", "pk")


@transaction.atomic
def ask(*, person: User, agency: Agency, address: str, now: datetime) -> Membership:
    """Take a person with this verified address in, or put the request in line; safe to repeat."""
    agency = _hold(agency)
    current = person.memberships.current().filter(agency=agency).first()
    if current is not None:
        return current
    if not agencies_offered(person=person, address=address).filter(pk=agency.pk).exists():
        raise NotOffered
    membership = Membership(person=person, agency=agency, asked_at=now)
    if agency.join_policy == Agency.JoinPolicy.AUTOMATIC:
        membership.status, membership.decided_at = Status.ACTIVE, now
    membership.save()
    return membership


@transaction.atomic
def admit(
    *, person: User, agency: Agency, role: Membership.Role, by: User, now: datetime
) -> Membership:
    """Take a person in without a request, whatever the address; who is waiting is approved.

    A member gets the role. Raises LastCoordinator.
    """
    agency = _hold(agency)
    membership = person.memberships.current().filter(agency=agency).first()
    if membership is None:
        membership = Membership(person=person, agency=agency, asked_at=now)
    if membership.status == Status.PENDING:
        membership.status, membership.decided_at, membership.decided_by = Status.ACTIVE, now, by
        membership.role = role
        membership.save()
        return membership
    return appoint(membership=membership, role=role, by=by, now=now)


@transaction.atomic
def approve(*, membership: Membership, by: User, now: datetime) -> Membership:
    """Let somebody who asked in; approving twice changes nothing."""
    membership = _current(membership)
    if membership.status == Status.ACTIVE:
        return membership
    if membership.status == Status.ENDED:
        raise NotWaiting
    membership.status, membership.decided_at, membership.decided_by = Status.ACTIVE, now, by
    membership.save()
    return membership


@transaction.atomic
def decline(*, membership: Membership, reason: str, by: User, now: datetime) -> Membership:
    """Turn a request down for a reason that the person reads; they may ask again."""
    membership = _current(membership)
    if membership.status != Status.PENDING:
        raise NotWaiting
    membership.decided_at, membership.decided_by = now, by
    membership.status, membership.ended_at, membership.reason = Status.ENDED, now, reason
    membership.save()
    return membership


@transaction.atomic
def end(*, membership: Membership, by: User, now: datetime) -> Membership:
    """Take a person out of the agency, or a request back; ending twice changes nothing."""
    membership = _current(membership)
    if membership.status == Status.ENDED:
        return membership
    _refuse_to_leave_alone(membership)
    if membership.person_id != by.pk:
        membership.decided_at, membership.decided_by = now, by
    membership.status, membership.ended_at = Status.ENDED, now
    membership.save()
    return membership


@transaction.atomic
def follow_address(*, person: User, before: str, address: str, now: datetime) -> list[Membership]:
    """End what only the old address proved, and return it; even for a last coordinator."""
    domain_before, domain = _domain(before), _domain(address)
    if not domain_before or domain_before == domain:
        return []
    proved = person.memberships.current().filter(agency__domains__domain=domain_before)
    left = list(proved.exclude(agency__domains__domain=domain).select_related("agency"))
    for membership in left:
        membership.status, membership.ended_at = Status.ENDED, now
        membership.save()
    return left


@transaction.atomic
def appoint(
    *, membership: Membership, role: Membership.Role, by: User, now: datetime
) -> Membership:
    """Give an active member a role; the last coordinator keeps it while colleagues stay."""
    membership = _current(membership)
    if membership.status != Status.ACTIVE:
        raise NotWaiting
    if membership.role == role:
        return membership
    _refuse_to_leave_alone(membership)
    membership.role, membership.decided_at, membership.decided_by = role, now, by
    membership.save()
    return membership


def _domain(address: str) -> str:
    """Return the domain in lower case, or "" for what is no address."""
    local, _at, domain = address.lower().rpartition("@")
    return domain if local else ""


def _hold(agency: Agency) -> Agency:
    """Lock the agency's row: whoever changes who belongs holds it, so the counts stay true."""
    return Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)


def _current(membership: Membership) -> Membership:
    """Hold the agency and read the membership as it is now."""
    _hold(membership.agency)
    return Membership.objects.select_related("agency", "person").get(pk=membership.pk)


def _refuse_to_leave_alone(membership: Membership) -> None:
    if membership.status != Status.ACTIVE or membership.role != Role.COORDINATOR:
        return
    active = membership.agency.memberships.active().filter(person__is_active=True)
    colleagues = active.exclude(pk=membership.pk)
    others = colleagues.coordinating()
    if active.filter(pk=membership.pk).who_can_act().exists():
        others = others.who_can_act()
    if colleagues.exists() and not others.exists():
        raise LastCoordinator
