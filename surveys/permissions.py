"""What a person may do with a response."""

from accounts.models import User
from agencies.models import Membership, MembershipQuerySet
from surveys.models import Response


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
    return _memberships(person, response).coordinating().exists()


def may_share(person: User, response: Response) -> bool:
    """Whoever hands the response in decides who may read each answer, also afterwards."""
    return may_submit(person, response)


def _memberships(person: User, response: Response) -> MembershipQuerySet:
    return Membership.objects.active().filter(person=person, agency=response.agency_id)
