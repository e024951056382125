"""Agencies and facilitators come into communities and leave them; whom it concerns is told."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from agencies import communities
from agencies.models import Agency, Community
from ciwo_portal import people_notices
from notifications import gathering


@transaction.atomic
def let_in(*, community: Community, agency: Agency, by: User, now: datetime) -> None:
    """Open the community to the agency's people, and tell them and its facilitators."""
    was_in = _is_in(community, agency)
    communities.let_in(community=community, agency=agency)
    if not was_in:
        _tell_of_agency(community, agency, by, now, before=False)


@transaction.atomic
def take_out(*, community: Community, agency: Agency, by: User, now: datetime) -> None:
    """Close the community to the agency's people, and tell them and its facilitators."""
    was_in = _is_in(community, agency)
    communities.take_out(community=community, agency=agency)
    if was_in:
        _tell_of_agency(community, agency, by, now, before=True)


@transaction.atomic
def appoint(*, community: Community, person: User, by: User, now: datetime) -> None:
    """Let this person run the community's sessions, and say so."""
    was_running = _is_running(community, person)
    communities.appoint(community=community, person=person)
    if not was_running:
        _tell_facilitator(community, person, by, now, before=False)


@transaction.atomic
def dismiss(*, community: Community, person: User, by: User, now: datetime) -> None:
    """Let this person run them no longer, and say so."""
    was_running = _is_running(community, person)
    communities.dismiss(community=community, person=person)
    if was_running:
        _tell_facilitator(community, person, by, now, before=True)


def _is_in(community: Community, agency: Agency) -> bool:
    return community.agencies.filter(pk=agency.pk).exists()


def _is_running(community: Community, person: User) -> bool:
    return community.facilitators.filter(pk=person.pk).exists()


def _tell_of_agency(
    community: Community, agency: Agency, by: User, now: datetime, *, before: bool
) -> None:
    """Tell the agency's people and the facilitators; who did it knows it."""
    others = User.objects.filter(is_active=True).exclude(pk=by.pk).order_by("pk")
    staff = others.filter(pk__in=agency.memberships.active().values("person"))
    facilitators = others.filter(facilitated_communities=community).exclude(pk__in=staff)
    for_staff = people_notices.communities(agency, staff, now)
    gathering.add(for_staff, fact=str(community.pk), before=before)
    for_facilitators = people_notices.members(community, facilitators, now)
    gathering.add(for_facilitators, fact=str(agency.pk), before=before)


def _tell_facilitator(
    community: Community, person: User, by: User, now: datetime, *, before: bool
) -> None:
    if person != by:
        notices = people_notices.facilitating(person, now)
        gathering.add(notices, fact=str(community.pk), before=before)
