"""What a person may do with a response."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from agencies.models import Agency, Membership, MembershipQuerySet
from surveys.models import Response, SectionWork


def may_draft(person: User, response: Response) -> bool:
    """Anyone whom the agency has approved may fill in."""
    return _memberships(person, response).exists()


def may_read(person: User, response: Response) -> bool:
    """The agency reads its answers always; organisers read what has been handed in."""
    if may_draft(person, response):
        return True
    return person.is_organiser and response.state == Response.State.SUBMITTED


def may_submit(person: User, response: Response) -> bool:
    """Only a coordinator of the agency hands the response in."""
    return Membership.objects.coordinated_by(person).filter(agency=response.agency_id).exists()


def may_share(person: User, response: Response) -> bool:
    """Whoever hands the response in decides who may read each answer, also afterwards."""
    return may_submit(person, response)


def may_give(person: User, response: Response) -> bool:
    """Whoever hands the response in says who has which section, and who reviews."""
    return may_submit(person, response)


def may_ready(person: User, response: Response, work: SectionWork | None) -> bool:
    """The section's owner or a coordinator calls it ready; anyone, if no colleague has it."""
    owner = work.owner_id if work else None
    if owner is None or owner == person.pk or not _is_colleague(owner, response):
        return may_draft(person, response)
    return may_submit(person, response)


def may_sign_off(person: User, response: Response) -> bool:
    """The reviewer signs sections off or returns them; without one, a coordinator does."""
    if has_reviewer(response):
        return person.pk == response.reviewer_id
    return may_submit(person, response)


def reviewers(response: Response) -> QuerySet[User]:
    """Return who signs off: the reviewer while the agency has that person, or coordinators."""
    places = Membership.objects.active().filter(agency=response.agency_id)
    if response.reviewer_id is not None and has_reviewer(response):
        return User.objects.filter(pk=response.reviewer_id)
    people = places.coordinating().values("person")
    return User.objects.filter(pk__in=people, is_active=True).order_by("name", "pk")


def has_reviewer(response: Response) -> bool:
    """Whether somebody is named who signs off, and belongs to the agency still."""
    return response.reviewer_id is not None and _is_colleague(response.reviewer_id, response)


def may_speak(person: User, response: Response) -> bool:
    """Whoever hands the response in also answers what others ask about it."""
    return may_submit(person, response)


def asking_for(person: User | AnonymousUser, response: Response) -> Agency | None:
    """Return for which of their agencies this person may ask about the response.

    None for who belongs to no agency, or to the one that would be asked.
    """
    if not person.is_authenticated:
        return None
    mine = Membership.objects.active().filter(person=person).select_related("agency")
    found = [place.agency for place in mine.order_by("asked_at", "pk")]
    is_own = any(agency.pk == response.agency_id for agency in found)
    return None if is_own or not found else found[0]


def _is_colleague(person: int, response: Response) -> bool:
    """Whether the agency still has this person, whose account is open."""
    places = Membership.objects.active().filter(agency=response.agency_id)
    return places.filter(person=person, person__is_active=True).exists()


def _memberships(person: User, response: Response) -> MembershipQuerySet:
    return Membership.objects.active().filter(person=person, agency=response.agency_id)
